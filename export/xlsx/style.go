package xlsx

import (
	"github.com/xuri/excelize/v2"

	"github.com/tieout/tieout/export"
)

// A colour repeats what the words in the cell already say.
const (
	ink    = "1A212B"
	muted  = "5C6674"
	faint  = "DDE2E8"
	alarm  = "8F1D21"
	amber  = "855700"
	accent = "1F3A5F"
	head   = "E8EDF3"
	room   = "FBF8EE" // where only the auditor writes
	roomTo = "F3ECD3"
)

// inkOf is the colour of the words that stand for a state.
var inkOf = map[string]string{
	"NOT COMPLETE": alarm, "candidate deviation": alarm, "broken": alarm, "failed": alarm, "confirmed": alarm,
	"field missing": amber, "not tested": amber, "no result on record": amber, "not complete": amber, "open": amber,
	"status not recorded": amber, "gaps": amber, "indeterminate": amber, "no verdict": amber,
	"did not occur": muted, "not due": muted, "rebutted": muted, "signal only, no state": muted,
}

// inkedKeys are the columns whose words may have a colour.
var inkedKeys = map[string]bool{"state": true, "status": true, "value": true, "verdict": true, "management_determination": true}

// cellStyles are the numbers of the styles that a column's cells have.
type cellStyles struct {
	text, long, number, real, truth, date, dateMillis, empty, formula int
	inked                                                             map[string]int // by colour
	wraps                                                             bool           // rows are as high as its text needs
}

// styles are all styles of the workbook, made in a fixed order.
type styles struct {
	header, figureHeader, auditHeader, audit int
	plain, wrapped, label, auditor           cellStyles
	count                                    int // one more than the last of them
}

func makeStyles(f *excelize.File) (*styles, error) {
	m := &styleMaker{f: f}
	s := &styles{
		header:       m.header(head, accent, ""),
		figureHeader: m.header(head, accent, "right"),
		auditHeader:  m.header(roomTo, muted, ""),
		audit:        m.cell("", false, true, 49, ink, room),
	}
	s.plain = m.column(false, false)
	s.wrapped = m.column(true, false)
	s.label = m.column(true, true)
	s.auditor = cellStyles{empty: s.audit}
	s.count = m.last + 1
	return s, m.err
}

type styleMaker struct {
	f    *excelize.File
	last int
	err  error
}

func (m *styleMaker) add(s *excelize.Style) int {
	if m.err != nil {
		return 0
	}
	var id int
	id, m.err = m.f.NewStyle(s)
	m.last = max(m.last, id)
	return id
}

func (m *styleMaker) header(fill, line, align string) int {
	indent := 0
	if align == "right" {
		indent = 1
	}
	return m.add(&excelize.Style{
		Font:      &excelize.Font{Bold: true, Size: 10, Family: "Calibri", Color: ink},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}},
		Alignment: &excelize.Alignment{Vertical: "center", Horizontal: align, Indent: indent, WrapText: true},
		Border:    []excelize.Border{{Type: "bottom", Color: line, Style: 1}},
		NumFmt:    49,
	})
}

// column makes the styles of a column's cells.
func (m *styleMaker) column(wrap, bold bool) cellStyles {
	s := cellStyles{
		wraps: wrap,
		text:  m.cell("", bold, wrap, 49, ink, ""), long: m.cell("", bold, wrap, 0, ink, ""),
		number: m.cell("#,##0", bold, false, 0, ink, ""), real: m.cell("0.############", bold, false, 0, ink, ""),
		date: m.cell("yyyy-mm-dd hh:mm:ss", bold, false, 0, ink, ""), dateMillis: m.cell("yyyy-mm-dd hh:mm:ss.000", bold, false, 0, ink, ""),
		inked: map[string]int{},
	}
	s.empty = s.text
	s.formula, s.truth = m.left("#,##0"), m.left(`"TRUE";"TRUE";"FALSE"`) // the latter for programs to which a truth value is a number
	for _, c := range []string{alarm, amber, muted} {
		s.inked[c] = m.cell("", c != muted, wrap, 49, c, "")
	}
	return s
}

// left makes the style of a figure or truth value that stands where text does.
func (m *styleMaker) left(format string) int {
	return m.add(&excelize.Style{
		Font:         &excelize.Font{Size: 10, Family: "Calibri", Color: ink},
		Alignment:    &excelize.Alignment{Vertical: "top", Horizontal: "left"},
		Border:       []excelize.Border{{Type: "bottom", Color: faint, Style: 1}},
		CustomNumFmt: &format,
	})
}

// cell makes one style: a number format of its own or a built-in one (49 is
// text, 0 general). A format of its own is for figures.
func (m *styleMaker) cell(format string, bold, wrap bool, builtin int, color, fill string) int {
	s := &excelize.Style{
		Font:      &excelize.Font{Bold: bold, Size: 10, Family: "Calibri", Color: color},
		Alignment: &excelize.Alignment{Vertical: "top", WrapText: wrap},
		Border:    []excelize.Border{{Type: "bottom", Color: faint, Style: 1}},
		NumFmt:    builtin,
	}
	if format != "" {
		s.CustomNumFmt = &format
		s.Alignment.Horizontal, s.Alignment.Indent = "right", 1 // keeps figures off the text to their right
	}
	if fill != "" {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
	}
	return m.add(s)
}

// fewRows is up to how many rows a sheet has cells of several lines, rows of
// their own height and lines under empty cells.
const fewRows = 20_000

func (s *section) few() bool { return s.rows <= fewRows }

// of returns the styles of column i of a section.
func (s *styles) of(x *section, i int) cellStyles {
	switch {
	case len(x.Columns) == 2 && i == 0:
		return s.label
	case x.Columns[i].Type == export.AuditCell:
		return s.auditor
	case x.few() && x.Columns[i].Width >= 14 && x.Columns[i].Type == export.TextCell:
		return s.wrapped
	}
	return s.plain
}
