package bundle

import (
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

const manifestSchema = "tieout/manifest/v1"

// Manifest is manifest.json. Everything but the list of files follows from the
// content, so a verifier makes it anew and compares. Its members are a closed
// list: another list is another schema.
type Manifest struct {
	Schema        string               `json:"schema_version"`
	PackageID     string               `json:"package_id"` // the first 32 digits of the content digest
	ContentDigest evidence.Digest      `json:"content_digest"`
	Merkle        Merkle               `json:"merkle"`
	Supersedes    string               `json:"supersedes"` // content digest of the package that this one corrects, or none
	Status        string               `json:"status"`     // draft, interim, final
	Complete      bool                 `json:"complete"`
	Incomplete    []string             `json:"incomplete"`
	Entity        ManifestEntity       `json:"entity"`
	Engagement    ManifestPeriod       `json:"engagement"`
	RunID         string               `json:"run_id"`
	GeneratedAt   string               `json:"generated_at"` // when the run froze the period
	GeneratedBy   string               `json:"generated_by"`
	Tool          ManifestTool         `json:"tool"`
	CatalogSHA    string               `json:"catalog_sha256"`
	ConfigSHA     string               `json:"config_sha256"`
	DatabaseSHA   string               `json:"database_sha256"`
	Scope         ManifestScope        `json:"scope"`
	Sources       []SourceLine         `json:"sources"`
	Populations   []PopulationLine     `json:"populations"`
	Results       Summary              `json:"results_summary"`
	NotTested     []UntestedLine       `json:"not_tested"`
	Manual        ManualCounts         `json:"manual"`
	Logs          []LogLine            `json:"log_integrity"`
	Ledger        LedgerLine           `json:"ledger"`
	Rows          []RowCount           `json:"rows"`
	Withheld      []export.NotIncluded `json:"withheld"`
	Limits        []string             `json:"limits"`
	Files         []FileEntry          `json:"files"`
}

// Merkle says how the content digest is made.
type Merkle struct {
	Algorithm string `json:"algorithm"`
	Leaf      string `json:"leaf"`
}

// ManifestEntity is whose package it is.
type ManifestEntity struct {
	Name   string `json:"name"`
	Slug   string `json:"slug"`
	System string `json:"system"`
}

// ManifestPeriod is the engagement.
type ManifestPeriod struct {
	Type       int             `json:"type"`
	From       controls.Date   `json:"period_start"`
	To         controls.Date   `json:"period_end"` // the last day, which belongs to it
	Zone       string          `json:"zone"`
	Window     evidence.Window `json:"window"`
	Categories []string        `json:"categories"`
}

// ManifestTool is what wrote the package.
type ManifestTool struct {
	Name   string `json:"name"`
	Engine string `json:"engine"`
}

// ManifestScope is what was in and what was left out.
type ManifestScope struct {
	Components []string                   `json:"component_ids"`
	Excluded   []export.ExcludedComponent `json:"excluded"`
}

// SourceLine is one pull.
type SourceLine struct {
	Source      string           `json:"source_id"`
	Type        string           `json:"kind"`
	Principal   string           `json:"principal"`
	Started     evidence.Instant `json:"started"`
	Finished    evidence.Instant `json:"finished"`
	Status      string           `json:"status"`
	Records     int64            `json:"records"`
	SourceCount int64            `json:"source_count"` // -1 where none is stated
}

// PopulationLine is one population.
type PopulationLine struct {
	ID          string   `json:"population_id"`
	Tests       []string `json:"test_ids"`
	File        string   `json:"file"`
	SHA256      string   `json:"sha256"`
	Rows        int64    `json:"rows"`
	SourceCount int64    `json:"source_count"`
	AfterEnd    bool     `json:"pulled_after_period_end"`
}

// Counts counts by state. Signals are results of tests that have no state.
type Counts struct {
	Deviation     int64 `json:"deviation"`
	Indeterminate int64 `json:"indeterminate"`
	NotTested     int64 `json:"not_tested"`
	NotOccurring  int64 `json:"not_occurring"`
	NotDue        int64 `json:"not_due"`
	Pass          int64 `json:"pass"`
	Signal        int64 `json:"signal"`
}

func (c *Counts) add(s controls.State) {
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
	default:
		c.Signal++
	}
}

// Summary counts results and items. Nothing can be left out of it unseen: it
// is counted again from the items.
type Summary struct {
	Results             Counts `json:"results_by_state"`
	Items               Counts `json:"items_by_state"`
	ResultsTotal        int64  `json:"results_total"`
	ItemsTotal          int64  `json:"items_total"`
	DeviationsTotal     int64  `json:"deviations_total"`
	DeviationsOpen      int64  `json:"deviations_open"`
	DeviationsConfirmed int64  `json:"deviations_confirmed"`
	DeviationsRebutted  int64  `json:"deviations_rebutted"`
}

// UntestedLine is a result that could not be had.
type UntestedLine struct {
	Test      string   `json:"test_id"`
	Component string   `json:"component_id"`
	Reasons   []string `json:"reasons"`
}

// ManualCounts counts what people owe.
type ManualCounts struct {
	Open     int64 `json:"open"`
	Provided int64 `json:"provided"`
}

// LogLine is the integrity of one log.
type LogLine struct {
	Source  string `json:"source_id"`
	Verdict string `json:"verdict"`
	Records int64  `json:"records"`
	Head    string `json:"head_hash"`
	SHA256  string `json:"sha256"`
}

// LedgerLine is the head of the ledger. Shown says whether the package holds
// the ledger's leaves and a checkpoint.
type LedgerLine struct {
	Origin string           `json:"origin"`
	Size   int64            `json:"size"`
	Root   string           `json:"root"`
	Level  int              `json:"level"`
	Birth  evidence.Instant `json:"birth"`
	Shown  bool             `json:"shown"`
}

// RowCount is how many rows a file of lines has, and its twin.
type RowCount struct {
	Path string `json:"path"`
	CSV  string `json:"csv"` // or none
	Rows int64  `json:"rows"`
}
