package xlsx

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tieout/tieout/export"
)

// section is one sheet of the package. It fills one page of the workbook, or
// several where it has more rows than a page can hold.
type section struct {
	export.Sheet
	rows  int64
	pages []page
	tally tally
}

// page is one sheet of the workbook.
type page struct {
	name  string
	table string // name of its native table, "" where it has none
	rows  int64  // below the header
}

// tally is what the README sheet's formulas will come to.
type tally struct {
	words          string
	states, counts int   // columns "state" and "deviation", -1 where there is none
	marked         int64 // rows whose state is a candidate deviation
	deviating      int64 // sum of the counts
}

// plan counts the rows of every sheet and cuts them into pages.
func plan(sheets []export.Sheet, a about) ([]section, error) {
	if err := checkNames(sheets); err != nil {
		return nil, err
	}
	b := make([]section, len(sheets))
	for i, s := range sheets {
		b[i] = section{Sheet: s}
		if i == 0 {
			continue // the README counts the others, so it comes last
		}
		if err := b[i].count(a); err != nil {
			return nil, err
		}
		b[i].cut(a.maxRows)
	}
	b[0].Sheet = readme(b, a)
	if err := b[0].count(a); err != nil {
		return nil, err
	}
	b[0].cut(a.maxRows)
	return b, nil
}

// maxName is how long a sheet's name can be, with room for " (99)" behind it.
const maxName = 26

// checkNames refuses what other programs would not open, or would repair: they
// compare the names of sheets, and of columns in a table, without case.
func checkNames(sheets []export.Sheet) error {
	if len(sheets) == 0 {
		return errors.New("there is no sheet")
	}
	names := map[string]bool{}
	for _, s := range sheets {
		if n := utf8.RuneCountInString(s.Name); n == 0 || n > maxName {
			return fmt.Errorf("sheet %q: want a name of 1 to %d characters", s.Name, maxName)
		}
		if strings.ContainsAny(s.Name, `:\/?*[]'`) {
			return fmt.Errorf("sheet %q: a name cannot hold the signs : \\ / ? * [ ] '", s.Name)
		}
		if name := strings.ToLower(s.Name); names[name] {
			return fmt.Errorf("two sheets are named %q", s.Name)
		} else {
			names[name] = true
		}
		if len(s.Columns) == 0 {
			return fmt.Errorf("sheet %q has no column", s.Name)
		}
		titles := map[string]bool{}
		for _, c := range s.Columns {
			title := strings.ToLower(strings.TrimSpace(c.Title))
			if title == "" || titles[title] {
				return fmt.Errorf("sheet %q: two columns are named %q, or have no name", s.Name, c.Title)
			}
			titles[title] = true
		}
	}
	return nil
}

func (s *section) count(a about) error {
	s.tally = tally{words: a.deviationWords(), states: s.column("state"), counts: s.column("deviation")}
	s.rows = 0
	for row, err := range s.Rows() {
		if err != nil {
			return fmt.Errorf("sheet %s, row %d: %w", s.Name, s.rows+1, err)
		}
		if len(row) != len(s.Columns) {
			return fmt.Errorf("sheet %s, row %d: %d values for %d columns", s.Name, s.rows+1, len(row), len(s.Columns))
		}
		s.rows++
		s.tally.add(row)
	}
	return nil
}

func (t *tally) add(row []any) {
	if t.states >= 0 && row[t.states] == t.words {
		t.marked++
	}
	if t.counts >= 0 {
		n, _ := row[t.counts].(int64)
		t.deviating += n
	}
}

// column returns the position of the column with that key, or -1.
func (s *section) column(key string) int {
	for i, c := range s.Columns {
		if c.Key == key {
			return i
		}
	}
	return -1
}

// cut divides the rows over as many pages as they need, at least one.
func (s *section) cut(maxRows int64) {
	left, fits := s.rows, maxRows-1
	for n := 1; n == 1 || left > 0; n++ {
		p := page{name: s.Name, rows: min(left, fits)}
		if n > 1 {
			p.name = fmt.Sprintf("%s (%d)", s.Name, n)
		}
		if p.rows > 0 && len(s.Columns) > 2 {
			p.table = s.File
			if n > 1 {
				p.table = fmt.Sprintf("%s_%d", s.File, n)
			}
		}
		s.pages = append(s.pages, p)
		left -= p.rows
	}
}

// quoted is the page's name as a formula writes it.
func (p page) quoted() string { return "'" + p.name + "'" }
