package freeze

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
)

// maxExamples bounds the examples beside a count. Counts are always whole.
const maxExamples = 100

// Frozen says what was frozen, and what is to be known about it.
type Frozen struct {
	Database string          `json:"database"` // path of the file
	SHA256   evidence.Digest `json:"sha256"`
	Engine   string          `json:"engine"` // version of SQLite that wrote it
	Tables   []TableReport   `json:"tables"` // every table, by name

	Missing    []Missing    `json:"missing,omitempty"`    // all of them: no test may take such a NULL for "none"
	Conflicts  []Conflicts  `json:"conflicts,omitempty"`  // by kind
	Unmatched  []Unmatched  `json:"unmatched,omitempty"`  // by kind and source
	Ambiguous  []Ambiguous  `json:"ambiguous,omitempty"`  // by identity
	Unresolved []Unresolved `json:"unresolved,omitempty"` // by kind and column
}

// TableReport is one table. What follows SHA256 is said of kinds only.
type TableReport struct {
	Name   string          `json:"name"`
	Kind   evidence.Kind   `json:"kind,omitempty"`
	Rows   int64           `json:"rows"`
	Path   string          `json:"path"`
	Bytes  int64           `json:"bytes"`
	SHA256 evidence.Digest `json:"sha256"`

	Observations  int64             `json:"observations,omitempty"` // read, over all pulls
	FirstKey      string            `json:"first_key,omitempty"`    // smallest key of the source, its columns joined by " / "
	LastKey       string            `json:"last_key,omitempty"`
	FirstAt       *evidence.Instant `json:"first_at,omitempty"` // of the column that places a row in a period
	LastAt        *evidence.Instant `json:"last_at,omitempty"`
	FirstObserved *evidence.Instant `json:"first_observed,omitempty"`
	LastObserved  *evidence.Instant `json:"last_observed,omitempty"`
	AllAfterEnd   bool              `json:"all_observed_after_end"`       // no observation before the period's end
	RowsAfterEnd  int64             `json:"rows_after_end,omitempty"`     // states for which only later observations exist
	AfterEnd      []string          `json:"after_end_examples,omitempty"` // ids of such records
	AsOfStated    int64             `json:"as_of_stated,omitempty"`       // rows whose moment a file stated
	Sources       []string          `json:"sources,omitempty"`

	// Of a table of observations: what it leaves out.
	BeforePeriod int64 `json:"before_period,omitempty"`
	Twins        int64 `json:"twins,omitempty"` // same object, moment and place as another one
}

// Missing is a value that was there but could not be read, in a column whose
// NULL would otherwise say that there is none.
type Missing struct {
	Kind   evidence.Kind `json:"kind"`
	Column string        `json:"column"`
	Record string        `json:"record"`
}

// Conflicts counts the objects of a kind whose observations contradict each
// other, as chooser.add says.
type Conflicts struct {
	Kind     evidence.Kind `json:"kind"`
	Objects  int64         `json:"objects"`
	Examples []Conflict    `json:"examples"`
}

// Conflict is one such object.
type Conflict struct {
	Record   string   `json:"record"`
	NativeID string   `json:"native_id"`
	Columns  []string `json:"columns"`
}

// Unmatched counts the rows of a source that belong to no component of the
// workspace: those that name none, and those that name one it does not know.
type Unmatched struct {
	Kind     evidence.Kind      `json:"kind"`
	Source   string             `json:"source"`
	None     int64              `json:"none"`
	Unknown  int64              `json:"unknown"`
	Outside  int64              `json:"outside,omitempty"` // that name a component which management leaves out; beside the others
	Examples []UnmatchedExample `json:"examples,omitempty"`
}

// UnmatchedExample is one such row.
type UnmatchedExample struct {
	Record    string `json:"record"`
	NativeID  string `json:"native_id"`
	Component string `json:"component,omitempty"` // as stated
}

// Ambiguous is an identity that leads to several workers, so to none.
type Ambiguous struct {
	Identity string   `json:"identity"` // folded
	Workers  []string `json:"workers"`
	Uses     int64    `json:"uses"`
}

// Unresolved counts the identities in a column that lead to no worker.
type Unresolved struct {
	Kind     evidence.Kind `json:"kind"`
	Column   string        `json:"column"`
	Uses     int64         `json:"uses"`
	Examples []string      `json:"examples"` // distinct, as observed
}

// notes collects what Frozen reports besides the tables.
type notes struct {
	missing    []Missing
	conflicts  map[evidence.Kind]*Conflicts
	unmatched  map[[2]string]*Unmatched
	ambiguous  map[string]*Ambiguous
	unresolved map[[2]string]*Unresolved
}

func newNotes() *notes {
	return &notes{
		conflicts: map[evidence.Kind]*Conflicts{}, unmatched: map[[2]string]*Unmatched{},
		ambiguous: map[string]*Ambiguous{}, unresolved: map[[2]string]*Unresolved{},
	}
}

func (n *notes) addMissing(r *evidence.Record) {
	for _, name := range r.Missing {
		if c, _, ok := r.Schema.Column(name); ok && c.Null == evidence.NullNone {
			n.missing = append(n.missing, Missing{Kind: r.Schema.Kind, Column: name, Record: r.ID})
		}
	}
}

func (n *notes) addConflict(r *evidence.Record, columns []string) {
	c := n.conflicts[r.Schema.Kind]
	if c == nil {
		c = &Conflicts{Kind: r.Schema.Kind}
		n.conflicts[r.Schema.Kind] = c
	}
	c.Objects++
	if len(c.Examples) < maxExamples {
		c.Examples = append(c.Examples, Conflict{Record: r.ID, NativeID: r.NativeID, Columns: slices.Sorted(slices.Values(columns))})
	}
}

func (n *notes) addUnmatched(r *evidence.Record, stated string, outside bool) {
	key := [2]string{string(r.Schema.Kind), r.Source}
	u := n.unmatched[key]
	if u == nil {
		u = &Unmatched{Kind: r.Schema.Kind, Source: r.Source}
		n.unmatched[key] = u
	}
	switch {
	case outside:
		u.Outside++
		return
	case stated == "":
		u.None++
	default:
		u.Unknown++
	}
	if len(u.Examples) < maxExamples {
		u.Examples = append(u.Examples, UnmatchedExample{Record: r.ID, NativeID: r.NativeID, Component: stated})
	}
}

func (n *notes) addPerson(kind evidence.Kind, column, identity string, candidates []string) {
	if len(candidates) > 0 {
		folded := Fold(identity)
		a := n.ambiguous[folded]
		if a == nil {
			a = &Ambiguous{Identity: folded, Workers: candidates}
			n.ambiguous[folded] = a
		}
		a.Uses++
		return
	}
	key := [2]string{string(kind), column}
	u := n.unresolved[key]
	if u == nil {
		u = &Unresolved{Kind: kind, Column: column}
		n.unresolved[key] = u
	}
	u.Uses++
	if len(u.Examples) < maxExamples && !slices.Contains(u.Examples, identity) {
		u.Examples = append(u.Examples, identity)
	}
}

// into writes the notes in a fixed order.
func (n *notes) into(f *Frozen) {
	f.Missing = n.missing
	slices.SortFunc(f.Missing, func(a, b Missing) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Record, b.Record), strings.Compare(a.Column, b.Column))
	})
	f.Conflicts = ordered(n.conflicts, cmp.Compare)
	f.Unmatched = ordered(n.unmatched, comparePairs)
	f.Ambiguous = ordered(n.ambiguous, cmp.Compare)
	f.Unresolved = ordered(n.unresolved, comparePairs)
}

func comparePairs(a, b [2]string) int { return slices.Compare(a[:], b[:]) }

func ordered[K comparable, V any](m map[K]*V, compare func(a, b K) int) []V {
	var out []V
	for _, k := range slices.SortedFunc(maps.Keys(m), compare) {
		out = append(out, *m[k])
	}
	return out
}
