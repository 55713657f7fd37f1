package xlsx

import (
	"fmt"
	"strconv"

	"github.com/tieout/tieout/export"
)

// rowWriter writes the rows of one sheet as XML.
type rowWriter struct {
	columns []export.SheetColumn
	begins  []string // of a cell, by column: <c r="A
	looks   []string // of a cell, by style: " s="7"
	styles  []cellStyles
	file    string // of the data, for the mark of a text that is cut
	inked   []bool // columns whose words may have a colour
	few     bool   // rows have their own height, and empty cells a look
	digits  []byte // of the row's number
	last    []lastText
	line    int64 // in the data file, from 1
}

// lastText is the last short text of a column, and its cell from the style on.
type lastText struct {
	text    string
	cell    []byte
	changes int // in a row; a column whose texts keep changing is left alone
}

const maxChanges = 100

func newRowWriter(s *section, st *styles) *rowWriter {
	w := &rowWriter{columns: s.Columns, file: s.File, few: s.few(), last: make([]lastText, len(s.Columns))}
	for i, c := range s.Columns {
		w.begins = append(w.begins, `<c r="`+columnName(i))
		w.styles = append(w.styles, st.of(s, i))
		w.inked = append(w.inked, inkedKeys[c.Key])
	}
	for n := range st.count {
		w.looks = append(w.looks, `" s="`+strconv.Itoa(n)+`"`)
	}
	return w
}

// append appends row number n of a page, whose values are at that line of the
// data file.
func (w *rowWriter) append(dst []byte, n, line int64, row []any) ([]byte, error) {
	if len(row) != len(w.columns) {
		return dst, fmt.Errorf("%d values for %d columns", len(row), len(w.columns))
	}
	w.line = line
	w.digits = strconv.AppendInt(w.digits[:0], n, 10)
	dst = append(dst, `<row r="`...)
	dst = append(dst, w.digits...)
	if w.few {
		dst = append(dst, `" ht="`...)
		dst = strconv.AppendInt(dst, w.height(row), 10)
	}
	dst = append(dst, `">`...)
	for i, v := range row {
		if v == nil {
			if w.few {
				dst = w.open(dst, i, w.styles[i].empty, `/>`)
			}
			continue
		}
		var err error
		if dst, err = w.cell(dst, i, v); err != nil {
			return dst, fmt.Errorf("column %s: %w", w.columns[i].Title, err)
		}
	}
	return append(dst, `</row>`...), nil
}

// height estimates how many points a row of several lines needs. Programs do
// not agree on measuring rows when they open a file.
func (w *rowWriter) height(row []any) int64 {
	lines := 1
	for i, v := range row {
		if s, ok := v.(string); ok && w.styles[i].wraps {
			lines = max(lines, linesOf(s, w.columns[i].Width))
		}
	}
	return min(int64(lines)*13+3, 409)
}

// linesOf estimates how many lines a text fills at a width in digits, which
// are wider than letters are on average. Wide characters count twice.
func linesOf(s string, width int) int {
	lines, used := 1, 0
	for _, r := range s {
		switch {
		case r == '\n':
			lines, used = lines+1, 0
			continue
		case r >= 0x1100:
			used += 2
		default:
			used++
		}
		if used > width+width/8 {
			lines, used = lines+1, 1
		}
	}
	return lines
}

// columnName is A for 0, B for 1, … AA for 26.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}
