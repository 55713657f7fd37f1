// Package workspace reads tieout.yaml: what is examined, over which period,
// from which sources, under which policies. It opens no source and runs
// nothing; package trust decides what a workspace may run, read and send.
package workspace

import (
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// FileName is the name of a workspace file.
const FileName = "tieout.yaml"

// SchemaID is the schema that a workspace file names.
const SchemaID = "tieout/workspace/v1"

// File is tieout.yaml, key by key. docs/workspace.md says what each means.
type File struct {
	Schema     string                    `yaml:"schema"`
	Entity     Entity                    `yaml:"entity"`
	Engagement Engagement                `yaml:"engagement"`
	Components []Component               `yaml:"components"`
	Exclude    []Exclude                 `yaml:"exclude"`
	Sources    []strictyaml.Raw          `yaml:"sources"`
	Policies   map[string]strictyaml.Raw `yaml:"policies"`
	Reference  map[string]string         `yaml:"reference"`
	Expected   []Expected                `yaml:"expected"`
	ReliesOn   []ReliesOn                `yaml:"relies_on"`
	Records    []ChangeRecord            `yaml:"change_records"`
	Store      Store                     `yaml:"store"`
	Signing    Signing                   `yaml:"signing"`
	Catalog    []string                  `yaml:"catalog"`
	Export     Export                    `yaml:"export"`
	Schedule   []strictyaml.Raw          `yaml:"schedule"`
	Deliver    []strictyaml.Raw          `yaml:"deliver"`
}

// Entity is the service organisation and its system.
type Entity struct {
	Name   string `yaml:"name"`
	System string `yaml:"system"`
}

// Engagement is what is examined.
type Engagement struct {
	Type       int           `yaml:"type"`
	From       controls.Date `yaml:"from"`
	To         controls.Date `yaml:"to"`
	AsOf       controls.Date `yaml:"as_of"`
	Within     string        `yaml:"within"`
	Zone       string        `yaml:"zone"`
	Categories []string      `yaml:"categories"`
}

// Component is one AI component, and how records are recognised as its own.
type Component struct {
	ID         string        `yaml:"id"`
	Name       string        `yaml:"name"`
	Kind       string        `yaml:"kind"`
	Function   string        `yaml:"function"`
	Owner      string        `yaml:"owner"`
	Deployment string        `yaml:"deployment"`
	Data       []string      `yaml:"data"`
	Effect     string        `yaml:"decision_effect"`
	Vendors    []string      `yaml:"vendors"`
	Since      controls.Date `yaml:"in_production_since"`
	Retired    controls.Date `yaml:"retired"`
	Match      []Match       `yaml:"match"`
}

// Match says which records of a source belong to a component.
type Match struct {
	Source string            `yaml:"source"`
	Where  map[string]string `yaml:"where"` // column → value, with * for any text
}

// Exclude is a component that management leaves out of scope.
type Exclude struct {
	Component  string `yaml:"component"`
	Reason     string `yaml:"reason"`
	ApprovedBy string `yaml:"approved_by"`
}

// Expected is a schedule that makes a missing occurrence a deviation.
type Expected struct {
	Test  string `yaml:"test"`
	Every string `yaml:"every"`
}

// ReliesOn is a control that a subservice organisation carries out for a
// component.
type ReliesOn struct {
	Component    string        `yaml:"component"`
	Control      string        `yaml:"control"`
	Organisation string        `yaml:"organisation"`
	Method       string        `yaml:"method"`
	CSOC         []string      `yaml:"csoc"`
	OurControl   string        `yaml:"our_control"`
	ReportFrom   controls.Date `yaml:"report_from"`
	ReportTo     controls.Date `yaml:"report_to"`
}

// ChangeRecord says that whatever is changed about what one source shows as it
// stands is recorded by another, which shows configuration events.
type ChangeRecord struct {
	Of string `yaml:"of"` // source of states
	In string `yaml:"in"` // source of config_event
}

// Store says where evidence is kept.
type Store struct {
	Journal string `yaml:"journal"`
	Blobs   string `yaml:"blobs"`
}

// Signing says with which key packages are signed, and who is asked to
// time-stamp them.
type Signing struct {
	Key       string   `yaml:"key"`
	Timestamp string   `yaml:"timestamp"`       // URL of an RFC 3161 authority
	Roots     []string `yaml:"timestamp_roots"` // PEM files of the workspace with the only roots that count
	Allow     []string `yaml:"timestamp_allow"` // http, loopback, private
}

// Export says what a package holds and where it goes.
type Export struct {
	Formats []string `yaml:"formats"`
	Out     string   `yaml:"out"`
	Paper   string   `yaml:"paper"`
	To      []string `yaml:"to"`
}

// Common is what every source has.
type Common struct {
	ID        string     `yaml:"id"`
	Type      string     `yaml:"type"`
	Integrity *Integrity `yaml:"integrity"`
}

// Integrity says how the log behind a source protects itself.
type Integrity struct {
	Profile string   `yaml:"profile"`
	Keys    []string `yaml:"keys"`
}

// policyEntry is one value of a policy.
type policyEntry struct {
	Value      any           `yaml:"value"`
	From       controls.Date `yaml:"effective_from"`
	ApprovedBy string        `yaml:"approved_by"`
}
