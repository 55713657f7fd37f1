package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/tieout/tieout/export"
)

// The smallest window in which every screen can be read.
const (
	leastWidth  = 60
	leastHeight = 16
)

// mode says who gets the keys.
type mode int

const (
	reading   mode = iota
	filtering      // the line below edits the filter of the sheet
	jumping        // it takes an id to go to
	asking         // it takes words for a command
	helping        // the keys are shown
)

// model is the only Bubble Tea model: the run that is looked at, and a stack
// of screens over it.
type model struct {
	ctx  context.Context
	src  Source
	self []string // this program and the flags that name the workspace

	d      *export.Dossier
	x      *index
	whole  bool  // the registers are read too
	failed error // why they are not
	gen    int   // of what was read; answers to an older one are dropped

	w, h   int
	stack  []screen
	serial int

	mode   mode
	input  []rune
	hits   []target
	hit    int
	prompt string
	answer func(m *model, text string) tea.Cmd
	keysOf sheet // of the help

	toast   string
	process *process
}

var _ tea.Model = (*model)(nil)

func newModel(ctx context.Context, src Source, self []string, d *export.Dossier) *model {
	m := &model{ctx: ctx, src: src, self: self, d: d, x: newIndex(d)}
	m.stack = []screen{m.screenAt(target{kind: atOverview})}
	return m
}

// Messages that commands bring back.
type (
	glanceMsg struct {
		gen int
		d   *export.Dossier
		err error
	}
	dossierMsg struct {
		gen int
		d   *export.Dossier
		err error
	}
	// screenMsg is for one screen; if that was left, nobody gets it.
	screenMsg struct {
		to   int
		body any
	}
	foundMsg struct {
		gen   int
		key   string
		found []target
		err   error
	}
)

func (m *model) Init() tea.Cmd { return m.readWhole() }

func (m *model) readWhole() tea.Cmd {
	ctx, src, gen := m.ctx, m.src, m.gen
	return func() tea.Msg {
		d, err := src.Dossier(ctx)
		return dossierMsg{gen, d, err}
	}
}

// reload reads the newest run. What is on its way for the old one is dropped.
func (m *model) reload() tea.Cmd {
	m.gen++
	ctx, src, gen := m.ctx, m.src, m.gen
	return func() tea.Msg {
		d, err := src.Glance(ctx)
		return glanceMsg{gen, d, err}
	}
}

// Update implements tea.Model.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.handle(msg)
	m.layout()
	return m, cmd
}

func (m *model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.PasteMsg:
		if m.mode == filtering || m.mode == jumping || m.mode == asking {
			return m.typed(msg.Content)
		}
	case glanceMsg:
		return m.glanced(msg)
	case dossierMsg:
		if msg.gen != m.gen {
			return nil
		}
		if m.failed = msg.err; msg.err != nil {
			m.toast = "registers not read: " + shown(msg.err.Error())
			m.refresh()
			return nil
		}
		m.d, m.x, m.whole = msg.d, newIndex(msg.d), true
		m.refresh()
	case foundMsg:
		return m.found(msg)
	case screenMsg:
		return m.deliver(msg)
	}
	return nil
}

// deliver gives a screen what its command brought. A command that runs is
// listened to even where its screen was left; what reads items for a screen
// that was left is closed.
func (m *model) deliver(msg screenMsg) tea.Cmd {
	for _, s := range m.stack {
		if s.base().serial == msg.to {
			return s.receive(m, msg.body)
		}
	}
	if m.process != nil && m.process.screen.serial == msg.to {
		return m.process.screen.receive(m, msg.body)
	}
	if page, ok := msg.body.(itemPage); ok {
		return closing(page.from)
	}
	return nil
}

func (m *model) glanced(msg glanceMsg) tea.Cmd {
	if msg.gen != m.gen {
		return nil
	}
	if msg.err != nil {
		m.toast = "not read again: " + shown(msg.err.Error())
		return nil
	}
	m.d, m.x, m.whole, m.failed = msg.d, newIndex(msg.d), false, nil
	m.toast = "run " + shown(m.d.Run.ID)
	cmds := []tea.Cmd{m.readWhole()}
	for _, s := range m.stack {
		cmds = append(cmds, s.again(m))
	}
	m.refresh()
	return tea.Batch(cmds...)
}

// refresh has every screen laid out anew when it is next seen.
func (m *model) refresh() {
	for _, s := range m.stack {
		s.base().stale = true
	}
}

// next numbers screens, so that no answer reaches another than asked for it.
func (m *model) next() int {
	m.serial++
	return m.serial
}

func (m *model) top() screen { return m.stack[len(m.stack)-1] }

func (m *model) small() bool { return m.w < leastWidth || m.h < leastHeight }

// bodyHeight is the room between the path above and the two lines below.
func (m *model) bodyHeight() int { return m.h - 3 }

func (m *model) layout() {
	if m.w == 0 || m.small() {
		return
	}
	if b := m.top().base(); b.stale || b.w != m.w || b.h != m.bodyHeight() {
		b.stale, b.w, b.h = false, m.w, m.bodyHeight()
		m.top().lay(m, m.w, m.bodyHeight())
	}
	if m.mode == helping {
		m.keysOf.lay(m.helpLines(m.w), m.w, m.bodyHeight())
	}
}

// push opens the place, if it is not where we are already.
func (m *model) push(t target) tea.Cmd {
	if t.kind == nowhere || t == m.top().base().where {
		return nil
	}
	if at := m.top().base().where; t.kind == atControl && at.kind == atControl && t.id == at.id {
		m.toast = "a adds a document for it, T states something"
		return nil
	}
	s := m.screenAt(t)
	if s == nil {
		m.toast = "there is no " + t.what() + " " + shown(t.name())
		return nil
	}
	m.stack = append(m.stack, s)
	return s.start(m)
}

// pop goes back to the place before, which was kept as it was.
func (m *model) pop() tea.Cmd {
	if len(m.stack) == 1 {
		m.toast = "this is the first screen: q leaves"
		return nil
	}
	s := m.top()
	m.stack = m.stack[:len(m.stack)-1]
	return s.leave()
}

func (m *model) quit() tea.Cmd {
	if m.process != nil {
		m.toast = "'" + m.process.words + "' is running: ctrl+c on its screen stops it, then q leaves"
		return nil
	}
	return tea.Quit
}

// find looks for items with the key in every test.
func (m *model) find(key string) tea.Cmd {
	m.toast = "looking for items named " + shown(key) + " …"
	src, gen := m.src, m.gen
	return func() tea.Msg {
		msg := foundMsg{gen: gen, key: key}
		for i, err := range src.Named(key) {
			if err != nil {
				msg.err = err
				break
			}
			if msg.found = append(msg.found, itemTarget(i.Test, i.Key, i.No)); len(msg.found) == mostFound {
				break
			}
		}
		return msg
	}
}

// mostFound is how many items of one name are listed.
const mostFound = 200

func (m *model) found(msg foundMsg) tea.Cmd {
	switch {
	case msg.gen != m.gen:
	case msg.err != nil:
		m.toast = "items not read: " + shown(msg.err.Error())
	case len(msg.found) == 0:
		m.toast = fmt.Sprintf("nothing is named %s: ids of criteria, controls, tests, components, deviations and items", shown(msg.key))
	default:
		m.toast = ""
		if len(msg.found) > 1 {
			m.toast = fmt.Sprintf("item %s stands in %d tests: this is the first; its screen lists the others", shown(msg.key), len(msg.found))
		}
		return m.push(msg.found[0])
	}
	return nil
}
