package controls

// Criterion is one trust services criterion by its public id, described in
// our own words. The criteria themselves are the AICPA's text, which is not
// reproduced anywhere in this project.
type Criterion struct {
	ID       string `json:"id"` // such as CC8.1
	Title    string `json:"title"`
	Words    string `json:"words"`    // one sentence, ours
	Category string `json:"category"` // security, availability, processing_integrity, confidentiality, privacy
	Group    string `json:"group"`    // such as Change management
	Limit    string `json:"limit"`    // what no record can show about it
}

// Control is one control of the catalogue.
type Control struct {
	ID         string        `json:"id"`
	Family     string        `json:"family"` // change, access, logging, review, encryption, vendor, …
	Title      string        `json:"title"`
	Statement  string        `json:"statement"` // as management would write it
	Severity   string        `json:"severity"`  // critical, high, medium, low
	Frequency  string        `json:"frequency"` // event_driven, continuous, daily, quarterly, …
	Nature     string        `json:"nature"`    // automated, manual, hybrid
	Primary    []string      `json:"primary"`   // criteria whose counts its tests make
	Supporting []string      `json:"supporting,omitempty"`
	Refs       Refs          `json:"refs"`
	Applies    Applies       `json:"applies"`
	Tests      []Test        `json:"tests"`
	Manual     []ManualPoint `json:"manual,omitempty"`
	Limit      string        `json:"limit,omitempty"` // what these tests cannot show
	Source     string        `json:"source"`          // file of the catalogue it comes from
}

// Refs name, by their ids alone, where other frameworks ask for something near
// to a control. That a control works shows nothing about them.
type Refs struct {
	AIRMF    []string `json:"nist_ai_rmf,omitempty"` // subcategories of NIST AI RMF 1.0
	ISO42001 []string `json:"iso_42001,omitempty"`   // Annex A of ISO/IEC 42001:2023
	SP80053  []string `json:"nist_800_53,omitempty"` // NIST SP 800-53 revision 5
	EUAIAct  []string `json:"eu_ai_act,omitempty"`   // articles of Regulation (EU) 2024/1689
}

// ManualPoint is something that a person or a document owes.
type ManualPoint struct {
	ID    string `json:"id"` // <control>.M1, …
	Words string `json:"words"`
}

// TestKind says how a test is to be read.
type TestKind string

// The kinds of test.
const (
	PerItem        TestKind = "per_item"
	ConfigState    TestKind = "config_state"
	Reconciliation TestKind = "reconciliation"
	Aggregate      TestKind = "aggregate"
	Indicator      TestKind = "indicator" // a signal for people: no state
)

// Of says whose result a test gives.
type Of string

// A test belongs to each component, or to the entity as a whole.
const (
	OfComponent Of = "component"
	OfEntity    Of = "entity"
)

// Test is one test: SQL over the frozen database, in parts that the loader
// checks and composes. docs/writing-tests.md gives the rules.
type Test struct {
	ID          string      `json:"id"` // <control>.T1, …
	Control     string      `json:"control"`
	Words       string      `json:"words"`
	Kind        TestKind    `json:"kind"`
	Of          Of          `json:"of"`
	Base        string      `json:"base,omitempty"` // table whose every row the population must hold
	Population  string      `json:"population"`     // SELECT … AS item, one row per item
	Scope       string      `json:"scope"`          // TRUE tested, FALSE not an item, NULL indeterminate
	NotDue      string      `json:"not_due,omitempty"`
	Excluded    []Exclusion `json:"excluded,omitempty"`
	Attributes  []Attribute `json:"attributes"`
	Note        string      `json:"note,omitempty"`
	Reperform   string      `json:"reperformable_from"` // rows, pseudonyms, log
	Reads       []Read      `json:"reads"`              // from SQLite's authorizer, not declared
	Params      []string    `json:"params,omitempty"`   // parameters that it reads, by name
	ItemSQL     string      `json:"item_sql"`           // composed: one row per item in or near scope
	CountSQL    string      `json:"count_sql"`          // composed: one row per component with counts by state
	ExcludedSQL string      `json:"excluded_sql"`       // composed: one row per reason with its count
	Examples    []Example   `json:"-"`
	Waived      []Waiver    `json:"waived,omitempty"`
}

// Exclusion is a reason why a row of the base table is no item. A row counts
// under the first reason that holds for it.
type Exclusion struct {
	Reason string `json:"reason"`
	SQL    string `json:"sql"`
}

// Attribute is one lettered property of an item.
type Attribute struct {
	Letter string `json:"letter"` // A, B, C, …
	Words  string `json:"words"`
	SQL    string `json:"sql"` // TRUE, FALSE or NULL
}

// Read is one column of one table that a test reads.
type Read struct {
	Table  string `json:"table"`
	Column string `json:"column"`
}

// Example is one small database and what the test must say of it.
type Example struct {
	Name   string
	Rows   map[string][]map[string]any // table → rows; columns by name
	Params map[string][]Policy         // parameter → its values in place of the default; none = not set
	Want   map[string]Want             // item → what the test must say
}

// Want is what an example expects of one item.
type Want struct {
	State   State
	Letters map[string]string // letter → true, false or null
}

// Waiver says why a mutation that leaves a pass is right.
type Waiver struct {
	Column  string `json:"column"` // table.column
	Because string `json:"because"`
}

// Catalog is everything that was loaded, in a fixed order.
type Catalog struct {
	Criteria []Criterion `json:"criteria"`
	Controls []Control   `json:"controls"`
	Params   []Param     `json:"params"`
	Digest   string      `json:"digest"` // SHA-256 of the canonical catalogue
}
