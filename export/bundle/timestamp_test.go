package bundle

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity/rfc3161"
	"github.com/tieout/tieout/evidence/integrity/rfc3161/tsatest"
	"github.com/tieout/tieout/evidence/ledger"
)

func authority(t testing.TB) *tsatest.Authority {
	t.Helper()
	return must(tsatest.New(time.Date(2026, 8, 1, 9, 30, 0, 0, time.UTC)))
}

func stamped(t testing.TB, a *tsatest.Authority, dir bool) string {
	t.Helper()
	in := theWorld().input(t)
	in.Dir = dir
	in.Stamp = func(_ context.Context, note []byte) ([]byte, error) { return a.Stamp(note) }
	return written(t, in)
}

// known are options with the package's key and the roots, without what is made
// again.
func known(t testing.TB, roots ...*x509.Certificate) VerifyOptions {
	t.Helper()
	keys := keyring(t, 7)
	return VerifyOptions{NoRebuild: true, TSARoots: roots, Keys: []note.Verifier{
		must(ledger.ParseVerifier(keys.VerifierKey(ledger.RoleManifest))), must(ledger.ParseVerifier(keys.VerifierKey(ledger.RoleCheckpoint))),
	}}
}

func TestATimestampShowsThatThePackageExisted(t *testing.T) {
	t.Parallel()
	a, other := authority(t), authority(t)
	for _, dir := range []bool{false, true} {
		path := stamped(t, a, dir)
		for name, c := range map[string]struct {
			roots []*x509.Certificate
			state TimestampState
			level int
			code  Code
			open  bool
		}{
			"its root":      {[]*x509.Certificate{other.Root, a.Root}, TimestampValid, 1, "", false},
			"no root":       {nil, TimestampNotPinned, 0, "", false},
			"another's":     {[]*x509.Certificate{other.Root}, TimestampNotPinned, 0, KeyUnknown, true},
			"its own leaf?": {[]*x509.Certificate{}, TimestampNotPinned, 0, "", false},
		} {
			bare := known(t)
			plain := verified(t, written(t, theWorld().input(t)), bare)
			r := verified(t, path, known(t, c.roots...))
			want := plain.Verdict
			if c.open {
				want = Indeterminate
			}
			if r.Timestamp.State != c.state || r.LedgerLevel != c.level || r.Verdict != want || r.Timestamp.Time == nil || r.Timestamp.Time.String() != "2026-08-01T09:30:00.000000Z" {
				t.Errorf("folder %v, %s: %+v, level %d, %s, want %s: %v", dir, name, r.Timestamp, r.LedgerLevel, r.Verdict, want, r.Problems)
			}
			if c.code == "" && len(r.Problems) > 0 || c.code != "" && !slices.Contains(codes(r), c.code) {
				t.Errorf("folder %v, %s: %v", dir, name, r.Problems)
			}
			if plain.Timestamp.State != TimestampNone || plain.LedgerLevel != 0 {
				t.Errorf("without one: %+v", plain.Timestamp)
			}
		}
		var text bytes.Buffer
		r := verified(t, path, known(t, a.Root))
		if err := r.Text(&text); err != nil || !strings.Contains(text.String(), "level 1: existed by 2026-08-01T09:30:00.000000Z (give or take 1s), as CN=Example Time Authority states") {
			t.Errorf("%v\n%s", err, text.String())
		}
	}
	if r := verified(t, written(t, theWorld().input(t)), known(t, a.Root)); r.Timestamp.State != TimestampNone || !strings.Contains(strings.Join(r.NotChecked, "\n"), "has no timestamp.tsr") {
		t.Errorf("a root, and no time-stamp: %+v %v", r.Timestamp, r.NotChecked)
	}
}

// resum makes the sums fit, as whoever changes a time-stamp would.
func (p parcel) resum(t testing.TB) parcel {
	t.Helper()
	m := must(parseManifest(p[ManifestPath]))
	beside := []FileEntry{{Path: ManifestPath, SHA256: evidence.DigestOf(p[ManifestPath])}, {Path: SignaturePath, SHA256: evidence.DigestOf(p[SignaturePath])}}
	if b, ok := p[TimestampPath]; ok {
		beside = append(beside, FileEntry{Path: TimestampPath, SHA256: evidence.DigestOf(b)})
	}
	p[SumsPath] = sums(m.Files, beside...)
	return p
}

func TestATimestampThatDoesNotHoldIsRefused(t *testing.T) {
	t.Parallel()
	a := authority(t)
	whole := unpacked(t, stamped(t, a, false))
	for name, token := range map[string][]byte{
		"over other bytes":  must(a.Stamp([]byte("other bytes"))),
		"over the manifest": must(a.Stamp(whole[ManifestPath])),
		"empty":             {},
		"no token":          []byte("2026-08-01"),
		"far too long":      make([]byte, rfc3161.MaxToken+1),
	} {
		for _, roots := range [][]*x509.Certificate{nil, {a.Root}, {authority(t).Root}} {
			whole[TimestampPath] = token
			r := verified(t, saved(t, whole.resum(t).zip(t)), known(t, roots...))
			if r.Timestamp.State != TimestampInvalid || r.Verdict != Invalid || r.LedgerLevel != 0 || !slices.Contains(codes(r), SigBad) {
				// a stranger's token over other bytes is known to be wrong without any root
				t.Errorf("%s, %d roots: %+v %s %v", name, len(roots), r.Timestamp, r.Verdict, r.Problems)
			}
		}
	}
	delete(whole, TimestampPath)
	if r := verified(t, saved(t, whole.zip(t)), known(t, a.Root)); r.Verdict != Invalid {
		t.Errorf("taken away while the sums list it: %s", r.Verdict)
	}
	whole["timestamp.tsr.bak"] = []byte("x")
	if r := verified(t, saved(t, whole.resum(t).zip(t)), known(t, a.Root)); !slices.Contains(codes(r), FileExtra) {
		t.Errorf("a file beside it: %v", r.Problems)
	}
}

// A flipped byte leaves no valid time-stamp, even if the sums are made to fit.
func TestEveryChangedByteOfATimestampIsSeen(t *testing.T) {
	t.Parallel()
	a := authority(t)
	good := unpacked(t, stamped(t, a, false))
	sig := good[SignaturePath]
	token := good[TimestampPath]
	for i := range token {
		bad := bytes.Clone(token)
		bad[i] ^= 1 << (i % 8)
		if s := tokenState(t, bad, sig, a.Root); s != TimestampInvalid && s != TimestampNotPinned {
			t.Errorf("byte %d of %d: %s", i, len(token), s)
		}
		if i%97 == 0 {
			good[TimestampPath] = bad
			r := verified(t, saved(t, good.resum(t).zip(t)), known(t, a.Root))
			if r.Timestamp.State == TimestampValid || r.Verdict == Valid || r.LedgerLevel > 0 {
				t.Errorf("byte %d of %d: %+v %s", i, len(token), r.Timestamp, r.Verdict)
			}
		}
	}
	if s := tokenState(t, token, sig, a.Root); s != TimestampValid {
		t.Errorf("unchanged: %s", s)
	}
}

// tokenState checks a token alone, as in a package.
func tokenState(t testing.TB, token, note []byte, root *x509.Certificate) TimestampState {
	t.Helper()
	o := VerifyOptions{TSARoots: []*x509.Certificate{root}}
	v := &verifier{ctx: t.Context(), o: &o, r: newReport(""), c: &container{files: map[string]FileEntry{TimestampPath: must(measure(TimestampPath, bytes.NewReader(token)))}}}
	v.c.read = func(string) (io.ReadCloser, error) { return opened(token)() }
	if err := v.timestamp(note); err != nil {
		t.Fatal(err)
	}
	if v.r.Timestamp.State != TimestampValid && len(v.r.Problems) == 0 {
		t.Error("it does not hold, and nothing says so")
	}
	return v.r.Timestamp.State
}

func TestAPackageGoesOutWithoutATimestamp(t *testing.T) {
	t.Parallel()
	in := theWorld().input(t)
	plain := must(os.ReadFile(written(t, in)))
	in = theWorld().input(t)
	in.Stamp = func(context.Context, []byte) ([]byte, error) { return nil, nil }
	if got := must(os.ReadFile(written(t, in))); !bytes.Equal(got, plain) {
		t.Error("it is another package than one for which none was asked")
	}
	in.Stamp = func(context.Context, []byte) ([]byte, error) { return nil, errors.New("stopped") }
	if _, err := Write(t.Context(), t.TempDir()+"/p.zip", in); err == nil {
		t.Error("an error of the stamp is passed over")
	}
}

func TestThePythonVerifierNamesTheTimestamp(t *testing.T) {
	t.Parallel()
	needsPython(t)
	got, said := runPython(t, stamped(t, authority(t), false), keyring(t, 7).VerifierKey(ledger.RoleManifest))
	if got != Valid || !strings.Contains(said, "openssl ts -verify -in timestamp.tsr") {
		t.Errorf("%s\n%s", got, said)
	}
}
