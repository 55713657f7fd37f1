package xlsx

import (
	"fmt"
	"iter"
	"strings"

	"github.com/tieout/tieout/export"
)

// formula is a cell that the workbook computes; value is what it comes to. No
// sheet of the package holds one, only the README does.
type formula struct {
	text  string
	value int64
}

// readme is the README sheet with what only this file can say: the digest, how
// cells are written, and the rows of every sheet, counted by the workbook
// itself.
func readme(b []section, a about) export.Sheet {
	s := b[0].Sheet
	var rows [][]any
	add := func(item string, value any) {
		row := make([]any, len(s.Columns))
		row[0], row[1] = item, value
		rows = append(rows, row)
	}
	digest := a.digest
	if digest == "" {
		digest = "not stated"
	}
	add("Content digest", digest+". It identifies the data set; it does not protect this file: verify the package.")
	add("Text in cells", "What a cell cannot hold is written as _xHHHH_, the hexadecimal code of the character; a text that contains such a sign itself has _x005F_ for its first underscore. Bytes that are no UTF-8 stand as ⟦0xFF⟧.")
	add("Long text", fmt.Sprintf("A cell holds at most %d characters. Longer text is cut with a visible mark that names the data file and the line.", maxUnits))
	add("Dates", "Date cells are real dates, cut to the millisecond.")
	add("Long numbers", "Whole numbers of more than 15 digits are text, because a number cell would lose digits.")
	for _, x := range b[1:] {
		for _, p := range x.pages {
			count := "ROWS"
			if p.rows == 0 {
				count = "COUNTA" // a range has a row at least
			}
			add("Rows of sheet "+p.name, formula{fmt.Sprintf("%s(%s)", count, p.cells(0)), p.rows})
		}
		if n := len(x.pages); n > 1 {
			add("Sheet "+x.Name+" goes on", fmt.Sprintf("It has more rows than one sheet can hold and goes on in %s. data/%s.jsonl holds all %d rows in one file.", continued(x.pages), x.File, x.rows))
		}
	}
	for _, r := range comparison(b, a) {
		add(r.item, r.value)
	}
	base := s.Rows
	s.Rows = func() iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) {
			for row, err := range base() {
				if !yield(row, err) || err != nil {
					return
				}
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	return s
}

func continued(pages []page) string {
	names := make([]string, 0, len(pages)-1)
	for _, p := range pages[1:] {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

// cells is the range of a column's cells below the header.
func (p page) cells(column int) string {
	name := columnName(column)
	return fmt.Sprintf("%s!$%s$2:$%s$%d", p.quoted(), name, name, max(p.rows, 1)+1)
}

type readmeRow struct {
	item  string
	value any
}

// comparison counts candidate deviations in the three places that hold them.
func comparison(b []section, a about) []readmeRow {
	by := map[string]*section{}
	for i := range b {
		by[b[i].File] = &b[i]
	}
	summary, detail, register := by["test_summary"], by["test_detail"], by["deviations"]
	if summary == nil || detail == nil || register == nil || summary.tally.counts < 0 || detail.tally.states < 0 {
		return nil
	}
	words := a.deviationWords()
	sum := over(summary, summary.tally.deviating, func(p page) string { return fmt.Sprintf("SUM(%s)", p.cells(summary.tally.counts)) })
	marked := over(detail, detail.tally.marked, func(p page) string { return fmt.Sprintf("COUNTIF(%s,\"%s\")", p.cells(detail.tally.states), words) })
	listed := over(register, register.rows, func(p page) string { return fmt.Sprintf("COUNTA(%s)", p.cells(0)) })
	return []readmeRow{
		{"Candidate deviations in Test Summary", sum},
		{"Candidate deviations in Test Detail", marked},
		{"Candidate deviations in Deviations", listed},
		{"If these three differ", "Do not rely on any of them until management explains the difference."},
	}
}

// over adds up a formula over all pages of a sheet.
func over(s *section, value int64, one func(page) string) formula {
	parts := make([]string, len(s.pages))
	for i, p := range s.pages {
		parts[i] = one(p)
	}
	return formula{strings.Join(parts, "+"), value}
}
