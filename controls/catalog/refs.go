package catalog

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tieout/tieout/controls"
)

// Forms of the ids by which other frameworks name what they ask for. Ids are
// facts; the texts behind them are not reproduced.
var (
	aiRMF    = regexp.MustCompile(`^(GOVERN|MAP|MEASURE|MANAGE) ([1-9])\.([1-9][0-9]?)$`)
	iso42001 = regexp.MustCompile(`^(A\.[0-9.]+)\.([1-9])$`)
	sp80053  = regexp.MustCompile(`^(AC|AT|AU|CA|CM|CP|IA|IR|MA|MP|PE|PL|PM|PS|PT|RA|SA|SC|SI|SR)-[1-9][0-9]?(\([1-9][0-9]?\))?$`)
	euAIAct  = regexp.MustCompile(`^([1-9][0-9]{0,2})(\([1-9][0-9]?\))?(\([a-z]\))?$`)
)

// aiRMFLast is the number of the last subcategory in each category.
var aiRMFLast = map[string][]int{"GOVERN": {7, 3, 2, 3, 2, 2}, "MAP": {6, 3, 5, 2, 2}, "MEASURE": {3, 13, 3, 3}, "MANAGE": {4, 4, 2, 3}}

// iso42001Range are the first and the last number under each heading of Annex A.
var iso42001Range = map[string][2]int{
	"A.2": {2, 4}, "A.3": {2, 3}, "A.4": {2, 6}, "A.5": {2, 5}, "A.6.1": {2, 3}, "A.6.2": {2, 8}, "A.7": {2, 6}, "A.8": {2, 5}, "A.9": {2, 4}, "A.10": {2, 4},
}

const euArticles = 113

// refs reads the cross-references of a control and refuses what is no id.
func (l *loader) refs(wrong func(string, ...any), c controlFile) controls.Refs {
	r := controls.Refs(c.Refs)
	for _, f := range []struct {
		name string
		ids  []string
		is   func(string) bool
		want string
	}{
		{"nist_ai_rmf", r.AIRMF, isAIRMF, "a subcategory such as MEASURE 2.7"},
		{"iso_42001", r.ISO42001, isISO42001, "a control of Annex A such as A.6.2.8"},
		{"nist_800_53", r.SP80053, sp80053.MatchString, "a control of revision 5 such as AC-2 or AC-2(3)"},
		{"eu_ai_act", r.EUAIAct, isEUArticle, "an article such as 12 or 26(6)"},
	} {
		for i, id := range f.ids {
			if !f.is(id) {
				wrong("refs, %s: %q: want %s", f.name, id, f.want)
			}
			if slices.Contains(f.ids[:i], id) {
				wrong("refs, %s: %s is named twice", f.name, id)
			}
		}
	}
	return r
}

func isAIRMF(id string) bool {
	m := aiRMF.FindStringSubmatch(id)
	if m == nil {
		return false
	}
	category, sub := number(m[2]), number(m[3])
	last := aiRMFLast[m[1]]
	return category <= len(last) && sub <= last[category-1]
}

func isISO42001(id string) bool {
	m := iso42001.FindStringSubmatch(id)
	if m == nil {
		return false
	}
	r, known := iso42001Range[m[1]]
	return known && number(m[2]) >= r[0] && number(m[2]) <= r[1]
}

func isEUArticle(id string) bool {
	article, _, _ := strings.Cut(id, "(")
	return euAIAct.MatchString(id) && number(article) <= euArticles
}

// number reads digits that a pattern has bounded.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
