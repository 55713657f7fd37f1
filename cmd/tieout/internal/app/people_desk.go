package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/evidence/store"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// entryStatement is the type of journal entries that stand for a signed
// statement. The note is a blob, so that what a person wrote can be erased; a
// document's bytes are another.
const entryStatement = "statement"

const statementEntrySchema = "tieout/statement-entry/v1"

// statementEntry is the JSON of such an entry.
type statementEntry struct {
	Schema  string          `json:"schema"`
	Kind    statement.Kind  `json:"kind"`
	Subject string          `json:"subject"`
	By      string          `json:"by"`
	Key     string          `json:"key"` // verifier key
	Note    evidence.Digest `json:"statement_sha256"`
}

// Book reads everything that people stated, and checks it: each signature
// against the key that it was entered with, and the order against the rules.
func (a *App) Book(ctx context.Context) (*statement.Book, error) {
	b := &statement.Book{}
	for s, err := range a.Store.Entries(ctx, entryStatement, 0) {
		if err != nil {
			return nil, fmt.Errorf("read the statements: %w", err)
		}
		signed, _, err := a.signed(ctx, s)
		if err == nil {
			err = b.Add(*signed)
		}
		if err != nil {
			return nil, fmt.Errorf("read the statement at ledger entry %d: %w", s.Index, err)
		}
	}
	return b, nil
}

// signed reads the statement of an entry, and the note as it was signed.
func (a *App) signed(ctx context.Context, s store.Stored) (*statement.Signed, []byte, error) {
	var e statementEntry
	if err := json.Unmarshal(s.JSON, &e); err != nil {
		return nil, nil, err
	}
	msg, err := a.readBlob(ctx, e.Note, statement.MaxNote)
	if err != nil {
		return nil, nil, err
	}
	key, err := ledger.ParseVerifier(e.Key)
	if err != nil {
		return nil, nil, err
	}
	n, err := statement.Open(msg, key)
	if err != nil {
		return nil, nil, err
	}
	return &statement.Signed{Note: n, Key: e.Key, Index: s.Index}, msg, nil
}

// readBlob reads a small blob whole.
func (a *App) readBlob(ctx context.Context, d evidence.Digest, limit int64) (_ []byte, err error) {
	r, size, err := a.Store.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if size > limit {
		return nil, fmt.Errorf("blob %s has %d bytes, at most %d are read", d, size, limit)
	}
	return io.ReadAll(r)
}

// Desk is where one person states things, one after the other. Nothing is kept
// before all of it is in order.
type Desk struct {
	app     *App
	key     *ledger.Keyring
	book    *statement.Book
	entries []store.Entry
	made    []statement.Signed
}

// State lets the person whose key is in the file, or in the user's
// configuration folder, state what f does, and keeps it in one transaction.
func (a *App) State(ctx context.Context, keyFile string, f func(*Desk) error) ([]statement.Signed, error) {
	key, err := LoadOperator(keyFile)
	if err != nil {
		return nil, err
	}
	if key.Name() == Slug(a.WS.File.Entity.Name) {
		return nil, fmt.Errorf("key %s is the workspace's own, with which programs sign: a statement is signed by a person; make a key with 'tieout key new --operator NAME'", key.Name())
	}
	book, err := a.Book(ctx)
	if err != nil {
		return nil, err
	}
	d := &Desk{app: a, key: key, book: book}
	if err := f(d); err != nil {
		return nil, err
	}
	first, err := a.Store.Append(ctx, d.entries...)
	if err != nil {
		return nil, fmt.Errorf("keep what was stated: %w", err)
	}
	for i := range d.made {
		d.made[i].Index = first + int64(i)
	}
	return d.made, nil
}

// state signs a statement and puts it beside the others.
func (d *Desk) state(ctx context.Context, s statement.Statement, files ...evidence.Digest) error {
	s.Schema, s.Entity, s.By, s.At = statement.Schema, Slug(d.app.WS.File.Entity.Name), d.key.Name(), d.app.Clock()
	vkey := d.key.VerifierKey(ledger.RoleStatement)
	if err := d.book.Check(s, vkey); err != nil {
		return err
	}
	msg, err := statement.Sign(s, d.key.Signer(ledger.RoleStatement))
	if err != nil {
		return err
	}
	n, err := statement.Open(msg, d.key.Verifier(ledger.RoleStatement))
	if err != nil {
		return err
	}
	signed := statement.Signed{Note: n, Key: vkey}
	if err := d.book.Add(signed); err != nil {
		return err
	}
	blob, _, err := d.app.Store.Put(ctx, bytes.NewReader(msg))
	if err != nil {
		return fmt.Errorf("keep the statement on %s: %w", s.Subject, err)
	}
	body, err := canon.Marshal(statementEntry{statementEntrySchema, s.Kind, s.Subject, s.By, vkey, blob})
	if err != nil {
		return fmt.Errorf("keep the statement on %s: %w", s.Subject, err)
	}
	d.entries = append(d.entries, store.Entry{Type: entryStatement, Key: s.Subject, At: s.At, Blobs: append([]evidence.Digest{blob}, files...), JSON: body})
	d.made = append(d.made, signed)
	return nil
}

// concerns checks that each is a control or a manual point of the catalogue.
func (d *Desk) concerns(ids []string) error {
	var known []string
	for _, c := range d.app.Catalog.Controls {
		known = append(known, c.ID)
		for _, m := range c.Manual {
			known = append(known, m.ID)
		}
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return fmt.Errorf("there is no control or manual point %q%s; 'tieout catalog list' names them", id, strictyaml.Nearest(id, known))
		}
	}
	return nil
}

// Attest states what no record shows.
func (d *Desk) Attest(ctx context.Context, concern, text, role string) error {
	if err := d.concerns([]string{concern}); err != nil {
		return err
	}
	return d.state(ctx, statement.Statement{
		Kind: statement.Attestation, Subject: d.book.NextID(statement.PrefixAttestation), Text: text, Role: role, Concerns: []string{concern},
	})
}

// Review states that somebody else's statement was looked at: a document, an
// attestation, a determination, or the closing of a deficiency.
func (d *Desk) Review(ctx context.Context, id, text, role string) error {
	of, err := d.book.ToReview(id)
	if err != nil {
		return err
	}
	return d.state(ctx, statement.Statement{Kind: statement.Review, Subject: id, Text: text, Role: role, Of: of.SHA256})
}
