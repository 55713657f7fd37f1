package tui

import tea "charm.land/bubbletea/v2"

// screen is one place on the stack. It lays itself out when its size or the
// run changes, and draws what was laid out.
type screen interface {
	base() *page
	keys(m *model) []binding         // its own, before those of every screen
	start(m *model) tea.Cmd          // once, when it is opened
	again(m *model) tea.Cmd          // when another run was read
	leave() tea.Cmd                  // when it is left for good
	receive(m *model, b any) tea.Cmd // what its commands brought
	lay(m *model, w, h int)
	draw(m *model) []string
	sheet() *sheet // that has the cursor
	same() string  // the command that says the same, or nothing
}

// page is a screen of one sheet whose lines a function makes. Most screens are
// no more than that; the others build on it.
type page struct {
	where  target
	serial int
	title  string
	as     string
	lines  func(m *model, w int) []line
	s      sheet
	w, h   int
	stale  bool
}

func (p *page) base() *page                 { return p }
func (p *page) keys(*model) []binding       { return nil }
func (p *page) start(*model) tea.Cmd        { return nil }
func (p *page) again(*model) tea.Cmd        { return nil }
func (p *page) leave() tea.Cmd              { return nil }
func (p *page) receive(*model, any) tea.Cmd { return nil }
func (p *page) lay(m *model, w, h int)      { p.s.lay(p.lines(m, w-2), w, h) }
func (p *page) draw(*model) []string        { return p.s.draw(true) }
func (p *page) sheet() *sheet               { return &p.s }
func (p *page) same() string                { return p.as }

// screenAt makes the screen of a place, or nil where the run has no such.
func (m *model) screenAt(t target) screen {
	p := page{where: t, serial: m.next(), title: shown(t.name()), stale: true}
	switch t.kind {
	case atOverview:
		return newOverview(p)
	case atCriterion:
		if m.x.criteria[t.id] == nil {
			return nil
		}
		p.as, p.lines = "tieout status --by criterion", func(m *model, w int) []line { return criterionLines(m, t.id, w) }
		if t.sub != "" {
			p.title += " " + shown(t.sub)
			p.lines = func(m *model, w int) []line { return cellLines(m, t.id, t.sub, w) }
		}
	case atControl:
		if m.x.controls[t.id] == nil {
			return nil
		}
		return newControl(p)
	case atTest:
		if m.x.tests[t.id] == nil {
			return nil
		}
		return newTesting(p)
	case atItem:
		return newItem(p)
	case atComponent:
		p.as, p.lines = "tieout test --component "+word(t.id), func(m *model, w int) []line { return componentLines(m, t.id, w) }
	case atLogs:
		p.title, p.as, p.lines = "logs", "tieout verify log PATH", logsLines
	case atLog:
		p.as, p.lines = "tieout verify log PATH", func(m *model, w int) []line { return logLines(m, t.id, w) }
	case atDeviations:
		return newRegister(p)
	case atDeviation:
		return newDeviation(m, p)
	case atDocuments:
		return newDocuments(p)
	case atDocument:
		if _, ok := m.x.document(t.id); !ok {
			return nil
		}
		p.as, p.lines = "tieout evidence list", func(m *model, w int) []line { return documentLines(m, t.id, w) }
	case atFiles:
		return newFiles(p)
	case atWork:
		p.title, p.lines = "run a command", workLines
		return &chooser{p}
	default:
		return nil
	}
	return &p
}
