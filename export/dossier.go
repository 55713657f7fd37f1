package export

import (
	"iter"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// Dossier is everything that the documents of a package print. It is written
// to data/dossier.json; the items, which may be many, stand in data/items.jsonl
// and reach an encoder as an iterator. Times are those of the run, never the
// clock's, and lists have a fixed order, so equal dossiers give equal bytes.
type Dossier struct {
	Schema     string     `json:"schema"` // tieout/dossier/v1
	Entity     Entity     `json:"entity"`
	Engagement Engagement `json:"engagement"`
	Stage      string     `json:"stage"` // draft, interim, final
	Complete   bool       `json:"complete"`
	Incomplete []string   `json:"incomplete,omitempty"` // why not, in words
	Paper      string     `json:"paper,omitempty"`      // of the report: A4 or Letter
	Supersedes string     `json:"supersedes,omitempty"` // content digest of the package this one corrects
	Run        Run        `json:"run"`

	Components    []controls.Component `json:"components"`
	Excluded      []ExcludedComponent  `json:"excluded_components,omitempty"`
	Criteria      []CriterionLine      `json:"criteria"`
	Controls      []controls.Control   `json:"controls"` // with their tests
	Results       []controls.Result    `json:"results"`  // by test, then component
	NotApplicable []NotApplicable      `json:"not_applicable,omitempty"`
	Populations   []Population         `json:"populations"`
	Deviations    []DeviationLine      `json:"deviations"`
	Logs          []Log                `json:"logs"`
	Evidence      []EvidenceItem       `json:"evidence"`
	Policies      []controls.Policy    `json:"policies"`
	Params        []controls.Param     `json:"params"`
	Gaps          []evidence.Gap       `json:"gaps"`
	Manual        []ManualLine         `json:"manual"`
	Pulls         []Pull               `json:"pulls"`
	Reliance      []RelianceLine       `json:"reliance"` // "Can I rely on this?"
	NotIncluded   []NotIncluded        `json:"not_included"`
	Limits        []string             `json:"limits"` // standing limits of what this package can show
	Tables        []Table              `json:"tables"` // of the population database

	// What has no result and why, and what is known of earlier freezes, of the
	// scope over time and of the tool itself.
	Dispositions []Disposition     `json:"dispositions,omitempty"`
	ReliesOn     []ReliesOnLine    `json:"relies_on,omitempty"`
	Walkthroughs []WalkthroughLine `json:"walkthroughs,omitempty"` // of an engagement of type 1
	Freezes      *Freezes          `json:"freezes,omitempty"`
	ScopeHistory []ScopeLine       `json:"scope_history,omitempty"`
	ToolFacts    []ToolFact        `json:"tool_reliance,omitempty"`

	// What people provided and stated. TakeStatements fills these, and what
	// follows from them in the deviations and manual points.
	Statements   []StatementLine   `json:"statements,omitempty"` // every one, in the order of the ledger
	Documents    []DocumentLine    `json:"documents,omitempty"`
	Attestations []AttestationLine `json:"attestations,omitempty"`
	Deficiencies []DeficiencyLine  `json:"deficiencies,omitempty"`
	Earlier      []DeviationLine   `json:"earlier_deviations,omitempty"` // of earlier runs, which this one does not show

	Samples []Sample `json:"samples,omitempty"` // every one that was planned, in order

	// Items yields every item of every test in scope, by test, component and
	// item, those that pass too.
	Items func() iter.Seq2[controls.Item, error] `json:"-"`
}

// Entity is the service organisation and the system it describes.
type Entity struct {
	Name   string `json:"name"`
	System string `json:"system"`
}

// Engagement is what is examined, over which period.
type Engagement struct {
	Type       int             `json:"type"` // 1 or 2
	From       controls.Date   `json:"from"`
	To         controls.Date   `json:"to"` // the last day, which belongs to the period
	Zone       string          `json:"zone"`
	Window     evidence.Window `json:"window"`                // half-open, UTC
	Within     int             `json:"within_days,omitempty"` // of type 1: how far from its one day, From and To, things may have been seen
	Categories []string        `json:"categories"`
}

// Run names the run that the package shows and the exact inputs of it.
type Run struct {
	ID            string           `json:"id"`
	At            evidence.Instant `json:"at"`     // when the period was frozen
	Tool          string           `json:"tool"`   // "tieout v0.1.0"
	Engine        string           `json:"engine"` // "SQLite 3.x.y"
	CatalogDigest string           `json:"catalog_sha256"`
	ConfigDigest  string           `json:"config_sha256"`
	DatabaseSHA   string           `json:"database_sha256"`
	LedgerOrigin  string           `json:"ledger_origin"`
	LedgerSize    int64            `json:"ledger_size"`
	LedgerRoot    string           `json:"ledger_root"`
	LedgerLevel   int              `json:"ledger_level"` // 0, 1, 2: docs/package-format.md
	LedgerBirth   evidence.Instant `json:"ledger_birth"` // time of its first entry
	PreparedBy    string           `json:"prepared_by"`
}

// ExcludedComponent is a component that management left out of scope.
type ExcludedComponent struct {
	ID         string `json:"id"`
	Reason     string `json:"reason"`
	ApprovedBy string `json:"approved_by"`
}

// CriterionLine is one criterion with the counts of its primary controls'
// tests. It never carries one word as a conclusion.
type CriterionLine struct {
	controls.Criterion
	InScope    bool        `json:"in_scope"` // its category is part of the engagement
	Primary    []string    `json:"primary"`
	Supporting []string    `json:"supporting"`
	Counts     StateCounts `json:"counts"`
	ManualOpen int         `json:"manual_open"`
}

// StateCounts counts results by state.
type StateCounts struct {
	Deviation     int `json:"deviation"`
	Indeterminate int `json:"indeterminate"`
	NotTested     int `json:"not_tested"`
	NotOccurring  int `json:"not_occurring"`
	NotDue        int `json:"not_due"`
	Pass          int `json:"pass"`
}

// Add counts one result of the state.
func (c *StateCounts) Add(s controls.State) {
	switch s {
	case controls.Deviation:
		c.Deviation++
	case controls.Indeterminate:
		c.Indeterminate++
	case controls.NotTested:
		c.NotTested++
	case controls.NotOccurring:
		c.NotOccurring++
	case controls.NotDue:
		c.NotDue++
	case controls.Pass:
		c.Pass++
	default: // no state, nothing to count
	}
}

// Of returns the number of results of the state: 0 for what is no state.
func (c StateCounts) Of(s controls.State) int {
	switch s {
	case controls.Deviation:
		return c.Deviation
	case controls.Indeterminate:
		return c.Indeterminate
	case controls.NotTested:
		return c.NotTested
	case controls.NotOccurring:
		return c.NotOccurring
	case controls.NotDue:
		return c.NotDue
	case controls.Pass:
		return c.Pass
	default:
		return 0
	}
}

// Total returns the number of results counted.
func (c StateCounts) Total() int {
	return c.Deviation + c.Indeterminate + c.NotTested + c.NotOccurring + c.NotDue + c.Pass
}

// NotApplicable is a control that does not concern a component, and why.
type NotApplicable struct {
	Control   string `json:"control"`
	Component string `json:"component"`
	Reason    string `json:"reason"`
}

// Population is the record of information produced by the entity for one
// table that tests read: what proves it complete and accurate.
type Population struct {
	ID             string           `json:"id"` // POP-001 …
	Kind           string           `json:"kind"`
	Title          string           `json:"title"`
	Definition     string           `json:"definition"`
	Tests          []string         `json:"tests"`
	Sources        []string         `json:"sources"`
	Systems        []string         `json:"systems"`      // instance or files of each source
	Principals     []string         `json:"principals"`   // who pulled
	Queries        []string         `json:"queries"`      // exact query, paths or patterns
	SourceCount    int64            `json:"source_count"` // -1 where no source states one
	CountBasis     string           `json:"count_basis"`
	Extracted      int64            `json:"extracted"` // records put, over all pulls
	Distinct       int64            `json:"distinct"`  // objects after joining observations
	Rejected       int64            `json:"rejected"`
	Unmatched      int64            `json:"unmatched"`
	Duplicates     int64            `json:"duplicates"`
	FirstKey       string           `json:"first_key"`
	LastKey        string           `json:"last_key"`
	FirstEvent     string           `json:"first_event"`
	LastEvent      string           `json:"last_event"`
	PulledFirst    evidence.Instant `json:"pulled_first"`
	PulledLast     evidence.Instant `json:"pulled_last"`
	AfterPeriodEnd bool             `json:"pulled_after_period_end"`
	AsOf           string           `json:"as_of,omitempty"`   // date stated by the file
	Interim        string           `json:"interim,omitempty"` // why the population ends before the period does
	Carried        string           `json:"carried,omitempty"` // by which change record states of after the end stand for the period
	SecondSource   string           `json:"second_source,omitempty"`
	Difference     string           `json:"difference,omitempty"`
	Gaps           []string         `json:"gaps,omitempty"`
	Reperform      string           `json:"reperformable_from"`
	File           string           `json:"file"` // data/tables/<kind>.jsonl
	SHA256         string           `json:"sha256"`
	Zero           string           `json:"zero,omitempty"` // the statement of a recorded empty pull
}

// DeviationLine is one candidate deviation with what people have said of it.
type DeviationLine struct {
	ID            string            `json:"id"` // DEV-0001 …, given once and never to another item
	Test          string            `json:"test"`
	Control       string            `json:"control"`
	Criteria      []string          `json:"criteria"`
	Item          string            `json:"item"`
	Component     string            `json:"component"`
	At            string            `json:"at,omitempty"`
	Facts         string            `json:"facts"` // the letters that failed, in words, and the row
	Letters       map[string]string `json:"letters"`
	Record        string            `json:"record,omitempty"`
	Evidence      []string          `json:"evidence,omitempty"`       // evidence ids
	Determination string            `json:"management_determination"` // open, confirmed, rebutted
	Response      string            `json:"management_response,omitempty"`

	Reasons      string           `json:"management_reasons,omitempty"` // why it was confirmed or rebutted
	DeterminedBy string           `json:"determined_by,omitempty"`
	DeterminedAt evidence.Instant `json:"determined_at,omitempty"`
	ReviewedBy   string           `json:"reviewed_by,omitempty"` // the determination that counts
	Documents    []string         `json:"documents,omitempty"`   // that the determination or the response rests on
	Deficiencies []string         `json:"deficiencies,omitempty"`
	Now          string           `json:"now,omitempty"` // of an earlier deviation: what this run says of the item instead
}

// Log is the integrity of one log, as the verifier reported it.
type Log struct {
	Source       string             `json:"source"`
	Path         string             `json:"path"`
	Profile      string             `json:"profile"`
	Verdict      string             `json:"verdict"`
	Records      int64              `json:"records"`
	Bytes        int64              `json:"bytes"`
	SHA256       string             `json:"sha256"`
	FirstSeq     *int64             `json:"first_seq"`
	LastSeq      *int64             `json:"last_seq"`
	FirstTime    string             `json:"first_time"`
	LastTime     string             `json:"last_time"`
	Head         string             `json:"head"`
	Integrity    string             `json:"integrity"`
	Continuity   string             `json:"continuity"`
	Authenticity string             `json:"authenticity"`
	Anchoring    string             `json:"anchoring"`
	Coverage     string             `json:"coverage"` // in words
	Counts       map[string]int64   `json:"counts"`
	Findings     []LogFinding       `json:"findings"` // the first ones; counts are complete
	NotShown     []string           `json:"not_shown"`
	Segments     []evidence.Segment `json:"segments"`
	ReportFile   string             `json:"report_file"` // logs/<source>.json
}

// LogFinding is one finding of the verifier.
type LogFinding struct {
	Code       string `json:"code"`
	File       string `json:"file"`
	Record     int64  `json:"record"`
	ByteOffset int64  `json:"byte_offset"`
	Note       string `json:"note"`
}

// EvidenceItem is one raw file that the package holds or names.
type EvidenceItem struct {
	ID          string           `json:"id"` // EV-000001 …
	Title       string           `json:"title"`
	Source      string           `json:"source"`
	System      string           `json:"system"`
	CollectedAt evidence.Instant `json:"collected_at"`
	CollectedBy string           `json:"collected_by"`
	Method      string           `json:"method"` // file, query, API
	File        string           `json:"file"`   // evidence/EV-000001.json; "" where withheld
	Bytes       int64            `json:"bytes"`
	SHA256      string           `json:"sha256"`
	Kinds       []string         `json:"kinds"`
	Tests       []string         `json:"tests"`
	LedgerIndex int64            `json:"ledger_index"`
	Withheld    string           `json:"withheld,omitempty"` // why the file itself is not in the package
}

// ManualLine is something that a person or a document still owes, or gave.
type ManualLine struct {
	ID      string `json:"id"`
	Control string `json:"control"`
	Words   string `json:"words"`
	Status  string `json:"status"` // open, statement provided, provided

	Documents    []string `json:"documents,omitempty"`    // that were given for it, those that do not count too
	Attestations []string `json:"attestations,omitempty"` // statements are no documents: the point stays open
	Note         string   `json:"note,omitempty"`         // how far the documents cover the period
}

// Pull is one run of one source.
type Pull struct {
	Source      string           `json:"source"`
	Type        string           `json:"type"`
	Started     evidence.Instant `json:"started"`
	Finished    evidence.Instant `json:"finished"`
	Status      string           `json:"status"` // done, gaps, failed
	Principal   string           `json:"principal"`
	Records     int64            `json:"records"`
	SourceCount int64            `json:"source_count"` // -1 where none is stated
	Rejected    int64            `json:"rejected"`
	Files       int              `json:"files"`
	Error       string           `json:"error,omitempty"`
	LedgerIndex int64            `json:"ledger_index"`
}

// RelianceLine is one row of "Can I rely on this?", which stands before any
// matrix.
type RelianceLine struct {
	Population    string `json:"population"`
	Tests         string `json:"tests"`
	Definition    string `json:"definition"`
	System        string `json:"system"`
	Counts        string `json:"counts"`        // source = extracted = tested, in figures
	Second        string `json:"second_source"` // and the difference
	Period        string `json:"period"`        // zone, pulled after the end or not
	ConfigSince   string `json:"config_unchanged_since"`
	Authenticity  string `json:"authenticity"` // signed by source, re-run, tool only
	AnchorLevel   int    `json:"anchor_level"`
	Reperformable string `json:"reperformable_from"`
	Candidates    string `json:"candidates"` // candidate / confirmed / rebutted
	Excluded      int64  `json:"excluded_rows"`
	OpenPoint     string `json:"open_point"`
}

// NotIncluded is something that a reader might expect in the package.
type NotIncluded struct {
	What string `json:"what"`
	Why  string `json:"why"`
	How  string `json:"how_to_obtain"`
}

// Table is one table of the population database.
type Table struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	File   string `json:"file"` // data/tables/<name>.jsonl
	SHA256 string `json:"sha256"`
}
