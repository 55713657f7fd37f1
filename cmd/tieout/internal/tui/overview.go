package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// overview is the first screen: the matrix, the queue of what wants attention,
// and the components. A wide window shows the first two beside each other.
type overview struct {
	page
	panes  [3]sheet
	focus  int
	wide   bool
	picked string // the component whose column of the matrix is picked; none = the whole line
}

var paneNames = [3]string{"matrix", "queue", "components"}

func newOverview(p page) *overview {
	p.title, p.as = "overview", "tieout status --by criterion"
	return &overview{page: p}
}

func (o *overview) sheet() *sheet { return &o.panes[o.focus] }

func (o *overview) same() string {
	return "tieout status --by " + [3]string{"criterion", "control", "component"}[o.focus]
}

func (o *overview) keys(*model) []binding {
	turn := func(d int) func(m *model) tea.Cmd {
		return func(*model) tea.Cmd {
			o.focus, o.stale = (o.focus+d+len(o.panes))%len(o.panes), true
			return nil
		}
	}
	panes := []binding{
		bind("pane", "tab", "tab", "next of matrix, queue, components", turn(1)),
		bind("", "shift+tab", "shift+tab", "the one before", turn(-1)),
	}
	if o.focus != 0 {
		return panes
	}
	return append([]binding{
		bind("open", "enter", "enter", "open the criterion under the cursor, or its cell where a component is picked", o.open),
		bind("cell", "right l", "→ l", "pick the next component's cells", o.pick(1)),
		bind("", "left h", "← h", "pick those before; before the first, the whole line", o.pick(-1)),
	}, panes...)
}

// open opens the criterion of the line, or its cell.
func (o *overview) open(m *model) tea.Cmd {
	t := o.sheet().current()
	if t.kind == atCriterion {
		t.sub = o.picked
	}
	return m.push(t)
}

// pick moves over the columns that there is room for. Before the first is the
// whole line.
func (o *overview) pick(d int) func(m *model) tea.Cmd {
	return func(m *model) tea.Cmd {
		owners := columnsOf(m.x, o.matrixWidth(o.w)-2)
		at := slices.Index(owners, o.picked) + d
		if at < -1 || at >= len(owners) {
			return nil
		}
		if o.picked, o.stale = "", true; at >= 0 {
			o.picked = owners[at]
		}
		return nil
	}
}

// matrixWidth is the room of the matrix in a window of that width.
func (o *overview) matrixWidth(w int) int {
	if o.wide {
		return w - queueWidth(w) - 1
	}
	return w
}

// queueWidth is the room of the queue beside the matrix.
func queueWidth(w int) int { return max(44, w*3/8) }

func (o *overview) lay(m *model, w, h int) {
	o.wide = w >= 110
	lw := o.matrixWidth(w)
	if o.picked != "" && !slices.Contains(columnsOf(m.x, lw-2), o.picked) {
		o.picked = "" // another run, or a smaller window
	}
	h -= 5 // what stands above and below
	o.panes[0].lay(matrixLines(m, lw-2, o.picked), lw, h)
	qw := w
	if o.wide {
		qw = queueWidth(w)
	}
	o.panes[1].lay(queueLines(m, qw-2), qw, h)
	o.panes[2].lay(componentsLines(m, lw-2), lw, h)
}

// around is the three lines above the panes and the two below, in that order.
func (o *overview) around(m *model, w int) []line {
	d := m.d
	who := fmt.Sprintf("%s, %s: %s to %s, %s", shown(d.Entity.Name), shown(d.Entity.System), d.Engagement.From, d.Engagement.To, shown(d.Engagement.Zone))
	if d.Engagement.Type == 1 {
		who = fmt.Sprintf("%s, %s: as of %s, %s", shown(d.Entity.Name), shown(d.Entity.System), d.Engagement.To, shown(d.Engagement.Zone))
	}
	state := "registers are being read …"
	switch {
	case m.failed != nil:
		state = "registers not read"
	case m.whole && d.Complete:
		state = "a package of it would be complete"
	case m.whole:
		state = fmt.Sprintf("a package of it would not be complete: %d reasons", len(d.Incomplete))
	}
	tabs := line{}
	for i, n := range paneNames {
		name, t := " "+n+" ", faint
		if i == o.focus {
			name, t = "["+n+"]", strong
		}
		tabs.parts = append(tabs.parts, part{name + " ", t})
	}
	return []line{
		text(strong, who),
		text(faint, "run "+shown(d.Run.ID)+"; "+state),
		tabs,
		text(plain, m.under(o.sheet(), o.column(), w)),
		text(faint, legendFor(w)),
	}
}

func (o *overview) draw(m *model) []string {
	around := o.around(m, o.w-2)
	out := make([]string, 0, o.h)
	for _, l := range around[:3] {
		out = append(out, l.draw(o.w, false, false))
	}
	left := o.focus
	if o.wide && o.focus == 1 {
		left = 0
	}
	body := o.panes[left].draw(o.focus == left)
	if o.wide {
		queue := o.panes[1].draw(o.focus == 1)
		for i := range body {
			body[i] += faint.of("│") + queue[i]
		}
	}
	out = append(out, body...)
	for _, l := range around[3:] {
		out = append(out, l.draw(o.w, false, false))
	}
	return out
}

// column is the picked component while the matrix has the cursor.
func (o *overview) column() string {
	if o.focus != 0 {
		return ""
	}
	return o.picked
}

// under tells in words what the line under the cursor of a pane counts, for
// the component alone where one is picked.
func (m *model) under(s *sheet, component string, w int) string {
	t := s.current()
	switch t.kind {
	case atCriterion:
		c := m.x.criteria[t.id]
		if component != "" {
			return clip(shown(c.ID)+" for "+shown(component)+": "+countWords(m.x.cell(c, component)), w)
		}
		return clip(shown(c.ID)+" "+prose(c.Title)+": "+countWords(c.Counts), w)
	case atComponent:
		return clip(shown(t.id)+": "+strings.Join(m.x.ofComponent(t.id), ", "), w)
	case atTest:
		if x := m.x.tests[t.id]; x != nil {
			return clip(shown(t.id)+": "+prose(x.Words), w)
		}
	case atControl:
		if x := m.x.controls[t.id]; x != nil {
			return clip(shown(t.id)+": "+prose(x.Title), w)
		}
	default:
	}
	return ""
}
