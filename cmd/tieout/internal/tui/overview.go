package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// overview is the first screen: the matrix, the queue of what wants attention,
// and the components. A wide window shows the first two beside each other.
type overview struct {
	page
	panes [3]sheet
	focus int
	wide  bool
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
	return []binding{
		bind("pane", "tab", "tab", "next of matrix, queue, components", turn(1)),
		bind("", "shift+tab", "shift+tab", "the one before", turn(-1)),
	}
}

// queueWidth is the room of the queue beside the matrix.
func queueWidth(w int) int { return max(44, w*3/8) }

func (o *overview) lay(m *model, w, h int) {
	o.wide = w >= 110
	lw := w
	if o.wide {
		lw = w - queueWidth(w) - 1
	}
	h -= 5 // what stands above and below
	o.panes[0].lay(matrixLines(m, lw-2), lw, h)
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
		text(plain, m.under(o.sheet(), w)),
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

// under tells in words what the line under the cursor of a pane counts.
func (m *model) under(s *sheet, w int) string {
	t := s.current()
	switch t.kind {
	case atCriterion:
		c := m.x.criteria[t.id]
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
