package xlsx

import (
	"fmt"
	"math"
	"strconv"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// maxDigits is the largest whole number of which a number cell keeps every
// digit.
const maxDigits = 999_999_999_999_999

func (w *rowWriter) cell(dst []byte, i int, v any) ([]byte, error) {
	if f, ok := v.(formula); ok {
		dst = w.open(dst, i, w.styles[i].formula, `><f>`)
		dst = appendEscaped(dst, f.text)
		dst = append(dst, `</f><v>`...)
		dst = strconv.AppendInt(dst, f.value, 10)
		return append(dst, `</v></c>`...), nil
	}
	switch w.columns[i].Type {
	case export.TextCell:
		if s, ok := v.(string); ok {
			return w.text(dst, i, s), nil
		}
	case export.IntCell:
		if n, ok := v.(int64); ok {
			if n > maxDigits || n < -maxDigits {
				return w.text(dst, i, strconv.FormatInt(n, 10)), nil
			}
			dst = w.open(dst, i, w.styles[i].number, `><v>`)
			dst = strconv.AppendInt(dst, n, 10)
			return append(dst, `</v></c>`...), nil
		}
	case export.RealCell:
		if f, ok := v.(float64); ok {
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return dst, fmt.Errorf("%v is no number that a sheet can hold", f)
			}
			dst = w.open(dst, i, w.styles[i].real, `><v>`)
			dst = strconv.AppendFloat(dst, f, 'g', -1, 64)
			return append(dst, `</v></c>`...), nil
		}
	case export.TimeCell:
		if t, ok := v.(evidence.Instant); ok {
			return w.moment(dst, i, t), nil
		}
	case export.BoolCell:
		if b, ok := v.(bool); ok {
			dst = w.open(dst, i, w.styles[i].truth, ` t="b"><v>`)
			if b {
				return append(dst, `1</v></c>`...), nil
			}
			return append(dst, `0</v></c>`...), nil
		}
	case export.AuditCell:
		return dst, fmt.Errorf("it is the auditor's own and must stay empty")
	}
	return dst, fmt.Errorf("a value of Go type %T, want column type %s", v, w.columns[i].Type)
}

// open begins a cell, up to and with rest.
func (w *rowWriter) open(dst []byte, i, style int, rest string) []byte {
	dst = append(dst, w.begins[i]...)
	dst = append(dst, w.digits...)
	dst = append(dst, w.looks[style]...)
	return append(dst, rest...)
}

// shortText is the length up to which a cell can be of the text format without
// some programs showing signs in its place.
const shortText = 255

// text writes a text cell. In most columns a row has the text of the row
// before, so the last one of each column is kept as it was written.
func (w *rowWriter) text(dst []byte, i int, s string) []byte {
	last := &w.last[i]
	dst = append(dst, w.begins[i]...)
	dst = append(dst, w.digits...)
	if last.changes < maxChanges {
		if s == last.text && last.cell != nil {
			last.changes = 0
			return append(dst, last.cell...)
		}
		last.changes++
	}
	from := len(dst)
	dst = append(dst, w.looks[w.look(i, s)]...)
	dst = append(dst, ` t="inlineStr"><is>`...)
	dst = appendText(dst, s, w)
	dst = append(dst, `</is></c>`...)
	if last.changes < maxChanges && len(s) <= shortText {
		last.text = s
		last.cell = append(last.cell[:0], dst[from:]...)
	}
	return dst
}

// look is the style of a text cell.
func (w *rowWriter) look(i int, s string) int {
	st := &w.styles[i]
	if w.inked[i] {
		if c, ok := inkOf[s]; ok {
			return st.inked[c]
		}
	}
	if len(s) > shortText && !startsFormula(s) {
		return st.long
	}
	return st.text
}

// String names the place of the row in the data.
func (w *rowWriter) String() string { return fmt.Sprintf("data/%s.jsonl, line %d", w.file, w.line) }

// startsFormula reports whether a person who edits the cell would make a
// formula of it, if it were not of the text format.
func startsFormula(s string) bool {
	switch s[0] {
	case '=', '+', '-', '@':
		return true
	}
	return false
}
