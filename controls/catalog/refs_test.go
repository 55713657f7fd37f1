package catalog

import (
	"strings"
	"testing"
)

func TestReferencesAreIdsOfTheirFrameworks(t *testing.T) {
	t.Parallel()
	for refs, says := range map[string]string{
		"nist_ai_rmf: [GOVERN 1.7, MEASURE 2.13, MANAGE 4.3, MAP 5.2]": "",
		"iso_42001: [A.2.4, A.6.1.3, A.6.2.8, A.10.2]":                 "",
		"nist_800_53: [AC-2, AC-2(3), PM-21, SR-11(2)]":                "",
		`eu_ai_act: ["4", "26(6)", "10(2)(b)", "113"]`:                 "",
		"nist_ai_rmf: [GOVERN 1.8]":                                    "want a subcategory",
		"nist_ai_rmf: [GOVERN 7.1]":                                    "want a subcategory",
		"nist_ai_rmf: [govern 1.1]":                                    "want a subcategory",
		"iso_42001: [A.6.2.9]":                                         "want a control of Annex A",
		"iso_42001: [A.6.2]":                                           "want a control of Annex A",
		"iso_42001: [A.3.1]":                                           "want a control of Annex A",
		"nist_800_53: [AC2]":                                           "want a control of revision 5",
		"nist_800_53: [XX-1]":                                          "want a control of revision 5",
		`eu_ai_act: ["114"]`:                                           "want an article",
		`eu_ai_act: ["9(6)-(8)"]`:                                      "want an article",
		`eu_ai_act: ["Logs are kept."]`:                                "want an article",
		"nist_800_53: [AC-2, AC-2]":                                    "named twice",
		"soc2: [CC8.1]":                                                `unknown key "soc2"`,
	} {
		f := own{}.file()
		f.Src = []byte(strings.Replace(string(f.Src), "primary: [CC8.1]", "primary: [CC8.1]\n    refs: {"+refs+"}", 1))
		_, err := LoadWith([]File{f})
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: want %q, got %v", refs, says, err)
		}
	}
}

func TestEveryControlNamesItsNeighbours(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range c.Controls {
		if len(k.Refs.AIRMF) == 0 || len(k.Applies.Categories) == 0 {
			t.Errorf("%s: references %+v, categories %v", k.ID, k.Refs, k.Applies.Categories)
		}
	}
}
