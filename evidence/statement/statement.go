package statement

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// Schema names the form of a statement.
const Schema = "tieout/statement/v1"

// Kind says what is stated.
type Kind string

// The kinds.
const (
	Attestation   Kind = "attestation"   // that something is so which no record shows
	Determination Kind = "determination" // that a candidate deviation is one, or is none
	Response      Kind = "response"      // what was done about a deviation
	Deficiency    Kind = "deficiency"    // that a control has a weakness, or has it no more
	Document      Kind = "document"      // that a file is the document it is said to be
	Review        Kind = "review"        // of what somebody else stated
)

// Decision is what a determination, or a statement on a deficiency or on a
// document that is there, comes to.
type Decision string

// The decisions.
const (
	Confirmed Decision = "confirmed" // determination: it is a deviation
	Rebutted  Decision = "rebutted"  // determination: it is none, for the reason stated
	Opened    Decision = "opened"    // deficiency
	Closed    Decision = "closed"    // deficiency: put right
	Withdrawn Decision = "withdrawn" // document: it counts no more
)

// Statement is what one person states about one thing.
type Statement struct {
	Schema   string           `json:"schema"` // tieout/statement/v1
	Kind     Kind             `json:"kind"`
	Entity   string           `json:"entity"`  // short name, so that it cannot be shown as one of another entity
	Subject  string           `json:"subject"` // DOC-0001, ATT-0001, DEV-0001, DEF-0001
	Text     string           `json:"text"`
	By       string           `json:"by"` // name of the key that signs
	Role     string           `json:"role,omitempty"`
	At       evidence.Instant `json:"at"`
	Decision Decision         `json:"decision,omitempty"`

	Concerns  []string        `json:"concerns,omitempty"`  // controls and manual points: AI-CHG-02, AI-CHG-02.M1
	Documents []string        `json:"documents,omitempty"` // ids of what it rests on
	Of        evidence.Digest `json:"of,omitzero"`         // review, withdrawal: digest of the signed note that was reviewed or withdrawn

	Deviation *Item     `json:"deviation,omitempty"`  // determination, response: what the id stands for
	File      *File     `json:"file,omitempty"`       // document
	Weakness  *Weakness `json:"deficiency,omitempty"` // deficiency that is opened
}

// Item names what a deviation's id stands for, so that the statement holds
// whatever a register says later.
type Item struct {
	Test      string `json:"test"`
	Component string `json:"component"`
	Item      string `json:"item"`
}

// File is a document: its bytes, and what is stated of them. Days are
// YYYY-MM-DD or none.
type File struct {
	Name       string          `json:"name"` // as it was handed over, without folders
	Type       string          `json:"type"` // such as pdf
	Bytes      int64           `json:"bytes"`
	SHA256     evidence.Digest `json:"sha256"`
	Title      string          `json:"title"`
	Version    string          `json:"version,omitempty"`
	From       string          `json:"in_force_from,omitempty"` // first day
	To         string          `json:"in_force_to,omitempty"`   // last day
	Expires    string          `json:"expires,omitempty"`       // last day on which it counts
	ApprovedBy string          `json:"approved_by,omitempty"`
	ApprovedOn string          `json:"approved_on,omitempty"`
	DateSource string          `json:"date_source"` // typed, document, system
}

// DateSources are where the days of a document may come from: typed by whoever
// adds it, printed in the document, or taken from the system that keeps it.
var DateSources = []string{"typed", "document", "system"}

// Weakness is what is stated of a deficiency when it is opened.
type Weakness struct {
	Severity   string   `json:"severity"`
	Owner      string   `json:"owner"`
	Due        string   `json:"due"` // YYYY-MM-DD
	Deviations []string `json:"deviations,omitempty"`
}

// Severities of a deficiency, gravest first.
var Severities = []string{"critical", "high", "medium", "low"}

// body returns the canonical JSON of a statement that is in order.
func (s Statement) body() ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return canon.Marshal(s)
}

// errOther is the error of a statement in another spelling than this version
// writes.
var errOther = errors.New("it has other members than this version knows, or in another spelling")

// parseBody reads what body returned, and nothing else.
func parseBody(b []byte) (Statement, error) {
	var s Statement
	if !canon.IsCanonical(b) {
		return s, errors.New("it is no canonical JSON")
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, err
	}
	if s.Schema != Schema {
		return s, fmt.Errorf("its schema is %.60q, want %s", s.Schema, Schema)
	}
	again, err := s.body()
	if err != nil {
		return s, err
	}
	if !bytes.Equal(again, b) {
		return s, errOther
	}
	return s, nil
}
