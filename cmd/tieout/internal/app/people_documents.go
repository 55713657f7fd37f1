package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/tieout/tieout/evidence/document"
	"github.com/tieout/tieout/evidence/logfile"
	"github.com/tieout/tieout/evidence/statement"
)

// NewDocument is a file that somebody hands in, and what they state of it.
type NewDocument struct {
	Path     string
	Concerns []string
	Text     string
	Role     string
	File     statement.File // title, version, days and approval
}

// AddDocument keeps a document and states what it is. Bytes that are looked at
// are the bytes that are kept.
func (d *Desk) AddDocument(ctx context.Context, n NewDocument) error {
	if err := d.concerns(n.Concerns); err != nil {
		return err
	}
	body, err := readDocument(n.Path)
	if err != nil {
		return fmt.Errorf("add %s: %w", n.Path, err)
	}
	f := n.File
	f.Name = filepath.Base(n.Path)
	kind, err := document.Check(f.Name, body)
	if err != nil {
		return fmt.Errorf("add %s: %w", n.Path, err)
	}
	blob, size, err := d.app.Store.Put(ctx, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("keep %s: %w", n.Path, err)
	}
	f.Type, f.Bytes, f.SHA256 = string(kind), size, blob
	if f.Title == "" {
		f.Title = strings.TrimSuffix(f.Name, filepath.Ext(f.Name))
	}
	return d.state(ctx, statement.Statement{
		Kind: statement.Document, Subject: d.book.NextID(statement.PrefixDocument), Text: n.Text, Role: n.Role, Concerns: n.Concerns, File: &f,
	}, blob)
}

// WithdrawDocument states that a document counts no more, and why. It stays
// where it is, and listed.
func (d *Desk) WithdrawDocument(ctx context.Context, id, text, role string) error {
	of, ok := d.book.Document(id)
	if !ok {
		return fmt.Errorf("there is no document %q; 'tieout evidence list' names them", id)
	}
	return d.state(ctx, statement.Statement{Kind: statement.Document, Decision: statement.Withdrawn, Subject: id, Text: text, Role: role, Of: of.SHA256})
}

func readDocument(path string) (_ []byte, err error) {
	f, err := logfile.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, document.MaxBytes+1))
}
