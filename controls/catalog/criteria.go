package catalog

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// CriteriaCount is how many trust services criteria there are. Nobody adds one
// but the body that publishes them.
const CriteriaCount = 61

type criteriaFile struct {
	Schema   string          `yaml:"schema"`
	Criteria []criterionFile `yaml:"criteria"`
}

type criterionFile struct {
	ID       string `yaml:"id"`
	Title    string `yaml:"title"`
	Words    string `yaml:"words"`
	Category string `yaml:"category"`
	Group    string `yaml:"group"`
	Limit    string `yaml:"limit"`
}

// Categories of the criteria, in the order in which they are printed.
var Categories = []string{"security", "availability", "processing_integrity", "confidentiality", "privacy"}

var criterionIDs = map[string]*regexp.Regexp{
	"security":             regexp.MustCompile(`^CC[1-9]\.[1-9]$`),
	"availability":         regexp.MustCompile(`^A1\.[1-3]$`),
	"confidentiality":      regexp.MustCompile(`^C1\.[12]$`),
	"processing_integrity": regexp.MustCompile(`^PI1\.[1-5]$`),
	"privacy":              regexp.MustCompile(`^P[1-8]\.[1-7]$`),
}

func loadCriteria(f File) ([]controls.Criterion, error) {
	var file criteriaFile
	if err := strictyaml.Load(f.Name, f.Src, &file); err != nil {
		return nil, err
	}
	if file.Schema != "tieout/criteria/v1" {
		return nil, fmt.Errorf("%s: schema is %q, want tieout/criteria/v1", f.Name, file.Schema)
	}
	var out []controls.Criterion
	for _, c := range file.Criteria {
		pattern, known := criterionIDs[c.Category]
		if !known || !pattern.MatchString(c.ID) {
			return nil, fmt.Errorf("%s: criterion %q of category %q is none of the public ids", f.Name, c.ID, c.Category)
		}
		if c.Title == "" || c.Words == "" || c.Group == "" || c.Limit == "" {
			return nil, fmt.Errorf("%s: criterion %s: title, words, group and limit are required", f.Name, c.ID)
		}
		if slices.ContainsFunc(out, func(o controls.Criterion) bool { return o.ID == c.ID }) {
			return nil, fmt.Errorf("%s: criterion %s stands twice", f.Name, c.ID)
		}
		out = append(out, controls.Criterion(c))
	}
	if len(out) != CriteriaCount {
		return nil, fmt.Errorf("%s: %d criteria, want %d", f.Name, len(out), CriteriaCount)
	}
	return out, nil
}
