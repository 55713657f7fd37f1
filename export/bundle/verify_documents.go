package bundle

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tieout/tieout/evidence"
)

// documents makes rows and documents again and compares them.
func (v *verifier) documents() error {
	if v.o.NoRebuild {
		return nil
	}
	if v.o.Sheets != nil {
		why, err := v.sheets()
		if err != nil {
			return err
		}
		v.rebuilt("data", "data/", why == "", why)
	}
	docs := []Document{
		{Format: "readme", Path: ReadmePath, Write: func(w io.Writer) error { return writeReadme(w, v.d, v.m.ContentDigest) }},
		{Format: "verifier", Path: VerifierPath, Write: writeBytes(Verifier)},
	}
	if v.o.Documents != nil {
		docs = append(docs, v.o.Documents(v.d, v.m.ContentDigest)...)
	}
	met := map[string]bool{}
	for _, d := range docs {
		met[d.Path] = true
		if !v.c.has(d.Path) {
			continue
		}
		h := sha256.New()
		if err := d.Write(h); err != nil {
			if v.ctx.Err() != nil || errors.Is(err, errChanged) {
				return err
			}
			v.rebuilt(d.Format, d.Path, false, err.Error())
			continue
		}
		got := evidence.Digest(h.Sum(nil))
		v.rebuilt(d.Format, d.Path, got == v.c.files[d.Path].SHA256, fmt.Sprintf("made again it has SHA-256 %s", got))
	}
	for _, f := range v.m.Files {
		if f.Role == RoleDocument && !met[f.Path] {
			v.notChecked("%s against the content: this program was not told how to make it", f.Path)
		}
	}
	return nil
}

// sheets makes the rows of every sheet again and says where they differ.
func (v *verifier) sheets() (string, error) {
	left := map[string]evidence.Digest{}
	for _, f := range v.m.Files {
		if f.Role == RoleRows || f.Role == RoleCSV && f.Path != NotIncludedPath {
			left[f.Path] = f.SHA256
		}
	}
	for _, s := range v.o.Sheets(v.d) {
		rows, err := newRowWriter(&s)
		if err != nil {
			return fmt.Sprintf("sheet %s: %v", s.Name, err), nil
		}
		lines, twins := sha256.New(), sha256.New()
		if _, err := rows.writeAll(lines, twins); err != nil {
			if v.ctx.Err() != nil || errors.Is(err, errChanged) {
				return "", err
			}
			return fmt.Sprintf("sheet %s: %v", s.Name, err), nil
		}
		for p, got := range map[string]evidence.Digest{"data/" + s.File + ".jsonl": evidence.Digest(lines.Sum(nil)), "csv/" + s.File + ".csv": evidence.Digest(twins.Sum(nil))} {
			if want, ok := left[p]; !ok || want != got {
				return fmt.Sprintf("%s has other rows than sheet %s", p, s.Name), nil
			}
			delete(left, p)
		}
	}
	if len(left) > 0 {
		return fmt.Sprintf("there is no sheet for %s", sortedKeys(left)[0]), nil
	}
	return "", nil
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
