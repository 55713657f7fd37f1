package html

import (
	"fmt"

	"github.com/tieout/tieout/export"
)

// Limits on what stands on the page. Nothing is left out without a word on how
// many rows there are and which file holds them.
const (
	maxRows       = 500     // of one list
	maxDeviations = 5000    // of them, which stand in full
	maxText       = 4 << 20 // bytes of the cells of one list
	maxCell       = 3000    // characters of one cell
	tooWide       = 175     // characters: from here on a row is a card and not a line
)

// listing is a sheet as the page shows it: its first rows, and how many there
// are.
type listing struct {
	export.Sheet
	rows  [][]any
	total int64
	at    map[string]int // column by key
}

// read reads a sheet: the rows to show, and the number of all of them.
func read(s export.Sheet, most int) (*listing, error) {
	l := &listing{Sheet: s, at: map[string]int{}}
	for i, c := range s.Columns {
		l.at[c.Key] = i
	}
	size := 0
	for row, err := range s.Rows() {
		if err != nil {
			return nil, fmt.Errorf("sheet %s: %w", s.Name, err)
		}
		if len(row) != len(s.Columns) {
			return nil, fmt.Errorf("sheet %s: a row has %d cells for %d columns", s.Name, len(row), len(s.Columns))
		}
		l.total++
		if int64(len(l.rows)) != l.total-1 || len(l.rows) == most {
			continue
		}
		for _, v := range row {
			size += min(len(cellText(v)), maxCell)
		}
		if size <= maxText {
			l.rows = append(l.rows, row)
		}
	}
	return l, nil
}

// get returns the cell of the column with the key.
func (l *listing) get(row []any, key string) any {
	if i, ok := l.at[key]; ok {
		return row[i]
	}
	return nil
}

// text is get for cells of text.
func (l *listing) text(row []any, key string) string {
	s, _ := l.get(row, key).(string)
	return s
}

func (l *listing) cut() bool { return int64(len(l.rows)) < l.total }

// path is the file with every row.
func (l *listing) path() string { return "data/" + l.File + ".jsonl" }

// wide reports whether a line would be too long to read.
func (l *listing) wide() bool {
	n := 0
	for _, c := range l.Columns {
		if c.Type != export.AuditCell {
			n += c.Width
		}
	}
	return n > tooWide
}

// rowsBy groups rows by the text of a cell.
func (l *listing) rowsBy(key string) map[string][][]any {
	out := map[string][][]any{}
	for _, r := range l.rows {
		k := l.text(r, key)
		out[k] = append(out[k], r)
	}
	return out
}
