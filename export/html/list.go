package html

import (
	"maps"
	"slices"

	"github.com/tieout/tieout/export"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// list puts a sheet: a table where its rows fit on a line, and cards where they
// do not.
func (r *report) list(l *listing) {
	r.put(markup("<p>"), l.Words, markup("</p>\n"))
	if l.total == 0 {
		r.put(markup("<p class=\"muted\">No row: nothing of this kind is on record.</p>\n"))
		return
	}
	r.open(l)
	if l.wide() {
		r.cards(l, l.rows)
	} else {
		r.table(l, l.rows)
	}
	r.shut()
}

// open begins a list that the script can filter, and says where all rows are.
func (r *report) open(l *listing) {
	r.put(markup("<div class=\"list\" data-file=\""), l.path(), markup("\" data-total=\""), markup(plainNumber(l.total)), markup("\">\n<p class=\"where\">"))
	if l.cut() {
		r.put(markup("<strong>"), "The first "+grouped(int64(len(l.rows)))+" of "+grouped(l.total)+" rows stand here.", markup("</strong> "))
	}
	all := "All " + grouped(l.total) + " rows"
	if l.total == 1 {
		all = "The row"
	}
	r.put(all+": ", markup("<code>"), l.path(), markup("</code>, workbook sheet "), l.Name+".", markup("</p>\n"))
}

func (r *report) shut() { r.put(markup("</div>\n")) }

// table puts rows as lines.
func (r *report) table(l *listing, rows [][]any, without ...string) {
	var at []int
	for i, c := range l.Columns {
		if c.Type != export.AuditCell && !slices.Contains(without, c.Key) {
			at = append(at, i)
		}
	}
	r.put(markup("<div class=\"scroll\"><table><thead><tr>"))
	for _, i := range at {
		r.put(markup("<th scope=\"col\""), number(l.Columns[i]), markup(">"), l.Columns[i].Title, markup("</th>"))
	}
	r.put(markup("</tr></thead><tbody>\n"))
	for _, x := range rows {
		r.rowTag("tr", l, x)
		for _, i := range at {
			r.put(markup("<td"), number(l.Columns[i]), markup(">"))
			r.cell(l, i, x[i])
			r.put(markup("</td>"))
		}
		r.put(markup("</tr>\n"))
	}
	r.put(markup("</tbody></table></div>\n"))
}

func number(c export.SheetColumn) markup {
	if c.Type == export.IntCell || c.Type == export.RealCell {
		return " class=\"n\""
	}
	return ""
}

// cards puts each row as a list of names and values. Cells without a value are
// left out.
func (r *report) cards(l *listing, rows [][]any, without ...string) {
	for _, x := range rows {
		r.rowTag("article", l, x)
		r.put(markup("<dl>"))
		for i, c := range l.Columns {
			if x[i] == nil || c.Type == export.AuditCell || slices.Contains(without, c.Key) {
				continue
			}
			r.put(markup("<div"))
			if s, ok := x[i].(string); ok && len(s) > 90 {
				r.put(markup(" class=\"long\""))
			}
			r.put(markup("><dt>"), c.Title, markup("</dt><dd>"))
			r.cell(l, i, x[i])
			r.put(markup("</dd></div>"))
		}
		r.put(markup("</dl></article>\n"))
	}
}

// rowTag opens the element of a row, with its state for the script.
func (r *report) rowTag(tag markup, l *listing, row []any) {
	r.put(markup("<"), tag, markup(" class=\"row\""))
	for _, key := range []string{"state", "status", "verdict"} {
		if s := l.text(row, key); s != "" && len(s) < 100 {
			r.put(markup(" data-state=\""), s, markup("\""))
			break
		}
	}
	r.put(markup(">"))
}

func (r *report) cell(l *listing, i int, v any) {
	s, ok := v.(string)
	switch {
	case !ok:
		r.put(v)
	case l.Columns[i].Key == "state":
		r.state(s)
	default:
		r.long(s, l.path())
	}
}

// plainNumber is a count for the script.
func plainNumber(n int64) string {
	var out []byte
	for _, c := range []byte(grouped(n)) {
		if c != ',' {
			out = append(out, c)
		}
	}
	return string(out)
}
