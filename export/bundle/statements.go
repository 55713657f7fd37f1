package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/export"
)

// StatementLine returns a line of manual/statements.jsonl: a signed statement,
// the verifier key that it was signed with, and its place in the ledger.
func StatementLine(key string, index int64, msg []byte) []byte {
	dst := canon.AppendString([]byte(`{"key":`), key)
	dst = fmt.Appendf(dst, `,"ledger_index":%d,"note":`, index)
	return append(canon.AppendString(dst, string(msg)), '}', '\n')
}

// parseStatement reads such a line, without its line end. The signature is
// checked against the key in the line: whose key that is, the line cannot say.
func parseStatement(line []byte) (statement.Signed, error) {
	m, err := canon.ParseObject(line)
	if err != nil {
		return statement.Signed{}, err
	}
	key, _ := m["key"].(string)
	index, _ := m["ledger_index"].(canon.Number)
	msg, _ := m["note"].(string)
	n, err := index.Int64()
	if err != nil || n < 0 || !bytes.Equal(StatementLine(key, n, []byte(msg)), append(slices.Clip(line), '\n')) {
		return statement.Signed{}, errors.New("want the canonical JSON of a key, a place in the ledger and a note")
	}
	v, err := ledger.ParseVerifier(key)
	if err != nil {
		return statement.Signed{}, err
	}
	signed, err := statement.Open([]byte(msg), v)
	return statement.Signed{Note: signed, Key: key, Index: n}, err
}

// Statements is what was found out about what people signed.
type Statements struct {
	Total     int      `json:"total"`
	Verified  int      `json:"verified"`   // signed by a key that was given
	NotPinned []string `json:"not_pinned"` // keys that sign others, none of which was given
}

// statements checks what people signed: the form and the order of it, that the
// dossier says what it says, and the signatures as far as keys were given.
func (v *verifier) statements() error {
	if !v.c.has(export.StatementsFile) {
		if n := len(v.d.Statements); n > 0 {
			v.bad(FileMissing, export.StatementsFile, "the dossier lists %d statements, and the signed notes are not there", n)
			return nil
		}
		return v.sayTheSame(&statement.Book{})
	}
	if n := v.c.files[export.StatementsFile].Bytes; n > maxDossier {
		v.bad(ManifestInvalid, export.StatementsFile, "%d bytes are more than the %d that are read", n, maxDossier)
		return nil
	}
	r, err := v.c.open(v.ctx, export.StatementsFile)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read from
	book, found := &statement.Book{}, &Statements{NotPinned: []string{}}
	for line, err := range linesOf(r) {
		if err == nil {
			found.Total++
			var s statement.Signed
			if s, err = parseStatement(line); err == nil {
				err = errors.Join(book.Add(s), v.pinned(s, found))
			}
			if err != nil {
				v.bad(SigBad, export.StatementsFile, "line %d: %v", found.Total, err)
				return nil
			}
			continue
		}
		return unlessForm(err, func(err error) { v.bad(SigBad, export.StatementsFile, "line %d: %v", found.Total+1, err) })
	}
	slices.Sort(found.NotPinned)
	v.r.Statements = found
	if n := found.Total - found.Verified; n > 0 {
		v.notChecked("who signed %d of %d statements of people: the keys %s were not given", n, found.Total, strings.Join(found.NotPinned, ", "))
	}
	return v.sayTheSame(book)
}

// pinned looks for the signer among the keys that were given. A key that was
// given for the name and is another one refuses the statement.
func (v *verifier) pinned(s statement.Signed, found *Statements) error {
	given := slices.Collect(func(yield func(note.Verifier) bool) {
		for _, k := range v.o.Keys {
			if k.Name() == s.By+"/"+string(ledger.RoleStatement) && !yield(k) {
				return
			}
		}
	})
	switch {
	case slices.ContainsFunc(given, func(k note.Verifier) bool { return fmt.Sprintf("%s+%08x", k.Name(), k.KeyHash()) == s.KeyID }):
		found.Verified++
	case len(given) > 0:
		return fmt.Errorf("%s is signed in the name of %s with key %s, which is none of the keys given for that name", s.Subject, s.By, s.KeyID)
	case !slices.Contains(found.NotPinned, s.KeyID):
		found.NotPinned = append(found.NotPinned, s.KeyID)
	}
	return nil
}

// sayTheSame compares what the dossier says of people with what they signed.
func (v *verifier) sayTheSame(book *statement.Book) error {
	again := *v.d
	again.Deviations, again.Earlier = slices.Clone(v.d.Deviations), slices.Clone(v.d.Earlier)
	again.Manual, again.Criteria = slices.Clone(v.d.Manual), slices.Clone(v.d.Criteria)
	again.TakeStatements(book)
	for _, part := range []struct {
		name      string
		said, are any
	}{
		{"statements", v.d.Statements, again.Statements}, {"documents", v.d.Documents, again.Documents}, {"attestations", v.d.Attestations, again.Attestations},
		{"deficiencies", v.d.Deficiencies, again.Deficiencies}, {"deviations", v.d.Deviations, again.Deviations}, {"earlier_deviations", v.d.Earlier, again.Earlier},
		{"manual", v.d.Manual, again.Manual}, {"criteria", v.d.Criteria, again.Criteria},
	} {
		said, err := canon.Marshal(part.said)
		if err != nil {
			return err
		}
		are, err := canon.Marshal(part.are)
		if err != nil {
			return err
		}
		switch {
		case bytes.Equal(said, are):
		case !v.sameTool():
			v.undecided("whether the %s of %s are what people signed: it was written by %s and this is %s; verify with that version", part.name, DossierPath, v.d.Run.Tool, orNone(v.o.Tool))
		default:
			v.bad(CountMismatch, DossierPath, "its %s are not what people signed: %s", part.name, firstDifference(said, are))
		}
	}
	return nil
}

// firstDifference shows where two texts begin to differ.
func firstDifference(said, are []byte) string {
	i := 0
	for i < min(len(said), len(are)) && said[i] == are[i] {
		i++
	}
	cut := func(b []byte) string { return fmt.Sprintf("%.80q", b[max(0, min(i, len(b))-40):]) }
	return cut(said) + " instead of " + cut(are)
}

// manual checks that the documents named are the documents there.
func (c *contentCheck) manual() {
	named := map[string]bool{export.StatementsFile: len(c.d.Statements) > 0}
	for _, x := range c.d.Documents {
		named[x.File] = true
		switch f, ok := c.files[x.File]; {
		case !ok || f.Role != RoleManual:
			c.bad(FileMissing, x.File, "the dossier names it as document %s", x.ID)
		case f.SHA256.String() != x.SHA256:
			c.bad(HashMismatch, x.File, "document %s is stated with SHA-256 %s, the file has %s", x.ID, x.SHA256, f.SHA256)
		case f.Bytes != x.Bytes:
			c.bad(SizeMismatch, x.File, "document %s is stated with %d bytes, the file has %d", x.ID, x.Bytes, f.Bytes)
		}
	}
	for _, f := range c.sorted(RoleManual) {
		if !named[f.Path] {
			c.bad(FileExtra, f.Path, "the dossier names no such document")
		}
	}
}
