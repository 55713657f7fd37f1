package bundle

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// What the verifier refuses of a package that its key holder made to fit,
// verify.py refuses too, as far as it looks.
func TestThePythonVerifierAgreesOnWhatAKeyHolderLeavesOut(t *testing.T) {
	t.Parallel()
	whole := unpacked(t, written(t, theWorld().input(t)))
	key := keyring(t, 7).VerifierKey(ledger.RoleManifest)
	line := func(name string, n int) string {
		sig := base64.StdEncoding.EncodeToString(append([]byte{1, 2, 3, byte(n)}, make([]byte, 64)...))
		return "— " + name + " " + sig + "\n"
	}
	resigned := func(change func(string) string) func(parcel) {
		return func(p parcel) {
			p.seal(t, manifestSigner(t, 7), nil)
			p[SignaturePath] = []byte(change(string(p[SignaturePath])))
			reSum(p)
		}
	}
	resealed := func(change func(*Manifest)) func(parcel) {
		return func(p parcel) { p.seal(t, manifestSigner(t, 7), change) }
	}
	without := func(name string) func(parcel) {
		return func(p parcel) {
			delete(p, name)
			if name == DatabasePath {
				d := p.dossier(t)
				d.Run.DatabaseSHA = evidence.Digest{}.String()
				p.setDossier(d)
			}
			p.seal(t, manifestSigner(t, 7), nil)
		}
	}
	for name, c := range map[string]struct {
		change func(parcel)
		want   Verdict
		code   Code
	}{
		"nothing":               {func(parcel) {}, Valid, ""},
		"README.txt":            {without(ReadmePath), Invalid, FileMissing},
		"tests.sql":             {without(TestsPath), Invalid, FileMissing},
		"populations.sqlite":    {without(DatabasePath), Invalid, FileMissing},
		"not_included.csv":      {without(NotIncludedPath), Invalid, FileMissing},
		"no rows counted":       {resealed(func(m *Manifest) { m.Rows = []RowCount{} }), Invalid, CountMismatch},
		"a file not counted":    {resealed(func(m *Manifest) { m.Rows = m.Rows[1:] }), Invalid, CountMismatch},
		"no twin named":         {resealed(func(m *Manifest) { m.Rows[0].CSV = "" }), Invalid, CountMismatch},
		"another signature":     {resigned(func(s string) string { return s + line("else/manifest", 1) }), Valid, ""},
		"100 signatures":        {resigned(func(s string) string { return s + many(99, line) }), Valid, ""},
		"101 signatures":        {resigned(func(s string) string { return s + many(100, line) }), Invalid, SigBad},
		"space without a break": {resigned(func(s string) string { return s + line("a\u00a0b", 1) }), Invalid, SigBad},
		"wide space":            {resigned(func(s string) string { return s + line("a\u3000b", 1) }), Invalid, SigBad},
		"control character":     {resigned(func(s string) string { return s + line("a\x01b", 1) }), Invalid, SigBad},
		"no UTF-8":              {resigned(func(s string) string { return s + line("a\xffb", 1) }), Invalid, SigBad},
		"too long":              {resigned(func(s string) string { return s + line(strings.Repeat("x", ledger.MaxNote), 1) }), Invalid, SigBad},
	} {
		p := maps.Clone(whole)
		for k, b := range p {
			p[k] = bytes.Clone(b)
		}
		c.change(p)
		path := saved(t, p.zip(t))
		o := options(t)
		o.NoRebuild = true
		if r := verified(t, path, o); r.Verdict != c.want || c.code != "" && !strings.Contains(fmt.Sprint(codes(r)), string(c.code)) {
			t.Errorf("%s: %s, %+v", name, r.Verdict, r.Problems)
		}
		if python() == "" {
			continue
		}
		if got, said := runPython(t, path, key); got != c.want || !strings.Contains(said, string(c.code)) {
			t.Errorf("%s: verify.py says %s, want %s\n%s", name, got, c.want, said)
		}
	}
}

// many are n lines of signatures by others.
func many(n int, line func(string, int) string) string {
	out := ""
	for i := range n {
		out += line(fmt.Sprintf("k%d/manifest", i), i)
	}
	return out
}
