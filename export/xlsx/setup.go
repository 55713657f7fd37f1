package xlsx

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/tieout/tieout/export"
)

// setPage gives a page everything but its rows.
func setPage(f *excelize.File, st *styles, s *section, p page, a about) error {
	last := columnName(len(s.Columns) - 1)
	steps := []func() error{
		func() error { return setColumns(f, st, s, p) },
		func() error { return f.SetSheetDimension(p.name, fmt.Sprintf("A1:%s%d", last, p.rows+1)) },
		func() error { return f.SetPanes(p.name, panes(s)) },
		func() error { return setPrint(f, s, p, a) },
	}
	if p.table != "" {
		steps = append(steps, func() error {
			stripes := false
			return f.AddTable(p.name, &excelize.Table{Range: fmt.Sprintf("A1:%s%d", last, p.rows+1), Name: p.table, ShowRowStripes: &stripes})
		})
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// setColumns writes the header row and the columns' widths and looks.
func setColumns(f *excelize.File, st *styles, s *section, p page) error {
	lines := 1
	for i, c := range s.Columns {
		name := columnName(i)
		if err := f.SetColWidth(p.name, name, name, float64(c.Width)); err != nil {
			return err
		}
		look := st.header
		switch c.Type {
		case export.IntCell, export.RealCell, export.TimeCell:
			look = st.figureHeader
		case export.AuditCell:
			look = st.auditHeader
			if err := f.SetColStyle(p.name, name, st.audit); err != nil {
				return err
			}
		default:
		}
		if err := f.SetCellStr(p.name, name+"1", c.Title); err != nil {
			return err
		}
		if err := f.SetCellStyle(p.name, name+"1", name+"1", look); err != nil {
			return err
		}
		lines = max(lines, titleLines(c.Title, c.Width-3))
	}
	return f.SetRowHeight(p.name, 1, 8+14*float64(lines))
}

// titleLines is how many lines a header needs at a width in characters.
func titleLines(title string, width int) int {
	lines, used := 1, 0
	for word := range strings.FieldsSeq(title) {
		if used > 0 && used+1+len(word) > width {
			lines++
			used = 0
		}
		used += len(word) + 1
	}
	return lines
}

// wide reports whether the first column should stay in sight.
func (s *section) wide() bool { return len(s.Columns) > 6 }

// panes keep the header in sight, and the first column of a wide sheet.
func panes(s *section) *excelize.Panes {
	p := &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if s.wide() {
		p.XSplit, p.TopLeftCell, p.ActivePane = 1, "B2", "bottomRight"
	}
	return p
}

// setPrint makes a page print landscape, with the header on every sheet of
// paper, and the first column of a wide sheet too.
func setPrint(f *excelize.File, s *section, p page, a about) error {
	wide := 0
	for _, c := range s.Columns {
		wide += c.Width
	}
	size, landscape, across, down, fit := 9, "landscape", max(1, (wide+100)/150), 0, true
	if err := f.SetSheetProps(p.name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := f.SetPageLayout(p.name, &excelize.PageLayoutOptions{Size: &size, Orientation: &landscape, FitToWidth: &across, FitToHeight: &down}); err != nil {
		return err
	}
	status := ""
	if !a.complete {
		status = " · NOT COMPLETE"
	}
	if err := f.SetHeaderFooter(p.name, &excelize.HeaderFooterOptions{
		OddHeader: "&L&8Management's own test results" + status + "&R&8&A",
		OddFooter: "&L&8Not protected by itself: verify the package&R&8Page &P of &N",
	}); err != nil {
		return err
	}
	titles := p.quoted() + "!$1:$1"
	if s.wide() {
		titles = p.quoted() + "!$A:$A," + titles
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: titles, Scope: p.name})
}
