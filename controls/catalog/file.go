package catalog

import "github.com/tieout/tieout/evidence/strictyaml"

// The shape of a family's file. Parts that are checked later are kept raw, so
// that a problem found then still names its line.
type familyFile struct {
	Schema   string           `yaml:"schema"`
	Family   string           `yaml:"family"`
	Controls []strictyaml.Raw `yaml:"controls"`
}

type controlFile struct {
	ID         string           `yaml:"id"`
	Title      string           `yaml:"title"`
	Statement  string           `yaml:"statement"`
	Severity   string           `yaml:"severity"`
	Frequency  string           `yaml:"frequency"`
	Nature     string           `yaml:"nature"`
	Primary    []string         `yaml:"primary"`
	Supporting []string         `yaml:"supporting"`
	Refs       refsFile         `yaml:"refs"`
	Applies    appliesFile      `yaml:"applies"`
	Tests      []strictyaml.Raw `yaml:"tests"`
	Manual     []string         `yaml:"manual"`
	Limit      string           `yaml:"limit"`
}

type refsFile struct {
	AIRMF    []string `yaml:"nist_ai_rmf"`
	ISO42001 []string `yaml:"iso_42001"`
	SP80053  []string `yaml:"nist_800_53"`
	EUAIAct  []string `yaml:"eu_ai_act"`
}

type appliesFile struct {
	Kinds       []string `yaml:"kinds"`
	Deployments []string `yaml:"deployments"`
	Effects     []string `yaml:"effects"`
	Data        []string `yaml:"data"`
	Because     string   `yaml:"because"`
}

type testFile struct {
	ID         string                    `yaml:"id"`
	Words      string                    `yaml:"words"`
	Kind       string                    `yaml:"kind"`
	Of         string                    `yaml:"of"`
	Base       string                    `yaml:"base"`
	Population strictyaml.Raw            `yaml:"population"`
	Scope      strictyaml.Raw            `yaml:"scope"`
	NotDue     strictyaml.Raw            `yaml:"not_due"`
	Excluded   map[string]strictyaml.Raw `yaml:"excluded"`
	Attributes map[string]attributeFile  `yaml:"attributes"`
	Note       string                    `yaml:"note"`
	Reperform  string                    `yaml:"reperform"`
	Waived     []waiverFile              `yaml:"waived"`
	Examples   []strictyaml.Raw          `yaml:"examples"`
}

type attributeFile struct {
	Words string         `yaml:"words"`
	SQL   strictyaml.Raw `yaml:"sql"`
}

type waiverFile struct {
	Column  string `yaml:"column"`
	Because string `yaml:"because"`
}

type exampleFile struct {
	Name   string                      `yaml:"name"`
	Rows   map[string][]map[string]any `yaml:"rows"`
	Params map[string]any              `yaml:"params"`
	Want   map[string]string           `yaml:"want"`
}
