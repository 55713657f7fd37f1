// Package source says what a source of evidence is: a Collector that shows
// records over a window of time, and says what it could not show.
//
// It runs nothing and keeps nothing: package engine runs collectors, checks
// what they hand over and writes the manifest of the pull; each folder below
// is one system. A collector judges nothing and knows no control.
package source

import (
	"context"
	"io"
	"os"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
)

// Collector reads one source. Collect hands everything it reads to out and
// returns when the source has no more, or with the error that stopped it. It
// returns soon after ctx is done, and starts nothing that outlives it. What it
// put before an error stays put: the engine adds the gap.
type Collector interface {
	Collect(ctx context.Context, env Env, w evidence.Window, out Sink) error
}

// Emitter is a Collector whose kinds depend on its configuration. Without it
// the Spec's kinds hold.
type Emitter interface {
	Emits() []evidence.Kind
}

// User is a Collector that uses something beyond the workspace's folder. What
// it does not name here it does not get.
type User interface {
	Uses() []Use
}

// Use is one such thing.
type Use struct {
	Secret string // a reference, such as env:NAME; none where no secret is needed
	Place  string // where it goes or what is connected to, in words or as host:port
}

// Checker is a Collector that can say whether its source is reachable and lets
// it look, without reading evidence.
type Checker interface {
	Check(ctx context.Context, env CheckEnv) error
}

// CheckEnv is what a Checker may use of the world.
type CheckEnv struct {
	Secret func(ref string) (secret.Value, error)
	Files  *os.Root
	Now    evidence.Instant
}

// Sink takes what a collector reads. Its methods are called by one goroutine
// at a time. An error means that nothing more can be taken: Collect returns it.
type Sink interface {
	// Put hands over a record. The sink owns it from then on. A record that its
	// schema refuses is counted and listed as rejected; that is no error.
	Put(*evidence.Record) error
	// Reject says that a row was read that gives no record.
	Reject(Rejection) error
	// Drop counts rows that a rule of the configuration leaves out.
	Drop(kind evidence.Kind, rule string, rows int64)
	// Gap says what could not be seen. A gap without times is of the whole window.
	Gap(evidence.Gap) error
	// Total says how many records the source itself counts. Totals of one kind add up.
	Total(evidence.Total) error
	// Raw keeps bytes as they were read, and returns their digest.
	Raw(name string, r io.Reader) (evidence.Digest, error)
}

// Rejection is a row that was read and gives no record.
type Rejection struct {
	Kind   evidence.Kind `json:"kind"`
	File   string        `json:"file"`
	Item   int64         `json:"item"`   // line or element, from 1
	Reason string        `json:"reason"` // names the column and never quotes the value
}

// Page is one response or file of a pull.
type Page struct {
	Name   string          `json:"name"`
	SHA256 evidence.Digest `json:"sha256"`
	Bytes  int64           `json:"bytes"`
	Rows   int64           `json:"rows"`
	Kept   bool            `json:"kept"`            // whether the bytes were copied into the store
	Error  string          `json:"error,omitempty"` // why it was not read to its end
}

// Env is what a collector may use of the world, and where it notes how it
// looked: the notes become the manifest of the pull.
type Env interface {
	// Source is the id of the source in the workspace.
	Source() string
	// Now is the moment of the pull: what is seen now is observed then.
	Now() evidence.Instant
	// Secret resolves a reference such as env:NAME, and refuses what is not trusted.
	Secret(ref string) (secret.Value, error)
	// Files is the workspace's directory: nothing outside it can be opened.
	Files() *os.Root
	// Query notes one exact question that was put to the source. It holds no secret.
	Query(text string)
	// Principal notes as whom the source was asked.
	Principal(name string)
	// Page notes one response or file.
	Page(Page)
	// Provides says that the source gives these columns, even where every value is NULL.
	Provides(kind evidence.Kind, columns ...string)
	// Unread notes columns or members that the source has and the configuration does not use.
	Unread(names ...string)
	// Unparsable counts a value that was there and could not be read. The
	// record's column is set missing by the caller.
	Unparsable(kind evidence.Kind, column, reason string, at Rejection)
	// AsOf notes the moment that the source states for what it holds.
	AsOf(evidence.Instant)
}
