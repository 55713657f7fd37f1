package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tieout/tieout/controls"
)

// testScreen shows one test, for one component or for all: its attributes, what
// is known of its population, and its items as they are read.
type testScreen struct {
	page
	rows  itemRows
	from  *pager
	done  bool
	err   error
	order int
	sort  int // counts the orders asked for; an older answer is dropped
}

// sortedMsg is a view in a new order.
type sortedMsg struct {
	sort, rows int
	filter     string
	view       []int32
}

func newTesting(p page) *testScreen {
	t := &testScreen{page: p, rows: itemRows{test: p.where.id, all: p.where.sub == ""}}
	t.title = shown(p.where.id)
	t.as = "tieout test --control " + word(p.where.id)
	if p.where.sub != "" {
		t.title += " " + shown(p.where.sub)
		t.as += " --component " + word(p.where.sub)
	}
	t.s.rows = &t.rows
	t.lines = t.make
	return t
}

func (t *testScreen) keys(*model) []binding {
	return []binding{bind("sort", "s", "s", "next order of the items: worst first, number, item, time", func(*model) tea.Cmd {
		t.order, t.stale = (t.order+1)%len(orders), true
		if !t.done {
			return nil // they are sorted when all are here
		}
		return t.sorting()
	})}
}

// sorting orders the items in a command; until it answers they stay as they are.
func (t *testScreen) sorting() tea.Cmd {
	t.sort++
	to, n, order, list, view, filter := t.serial, t.sort, t.order, t.rows.list, slices.Clone(t.s.view), t.s.filter
	return func() tea.Msg {
		return screenMsg{to, sortedMsg{sort: n, rows: len(list), filter: filter, view: sorted(list, view, order)}}
	}
}

func (t *testScreen) start(m *model) tea.Cmd {
	src, test, component, to := m.src, t.where.id, t.where.sub, t.serial
	return func() tea.Msg { return screenMsg{to, newPager(src.Items(test)).page(component)} }
}

func (t *testScreen) again(m *model) tea.Cmd {
	leave := t.leave()
	t.from, t.done, t.err = nil, false, nil
	t.rows.list, t.s.view = nil, nil
	t.serial = m.next()
	return tea.Batch(leave, t.start(m))
}

func (t *testScreen) leave() tea.Cmd {
	if t.from == nil {
		return nil
	}
	return closing(t.from)
}

func closing(p *pager) tea.Cmd {
	return func() tea.Msg {
		p.close()
		return nil
	}
}

func (t *testScreen) receive(_ *model, b any) tea.Cmd {
	switch b := b.(type) {
	case itemPage:
		n := len(t.rows.list)
		t.from, t.done, t.err, t.stale = b.from, b.done, b.err, true
		t.rows.list = append(t.rows.list, b.rows...)
		t.s.extend(n)
		if b.done {
			return t.sorting()
		}
		component, to := t.where.sub, t.serial
		return func() tea.Msg { return screenMsg{to, b.from.page(component)} }
	case sortedMsg:
		switch {
		case b.sort != t.sort:
		case b.rows != len(t.rows.list) || b.filter != t.s.filter:
			return t.sorting() // what it ordered is not what is shown now
		default:
			t.stale = true
			t.s.order(b.view)
		}
	}
	return nil
}

func (t *testScreen) make(m *model, w int) []line {
	x := m.x.tests[t.where.id]
	if x == nil {
		return []line{text(faint, "this run has no test "+shown(t.where.id))}
	}
	out := paragraph(strong, shown(x.ID)+"  "+prose(x.Words), 0, w)
	out = append(out, line{open: target{kind: atControl, id: x.Control}, parts: []part{{"control ", faint}, {shown(x.Control), plain}}})
	for _, r := range m.x.byTest[x.ID] {
		if t.where.sub == "" || r.Component == t.where.sub {
			k, to := markOf(r.State), target{}
			if t.where.sub == "" {
				to = target{kind: atTest, id: r.Test, sub: r.Component}
			}
			out = append(out, line{open: to, parts: []part{{"  " + k.letter + " ", k.tone}, {fit(shown(r.Component), 18) + " ", plain}, {resultWords(m, r), k.tone}}})
			for _, e := range r.ExcludedBy {
				out = append(out, text(faint, fmt.Sprintf("    excluded as %s: %d rows", strings.ReplaceAll(shown(e.Reason), "_", " "), e.Rows)))
			}
		}
	}
	out = append(out, text(plain, ""), heading("attributes"))
	for _, a := range x.Attributes {
		out = append(out, paragraph(plain, shown(a.Letter)+"  "+prose(a.Words), 0, w)...)
	}
	out = append(out, populationLines(m, x, w)...)
	out = append(out, text(plain, ""))
	return append(out, heading(t.itemsWords()))
}

// itemsWords says how much of the items is here. Items that could not be read
// are never taken for none.
func (t *testScreen) itemsWords() string {
	n := len(t.rows.list)
	head := fmt.Sprintf("items: %d, %s; %s", n, orders[t.order].name, signs)
	switch {
	case t.err != nil:
		return fmt.Sprintf("items: %d READ, THEN: %s", n, shown(t.err.Error()))
	case !t.done:
		return fmt.Sprintf("items: %d so far, more are being read …", n)
	default:
		return head
	}
}

func populationLines(m *model, x *controls.Test, w int) []line {
	out := []line{text(plain, ""), heading("population")}
	if !m.whole {
		return append(out, text(faint, "being read …"))
	}
	n := len(out)
	for _, p := range m.x.d.Populations {
		if !slices.Contains(p.Tests, x.ID) {
			continue
		}
		count := "the source states no count"
		if p.SourceCount >= 0 {
			count = fmt.Sprintf("the source counts %d", p.SourceCount)
		}
		out = append(out, paragraph(plain, fmt.Sprintf("%s %s: %s, %d extracted, %d distinct, %d rejected, %d unmatched; from %s", shown(p.ID), shown(p.Kind), count, p.Extracted, p.Distinct, p.Rejected, p.Unmatched, shown(strings.Join(p.Sources, ", "))), 0, w)...)
		for _, g := range p.Gaps {
			out = append(out, paragraph(warn, "gap: "+prose(g), 2, w)...)
		}
	}
	if len(out) == n {
		out = append(out, text(faint, "no population is on record"))
	}
	return out
}
