package engine

import (
	"fmt"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/source"
)

// SchemaID names the form of a Result in JSON.
const SchemaID = "tieout/pull/v1"

// Lists in a Result are cut at these lengths; the counts beside them are whole.
const (
	MaxRejected   = 1000
	maxUnparsable = 5 // examples per column
	maxUnread     = 1000
)

// Result is the manifest of one pull: what was asked, as whom, what came back,
// and what could not be seen. It is the proof that a population is what the
// source showed.
type Result struct {
	Schema     string              `json:"schema"`
	Source     string              `json:"source"`
	Type       string              `json:"type"`
	Window     evidence.Window     `json:"window"`
	Started    evidence.Instant    `json:"started"`
	Finished   evidence.Instant    `json:"finished"`
	AsOf       []evidence.Instant  `json:"as_of,omitempty"` // stated by the source, not seen by us
	Principal  string              `json:"principal,omitempty"`
	Queries    []string            `json:"queries,omitempty"`
	Pages      []source.Page       `json:"pages,omitempty"`
	Kinds      []KindCount         `json:"kinds"`
	Gaps       []evidence.Gap      `json:"gaps,omitempty"`
	Rejected   []source.Rejection  `json:"rejected,omitempty"`
	Conflicts  []Conflict          `json:"conflicts,omitempty"`
	Unparsable []Unparsable        `json:"unparsable,omitempty"`
	Unread     []string            `json:"unread,omitempty"` // what the source has and the mapping does not use
	Records    evidence.Digest     `json:"records"`          // the blob of canonical lines
	Error      string              `json:"error,omitempty"`  // why the pull did not end well
	Manifest   evidence.Digest     `json:"-"`                // the blob of this manifest
	kept       []evidence.Digest   // raw blobs
	gapSeen    map[string]struct{} // gaps already listed
}

// KindCount is what happened to the rows of one kind.
type KindCount struct {
	Kind       evidence.Kind  `json:"kind"`
	Put        int64          `json:"put"` // records kept
	Rejected   int64          `json:"rejected"`
	Duplicates int64          `json:"duplicates"` // the same record again
	Conflicts  int64          `json:"conflicts"`  // another record of the same object at the same moment
	Dropped    []DroppedCount `json:"dropped,omitempty"`
	Total      *int64         `json:"total,omitempty"` // what the source counts
	Basis      string         `json:"basis,omitempty"` // how it was asked
}

// DroppedCount is how many rows one rule left out.
type DroppedCount struct {
	Rule string `json:"rule"`
	Rows int64  `json:"rows"`
}

// Accounted is the number of rows of the kind that were read, whatever became
// of them. It is what a total is compared with.
func (k KindCount) Accounted() int64 {
	n := k.Put + k.Rejected + k.Duplicates + k.Conflicts
	for _, d := range k.Dropped {
		n += d.Rows
	}
	return n
}

// Conflict is a record that says something else of an object than another
// record of the same pull at the same moment.
type Conflict struct {
	Kind    evidence.Kind   `json:"kind"`
	ID      string          `json:"id"`
	Raw     evidence.Digest `json:"raw"`
	Item    int64           `json:"item"`
	Columns []string        `json:"columns"`
}

// Unparsable counts the values of one column that were there and could not be read.
type Unparsable struct {
	Kind     evidence.Kind      `json:"kind"`
	Column   string             `json:"column"`
	Rows     int64              `json:"rows"`
	Examples []source.Rejection `json:"examples"`
}

// Blobs returns the digests of everything that the pull kept: its records, its
// manifest and its raw bytes, each once.
func (r *Result) Blobs() []evidence.Digest {
	out := make([]evidence.Digest, 0, len(r.kept)+2)
	seen := map[evidence.Digest]bool{{}: true}
	for _, d := range append([]evidence.Digest{r.Records, r.Manifest}, r.kept...) {
		if !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	return out
}

// Entry is the short form of a Result for a journal: everything that bounds
// it, and the digest of the whole.
type Entry struct {
	Schema    string           `json:"schema"`
	Source    string           `json:"source"`
	Type      string           `json:"type"`
	Window    evidence.Window  `json:"window"`
	Started   evidence.Instant `json:"started"`
	Finished  evidence.Instant `json:"finished"`
	Kinds     []KindCount      `json:"kinds"`
	PageCount int              `json:"page_count"`
	GapCount  int              `json:"gap_count"`
	Error     string           `json:"error,omitempty"`
	Records   evidence.Digest  `json:"records"`
	Manifest  evidence.Digest  `json:"manifest"`
}

// Entry returns the short form.
func (r *Result) Entry() Entry {
	kinds := make([]KindCount, len(r.Kinds))
	for i, k := range r.Kinds {
		kinds[i] = k
		kinds[i].Basis = cut(k.Basis, 500)
		if len(k.Dropped) > 20 {
			kinds[i].Dropped = k.Dropped[:20]
		}
	}
	return Entry{
		Schema: SchemaID, Source: r.Source, Type: r.Type, Window: r.Window, Started: r.Started, Finished: r.Finished, Kinds: kinds,
		PageCount: len(r.Pages), GapCount: len(r.Gaps), Error: cut(r.Error, 2000), Records: r.Records, Manifest: r.Manifest,
	}
}

// JSON returns the canonical bytes of the whole manifest.
func (r *Result) JSON() ([]byte, error) {
	b, err := canon.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("manifest of source %s: %w", r.Source, err)
	}
	return b, nil
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
