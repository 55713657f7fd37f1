package bundle

import (
	"context"
	"io"
	"iter"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/export"
)

// Input is what a package is made of.
type Input struct {
	Slug    string          // the entity's short name: small letters, digits, single hyphens
	Dossier *export.Dossier // with Items; its numbers must be those of what follows

	// Sheets returns the sheets of a dossier; export.Sheets is one. It is given
	// the dossier as the package holds it, so that nothing else can enter.
	Sheets func(*export.Dossier) []export.Sheet

	Tables   []TableFile // every table of the frozen database
	Database string      // path of the frozen database
	TestsSQL []byte      // tests.sql: SELECT statements and comments only
	Files    []File      // below evidence/, logs/, catalog/ and manual/
	Ledger   *Ledger     // nil: the package shows no ledger

	// Documents returns the documents to render, likewise from the dossier as
	// the package holds it and the content digest. README.txt and verify.py
	// are always there. nil: no others.
	Documents func(*export.Dossier, evidence.Digest) []Document

	Signer note.Signer // of the role manifest

	// Stamp returns a time-stamp over manifest.sig that was checked, nil where
	// there is none. nil: none is asked for.
	Stamp func(ctx context.Context, note []byte) ([]byte, error)

	Dir  bool                                    // write a folder instead of a zip file
	Seal func(io.Writer) (io.WriteCloser, error) // encrypts the zip file on its way to the disk; none: it is written as it is
}

// TableFile is one table of the frozen database as canonical lines.
type TableFile struct {
	Name string
	Open func() (io.ReadCloser, error) // may be called again, and gives the same bytes
}

// File is a file that goes into the package as it is.
type File struct {
	Path string                        // in the package
	Open func() (io.ReadCloser, error) // may be called again, and gives the same bytes
}

// Document is a file that is rendered from the content.
type Document struct {
	Format string // pdf, xlsx, html, …
	Path   string // in the package
	Write  func(io.Writer) error
}

// Ledger is what a package shows of the ledger, so that anybody who holds an
// older checkpoint can see that nothing was taken away since.
type Ledger struct {
	Checkpoint []byte                               // signed note, of the head that the dossier's run names
	Leaves     func() iter.Seq2[ledger.Hash, error] // the hash of every leaf up to that head, in order
	Entries    []LedgerEntry                        // every leaf in full, by index
	Lists      []LedgerList                         // the lists of digests that those leaves name, each once
}

// LedgerEntry is a leaf of the ledger in full.
type LedgerEntry struct {
	Index int64
	Leaf  []byte // canonical JSON
}

// LedgerList is a list of digests that a leaf names by its own digest.
type LedgerList struct {
	SHA256 evidence.Digest
	Open   func() (io.ReadCloser, error) // may be called again; a digest on a line
}

// Written is a package that was written.
type Written struct {
	Path           string          `json:"path"`
	PackageID      string          `json:"package_id"`
	ContentDigest  evidence.Digest `json:"content_digest"`
	ManifestSHA256 evidence.Digest `json:"manifest_sha256"`
	Files          int             `json:"files"`
	Bytes          int64           `json:"bytes"` // of all files, without the container
	Complete       bool            `json:"complete"`
}
