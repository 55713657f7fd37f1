package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// mostInput bounds what can be typed or pasted into the line, in characters.
const mostInput = 2000

// edit gives a key to the line that takes text. A key typed there never does
// anything else.
func (m *model) edit(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		if m.mode == filtering {
			m.top().sheet().setFilter("")
		}
		m.mode, m.input, m.answer = reading, nil, nil
	case "enter":
		return m.entered()
	case "backspace":
		if len(m.input) > 0 {
			m.input = m.input[:len(m.input)-1]
			m.changed()
		}
	case "ctrl+u":
		m.input = nil
		m.changed()
	case "down", "tab":
		m.hit = max(0, min(m.hit+1, len(m.hits)-1))
	case "up", "shift+tab":
		m.hit = max(0, m.hit-1)
	default:
		return m.typed(k.Text)
	}
	return nil
}

// typed takes text into the line: line ends become spaces.
func (m *model) typed(s string) tea.Cmd {
	for _, r := range s {
		if r == '\n' || r == '\r' || r == '\t' {
			r = ' '
		}
		if len(m.input) < mostInput {
			m.input = append(m.input, r)
		}
	}
	m.changed()
	return nil
}

func (m *model) changed() {
	switch m.mode {
	case filtering:
		m.top().sheet().setFilter(string(m.input))
	case jumping:
		m.hits, m.hit = m.x.named(string(m.input), max(1, m.bodyHeight()-2)), 0
	default:
	}
}

func (m *model) entered() tea.Cmd {
	text, was := strings.TrimSpace(string(m.input)), m.mode
	m.mode, m.input = reading, nil
	switch {
	case was == asking:
		f := m.answer
		m.answer = nil
		return f(m, text)
	case was == jumping && len(m.hits) > 0:
		return m.push(m.hits[m.hit])
	case was == jumping && text != "":
		return m.find(text)
	}
	return nil
}

// ask takes words for a command, and gives them to f.
func (m *model) ask(prompt string, f func(m *model, text string) tea.Cmd) {
	m.mode, m.input, m.prompt, m.answer = asking, nil, prompt, f
}

// jumpLines shows where the text would lead.
func (m *model) jumpLines() []string {
	h := m.bodyHeight()
	out := []string{fit("  Where to? An id, or the name of an item. ↑ ↓ choose, enter goes, esc stays.", m.w), fit("", m.w)}
	for i, t := range m.hits {
		l := line{parts: []part{{fit(t.what(), 14), faint}, {shown(t.name()), plain}}, open: t}
		out = append(out, l.draw(m.w, i == m.hit, true))
	}
	if len(m.hits) == 0 && len(m.input) > 0 {
		out = append(out, fit("  no id of the run; enter looks for items with exactly this name", m.w))
	}
	for len(out) < h {
		out = append(out, strings.Repeat(" ", m.w))
	}
	return out[:h]
}
