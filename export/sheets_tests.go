package export

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// summarySheet has a row for each result: one test for one component, or for
// the entity. A result that should be there and is not has a row that says so.
func summarySheet(d *Dossier, x *lookup) Sheet {
	heads := titlesOf(d.Engagement)
	var rows [][]any
	for _, c := range d.Controls {
		for _, t := range c.Tests {
			for _, r := range x.results[t.ID] {
				rows = append(rows, summaryRow(d, t, r))
			}
			for _, p := range x.disposed(c, t) {
				row := summaryRow(d, t, controls.Result{Test: t.ID, Control: c.ID, Component: p.Component, State: controls.NotTested})
				row[3], row[11] = dispositionWords(p), orElse(p.Reason, "no reason given")
				rows = append(rows, row)
			}
			for _, id := range x.missing(c, t) {
				row := summaryRow(d, t, controls.Result{Test: t.ID, Control: c.ID, Component: id, State: controls.NotTested})
				row[3], row[11] = noResult, noResultWhy
				rows = append(rows, row)
			}
		}
	}
	for _, r := range d.Results {
		if !x.tests[r.Test] {
			rows = append(rows, summaryRow(d, controls.Test{ID: r.Test, Words: "The dossier does not describe this test."}, r))
		}
	}
	return Sheet{
		Name: "Test Summary", File: "test_summary",
		Words: "One row for each result: what one test came to for one component, or for the entity as a whole, over every item of its population.",
		Columns: []SheetColumn{
			testColumn, controlColumn, componentColumn, stateColumn, textColumn("Test In Words", "test_in_words", 48),
			countColumn("Population", "population"), countColumn(heads.pass, "pass"), countColumn(heads.deviation, "deviation"),
			countColumn(heads.indeterminate, "indeterminate"), countColumn(heads.notDue, "not_due"), countColumn("Excluded Rows", "excluded"),
			textColumn("Why Not Tested, and Notes", "reasons", 44), textColumn("Gaps", "gaps", 44), textColumn("Excluded By Reason", "excluded_by", 30),
			textColumn("Attributes", "attributes", 48), textColumn("True / False / Missing", "letters", 22),
			textColumn("Test Kind", "test_kind", 14), textColumn("Parameters", "parameters", 20), textColumn("Re-performable From", "reperformable_from", 14),
			textColumn("What This Test Cannot Show", "note", 36),
		},
		Rows: rowsOf(rows, same),
	}
}

func summaryRow(d *Dossier, t controls.Test, r controls.Result) []any {
	counts := []any{r.Population, r.Pass, r.Deviation, r.Indeterminate, r.NotDue, r.Excluded}
	switch r.State {
	case controls.NotTested:
		// Zeros of what could not be looked at would read as a finding. What
		// was seen and is wrong stays.
		counts = []any{seen(r.Population), nil, seen(r.Deviation), seen(r.Indeterminate), nil, nil}
	case controls.NoState:
		counts = []any{r.Population, nil, nil, nil, nil, r.Excluded}
	default:
	}
	var words, letters, excluded []string
	for _, a := range t.Attributes {
		words = append(words, a.Letter+" "+a.Words)
	}
	for _, l := range r.Letters {
		letters = append(letters, fmt.Sprintf("%s %d / %d / %d", l.Letter, l.True, l.False, l.Null))
	}
	for _, e := range r.ExcludedBy {
		excluded = append(excluded, fmt.Sprintf("%s %d", plain(e.Reason), e.Rows))
	}
	row := []any{text(t.ID), text(r.Control), text(r.Component), stateWords(d.Engagement.Wording(), r.State), text(t.Words)}
	row = append(row, counts...)
	return append(row, sentences(resultNotes(r)), gapLines(r.Gaps), sentences(excluded), sentences(words), sentences(letters),
		text(plain(string(t.Kind))), list(t.Params), text(t.Reperform), text(t.Note))
}

// testSheet has a row for each test: what it asks, in words and in SQL.
func testSheet(d *Dossier) Sheet {
	var rows [][]any
	for _, c := range d.Controls {
		for _, t := range c.Tests {
			rows = append(rows, testRow(t))
		}
	}
	return Sheet{
		Name: "Tests", File: "tests",
		Words: "One row for each test: what makes an item of it, and the query behind each attribute's letter. True raises no deviation, false is a candidate deviation, and a missing field leaves it open.",
		Columns: []SheetColumn{
			testColumn, controlColumn, textColumn("Test In Words", "test_in_words", 44), textColumn("Test Kind", "test_kind", 14), textColumn("Belongs To", "belongs_to", 12), textColumn("Base Table", "base_table", 18),
			textColumn("Attribute Queries", "attribute_sql", 80), textColumn("Population Query", "population_sql", 70), textColumn("Scope", "scope_sql", 60), textColumn("Not Due", "not_due_sql", 40),
			textColumn("Excluded, By Reason", "excluded_sql", 60), textColumn("Tables Read", "tables_read", 24), textColumn("Re-performable From", "reperformable_from", 14),
		},
		Rows: rowsOf(rows, same),
	}
}

func testRow(t controls.Test) []any {
	var attributes, excluded, tables []string
	for _, a := range t.Attributes {
		attributes = append(attributes, a.Letter+" "+a.Words+":\n"+a.SQL)
	}
	for _, e := range t.Excluded {
		excluded = append(excluded, e.Reason+": "+e.SQL)
	}
	for _, r := range t.Reads {
		if !slices.Contains(tables, r.Table) {
			tables = append(tables, r.Table)
		}
	}
	return []any{text(t.ID), text(t.Control), text(t.Words), text(plain(string(t.Kind))), text(string(t.Of)), text(t.Base),
		lines(attributes), text(t.Population), text(t.Scope), text(t.NotDue), lines(excluded), list(tables), text(t.Reperform)}
}

// seen is a count that says something only where it is not zero.
func seen(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

// resultNotes gives the reasons on record, and says so where there should be
// one or where counts do not add up.
func resultNotes(r controls.Result) []string {
	out := slices.Clone(r.Reasons)
	if r.State == controls.NotTested {
		if len(r.Reasons)+len(r.Gaps) == 0 {
			out = append(out, "No reason is recorded: ask management")
		}
		if r.Population > 0 {
			out = append(out, "The counts are of what could be seen")
		}
		return out
	}
	if r.Pass+r.Deviation+r.Indeterminate+r.NotDue != r.Population {
		out = append(out, "These counts do not add up to the population: do not rely on this row until management explains it")
	}
	sum := int64(0)
	for _, e := range r.ExcludedBy {
		sum += e.Rows
	}
	if len(r.ExcludedBy) > 0 && sum != r.Excluded {
		out = append(out, "The reasons for exclusion do not add up to the excluded rows")
	}
	return out
}

// detailSheet has a row for each item of each test, those that pass too.
func detailSheet(d *Dossier) Sheet {
	letters, signals := attributeLetters(d), indicators(d)
	columns := []SheetColumn{testColumn, countColumn("Item No", "item_no"), textColumn("Item", "item", 24), componentColumn, stateColumn}
	for _, l := range letters {
		columns = append(columns, textColumn(l, "attribute_"+strings.ToLower(l), 9))
	}
	columns = append(columns, textColumn("Reason", "reason", 40), timeColumn("Event Time (UTC)", "event_time"), textColumn("Event Time (exact)", "event_time_exact", 28),
		textColumn("Facts", "facts", 60), textColumn("Record ID", "record_id", 22),
		auditColumn("Auditor Tick", "auditor_tick", 12), auditColumn("Auditor Note", "auditor_note", 24))
	return Sheet{
		Name: "Test Detail", File: "test_detail",
		Words:   "Every item of every test, those without a deviation too. A letter's column says whether the attribute of that letter is true of the item, false, or missing; the sheet Test Summary says what the letters ask.",
		Columns: columns,
		Rows: func() iter.Seq2[[]any, error] {
			return func(yield func([]any, error) bool) {
				if d.Items == nil {
					yield(nil, fmt.Errorf("read the items: the dossier was opened without data/items.jsonl"))
					return
				}
				for it, err := range d.Items() {
					if err != nil {
						yield(nil, fmt.Errorf("read the items: %w", err))
						return
					}
					if signals[it.Test] {
						it.State = controls.NoState
					}
					if !yield(detailRow(d.Engagement.Wording(), it, letters, len(columns)), nil) {
						return
					}
				}
			}
		},
	}
}

// attributeLetters returns every letter that a test of the dossier uses.
func attributeLetters(d *Dossier) []string {
	var out []string
	for _, c := range d.Controls {
		for _, t := range c.Tests {
			for _, a := range t.Attributes {
				if !slices.Contains(out, a.Letter) {
					out = append(out, a.Letter)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// indicators are the tests whose items are signals and have no state.
func indicators(d *Dossier) map[string]bool {
	out := map[string]bool{}
	for _, c := range d.Controls {
		for _, t := range c.Tests {
			if t.Kind == controls.Indicator {
				out[t.ID] = true
			}
		}
	}
	return out
}

func detailRow(w controls.Wording, it controls.Item, letters []string, width int) []any {
	row := make([]any, 0, width)
	row = append(row, text(it.Test), it.No, text(it.Key), text(it.Component), stateWords(w, it.State))
	shown := 0
	for _, l := range letters {
		v, has := it.Letters[l]
		if has {
			shown++
		}
		row = append(row, text(letterWord(v)))
	}
	reason := it.Reason
	if shown < len(it.Letters) { // a letter that no test describes has no column
		reason = strings.TrimPrefix(reason+"; letters of this item: "+letterLine(it.Letters), "; ")
	}
	at, exact := eventTime(it.At)
	return append(row, text(reason), at, exact, text(factsLine(it.Facts)), text(it.Record), nil, nil)
}

// eventTime gives a moment as a time cell and as exact text. What is no moment
// stays as the text that it is.
func eventTime(s string) (at, exact any) {
	if i, err := evidence.ParseInstant(s); err == nil {
		return i, i.String()
	}
	return nil, text(s)
}

// deviationSheet has every candidate deviation, rebutted ones too.
func deviationSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Deviations", File: "deviations",
		Words: "Every candidate deviation. It stays a candidate until management confirms or rebuts it; rebutted ones stay listed and counted.",
		Columns: []SheetColumn{
			textColumn("Deviation ID", "deviation_id", 13), testColumn, controlColumn, textColumn("Criteria", "criteria", 13), textColumn("Item", "item", 26), componentColumn,
			timeColumn("Event Time (UTC)", "event_time"), textColumn("Event Time (exact)", "event_time_exact", 28), textColumn("Facts", "facts", 60), textColumn("Attributes", "letters", 24),
			textColumn("Management Determination", "management_determination", 16), textColumn("Management Reasons", "management_reasons", 50), textColumn("Determined By", "determined_by", 18),
			timeColumn("Determined At (UTC)", "determined_at"), textColumn("Reviewed By", "reviewed_by", 18), textColumn("Management Response", "management_response", 50),
			textColumn("Document IDs", "document_ids", 16), textColumn("Deficiency IDs", "deficiency_ids", 16),
			textColumn("Evidence IDs", "evidence_ids", 16), textColumn("Record ID", "record_id", 22), auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(d.Deviations, func(x DeviationLine) []any {
			at, exact := eventTime(x.At)
			return []any{text(x.ID), text(x.Test), text(x.Control), list(x.Criteria), text(x.Item), text(x.Component),
				at, exact, orElse(x.Facts, "no facts recorded"), text(letterLine(x.Letters)),
				determinationWords(x.Determination), text(x.Reasons), text(x.DeterminedBy), moment(x.DeterminedAt), text(x.ReviewedBy), text(x.Response),
				list(x.Documents), list(x.Deficiencies), list(x.Evidence), text(x.Record), nil}
		}),
	}
}
