package pdf

import (
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// matrixColumns is how many components stand side by side.
const matrixColumns = 7

// matrix sets controls against components: in each cell the counts of the
// tests' states, never one word for all of them.
func (r *report) matrix() {
	p := r.p
	p.sectionPage("Controls by component", secMatrix, true)
	p.prose("Each cell counts results, one for each test of the control, not items. “Entity” holds tests that are run once for the whole entity. “Without result” means that the dossier holds neither a result nor a reason for the pair, which management must explain.")
	r.legend()
	heads := []string{controls.EntityComponent}
	for _, c := range r.d.Components {
		heads = append(heads, c.ID)
	}
	for from := 0; from < len(heads); from += matrixColumns {
		part := heads[from:min(from+matrixColumns, len(heads))]
		if from > 0 {
			p.h3("Components "+num(from)+" to "+num(from+len(part)-1), 80)
		}
		r.matrixPart(part)
	}
}

func (r *report) matrixPart(heads []string) {
	columns := []column{{title: "Control", share: 190}}
	for _, h := range heads {
		title := r.say(h, 40, "scope")
		if h == controls.EntityComponent {
			title = "Entity"
		}
		columns = append(columns, column{title: title, share: 82})
	}
	for i := len(heads); i < min(matrixColumns, 4); i++ {
		columns = append(columns, column{share: 82})
	}
	t := r.p.table(columns...)
	for _, c := range r.d.Controls {
		cells := make([][]para, len(columns))
		cells[0] = []para{{st: cellBold, text: r.name(c.ID), goTo: "control:" + c.ID}, {st: cellMuted, text: r.say(c.Title, 120, "control page")}}
		if n := r.manualOpen(c); n > 0 {
			cells[0] = append(cells[0], para{st: cellMuted.in(amber), text: counted(n, "manual point open", "manual points open")})
		}
		for i, h := range heads {
			cells[i+1] = r.matrixCell(c, h)
		}
		t.row(row{cells: cells})
	}
	t.end("The dossier names no control.")
}

var shortWords = map[controls.State]safe{
	controls.Deviation: "candidate", controls.Indeterminate: "field missing", controls.NotTested: "not tested",
	controls.NotOccurring: "did not occur", controls.NotDue: "not due", controls.Pass: "none found",
}

// dayWords are those of an engagement of type 1.
var dayWords = map[controls.State]safe{
	controls.Deviation: "not implemented", controls.Indeterminate: "field missing", controls.NotTested: "not determined",
	controls.NotOccurring: "nothing there", controls.NotDue: "not due", controls.Pass: "implemented",
}

func (r *report) shortWords(s controls.State) safe {
	if r.d.Engagement.Type == 1 {
		return dayWords[s]
	}
	return shortWords[s]
}

func (r *report) matrixCell(c controls.Control, component string) []para {
	var n export.StateCounts
	signals := 0
	for _, x := range r.byControl[c.ID] {
		if x.Component == component {
			n.Add(x.State)
			if x.State == controls.NoState {
				signals++
			}
		}
	}
	st := style{sans, 7.4, 9.6, ink}
	var out []para
	for _, s := range states {
		if k := n.Of(s); k > 0 {
			out = append(out, para{st: st.in(stateInk(s)), text: num(k) + " " + r.shortWords(s), marked: true, state: s})
		}
	}
	if signals > 0 {
		out = append(out, para{st: st.in(muted), text: num(signals) + " signal", marked: true})
	}
	if _, not := r.notFor[[2]string{c.ID, component}]; not {
		out = append(out, para{st: st.in(muted), text: "not applicable"})
	}
	if x, ok := r.d.Disposed(c.ID, "", component); ok {
		out = append(out, para{st: st.in(muted), text: dispositionWords(x)})
	}
	if n := r.missing(c, component); n > 0 {
		out = append(out, para{st: st.in(amber), text: num(n) + " without result"})
	}
	if len(out) == 0 {
		return []para{{st: st.in(muted), text: "–"}}
	}
	return out
}

// missing counts the tests of the control that should have a result for the
// component, or for the entity, and have none.
func (r *report) missing(c controls.Control, component string) int {
	if _, not := r.notFor[[2]string{c.ID, component}]; not {
		return 0
	}
	n := 0
	for _, t := range c.Tests {
		if (t.Of == controls.OfEntity) != (component == controls.EntityComponent) {
			continue
		}
		if _, known := r.d.Disposed(c.ID, t.ID, component); known {
			continue
		}
		if !slices.ContainsFunc(r.results[t.ID], func(x controls.Result) bool { return x.Component == component }) {
			n++
		}
	}
	return n
}

// allMissing counts missing results over all controls and components.
func (r *report) allMissing() int {
	n := 0
	for _, c := range r.d.Controls {
		n += r.missing(c, controls.EntityComponent)
		for _, x := range r.d.Components {
			n += r.missing(c, x.ID)
		}
	}
	return n
}

func ofComponent(c controls.Control) bool {
	for _, t := range c.Tests {
		if t.Of != controls.OfEntity {
			return true
		}
	}
	return false
}

// legend explains the marks, on one line.
func (r *report) legend() {
	p := r.p
	x := p.left()
	st := noteStyle.in(ink)
	for _, s := range states {
		text := r.shortWords(s)
		if s == controls.Pass && r.d.Engagement.Type != 1 {
			text = "none found = no deviation found by this test"
		}
		p.mark(s, x, p.y+9, st.size)
		p.put(x+markWidth, p.y+9, text, st)
		x += markWidth + p.faces.width(text, st) + 16
	}
	p.put(x, p.y+9, "–  no such test", st.in(muted))
	p.y += 20
}

// criteriaTable sets, for each criterion in scope, its controls and the counts
// of its primary controls' tests.
func (r *report) criteriaTable() {
	p := r.p
	p.sectionPage("Criteria, controls and counts", secCriteria, true)
	p.prose("Titles are the catalogue's own words; the criteria themselves are not reproduced. Counts are of the primary controls' results. Supporting controls annotate and are not counted. A criterion has no conclusion here.")
	fig := func(title safe) column { return column{title: title, share: 44, right: true} }
	heads := r.heads()
	t := p.table(column{title: "Criterion", share: 46}, column{title: "Title", share: 168}, column{title: "Primary controls", share: 112}, column{title: "Supporting controls", share: 92},
		fig(heads[0]), fig(heads[1]), fig(heads[2]), fig(heads[3]), fig(heads[4]), fig(heads[5]), fig("Manual open"))
	for _, c := range r.d.Criteria {
		if !c.InScope {
			continue
		}
		cells := [][]para{
			{{st: cellBold, text: r.name(c.ID)}},
			{{st: cellStyle, text: r.cell(c.Title)}},
			{{st: cellStyle, text: orWord(r.list(c.Primary), "no control in the catalogue")}},
			{{st: cellMuted, text: r.list(c.Supporting)}},
		}
		for _, s := range states {
			cells = append(cells, figure(c.Counts.Of(s), s))
		}
		cells = append(cells, figure(c.ManualOpen, controls.NoState))
		t.row(row{cells: cells})
	}
	t.end("No criterion is in scope of the engagement.")
}

// figure is a count in a column of counts. A zero is there, but recedes.
func figure[T int | int64](n T, s controls.State) []para {
	st := cellStyle.in(stateInk(s))
	if n == 0 {
		st = cellStyle.in(rgb{150, 158, 168})
	} else if s == controls.Deviation {
		st = cellBold.in(alarm)
	}
	return []para{{st: st, text: num(n)}}
}
