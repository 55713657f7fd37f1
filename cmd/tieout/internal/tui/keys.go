package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// binding is one key, or several that do the same. The help and the line of
// keys are made of the same values that decide what a key does.
type binding struct {
	keys  []string
	label string // as people read it
	short string // for the line of keys; nothing leaves it out there
	words string
	do    func(m *model) tea.Cmd
}

func bind(short, keys, label, words string, do func(m *model) tea.Cmd) binding {
	return binding{strings.Fields(keys), label, short, words, do}
}

// everywhere are the keys of every screen.
func everywhere() []binding {
	move := func(keys, label, words string) binding {
		k := strings.Fields(keys)[0]
		return bind("", keys, label, words, func(m *model) tea.Cmd {
			m.top().sheet().key(k)
			return nil
		})
	}
	to := func(k place) func(m *model) tea.Cmd {
		return func(m *model) tea.Cmd { return m.push(target{kind: k}) }
	}
	return []binding{
		bind("open", "enter right l", "enter", "open what the cursor is on", func(m *model) tea.Cmd { return m.push(m.top().sheet().current()) }),
		bind("back", "esc left h backspace", "esc", "clear the filter, or go back", back),
		bind("filter", "/", "/", "filter the lines", func(m *model) tea.Cmd {
			m.mode, m.input = filtering, []rune(m.top().sheet().filter)
			return nil
		}),
		bind("jump", ":", ":", "jump to an id: criterion, control, test, component, deviation, document, item", func(m *model) tea.Cmd {
			m.mode, m.input, m.hits, m.hit = jumping, nil, nil, 0
			return nil
		}),
		bind("keys", "?", "?", "these keys", func(m *model) tea.Cmd {
			m.mode, m.keysOf = helping, sheet{}
			return nil
		}),
		bind("quit", "q", "q", "quit", (*model).quit),
		bind("deviations", "D", "D", "deviations", to(atDeviations)),
		bind("logs", "L", "L", "logs", to(atLogs)),
		bind("manual", "M", "M", "manual evidence: documents and statements", to(atDocuments)),
		bind("run", "x", "x", "run a command: collect, verify, test, export", to(atWork)),
		move("up k", "↑ k", "one line up"),
		move("down j", "↓ j", "one line down"),
		move("pgup b ctrl+b", "pgup b", "one window up"),
		move("pgdown space ctrl+f", "pgdn space", "one window down"),
		move("home g", "home g", "first line"),
		move("end G", "end G", "last line"),
		move("]", "]", "next section"),
		move("[", "[", "section before"),
		bind("", "y", "y", "copy the id under the cursor, or of the screen, to the clipboard", yank),
		bind("", "r", "r", "read the newest run", (*model).reload),
	}
}

// bindings are the keys of the screen, then those of every screen that it does
// not use itself.
func (m *model) bindings() []binding {
	own := m.top().keys(m)
	taken := map[string]bool{}
	for _, b := range own {
		for _, k := range b.keys {
			taken[k] = true
		}
	}
	out := slices.Clone(own)
	for _, b := range everywhere() {
		if !taken[b.keys[0]] {
			out = append(out, b)
		}
	}
	return out
}

func back(m *model) tea.Cmd {
	if s := m.top().sheet(); s.filter != "" {
		s.setFilter("")
		return nil
	}
	return m.pop()
}

// yank copies an id. A clipboard gets no line ends and nothing that hides.
func yank(m *model) tea.Cmd {
	t := m.top().sheet().current()
	if t.kind == nowhere {
		t = m.top().base().where
	}
	id := t.name()
	if t.kind == atItem {
		id = t.sub
	}
	if id == "" {
		m.toast = "nothing here has an id"
		return nil
	}
	m.toast = "copied " + shown(id)
	return tea.SetClipboard(shown(id))
}

// press gives a key to whoever has the keys now.
func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	name := k.String()
	if m.small() {
		if name == "q" || name == "ctrl+c" {
			return m.stopOrQuit()
		}
		return nil
	}
	if name == "ctrl+c" {
		return m.stopOrQuit()
	}
	m.toast = ""
	switch m.mode {
	case helping:
		if !m.keysOf.key(name) {
			m.mode = reading
		}
		return nil
	case filtering, jumping, asking:
		return m.edit(k)
	default:
	}
	for _, b := range m.bindings() {
		if slices.Contains(b.keys, name) {
			return b.do(m)
		}
	}
	return nil
}

// stopOrQuit stops the command that runs; the next time it leaves.
func (m *model) stopOrQuit() tea.Cmd {
	if p := m.process; p != nil {
		m.toast = "stopping " + p.words
		p.stop()
		return nil
	}
	return tea.Quit
}

func (m *model) helpLines(w int) []line {
	out := []line{heading("Keys of this screen")}
	add := func(list []binding) {
		for _, b := range list {
			out = append(out, line{parts: []part{{fit(b.label, 12), strong}, {b.words, plain}}})
		}
	}
	own := m.top().keys(m)
	add(own)
	if len(own) == 0 {
		out = append(out, text(faint, "none of its own"))
	}
	out = append(out, text(plain, ""), heading("Keys of every screen"))
	add(m.bindings()[len(own):])
	out = append(out, text(plain, ""), heading("Letters of states"))
	for _, s := range states {
		out = append(out, line{parts: []part{{fit(markOf(s).letter, 12), markOf(s).tone}, {s.Words(), plain}}})
	}
	out = append(out, text(plain, ""))
	return append(out, paragraph(faint, "Everything shown here is a command away in plain text and, with --json, for programs. The line above the keys names it. Any key goes back.", 0, w-2)...)
}

// footer is the line of keys, as many as fit.
func (m *model) footer() string {
	out, room := "", m.w
	for _, b := range m.bindings() {
		if n := width(b.label+b.short) + 3; b.short != "" && n <= room {
			out += strong.of(b.label) + " " + b.short + "  "
			room -= n
		}
	}
	return out
}
