package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// View implements tea.Model. The mouse stays the terminal's, so that text can
// be selected and copied as anywhere else.
func (m *model) View() tea.View {
	v := tea.NewView(m.picture())
	v.AltScreen = true
	v.WindowTitle = "tieout"
	return v
}

func (m *model) picture() string {
	if m.w == 0 {
		return ""
	}
	if m.small() {
		return clip(fmt.Sprintf("needs %d×%d, now %d×%d; q quits", leastWidth, leastHeight, m.w, m.h), m.w)
	}
	lines := append([]string{m.path()}, m.body()...)
	return strings.Join(append(lines, m.message(), m.footer()), "\n")
}

func (m *model) body() []string {
	switch m.mode {
	case helping:
		return m.keysOf.draw(true)
	case jumping:
		return m.jumpLines()
	default:
		return m.top().draw(m)
	}
}

// path shows where we are, the last part in full, and how far down.
func (m *model) path() string {
	s := m.top().sheet()
	at := fmt.Sprintf(" %d/%d ", min(s.at+1, s.total()), s.total())
	if s.filter != "" {
		at = " filter " + clip(shown(s.filter), 16) + at
	}
	var names []string
	for _, p := range m.stack {
		names = append(names, clip(p.base().title, 40))
	}
	room := m.w - width(at)
	head := ""
	for i := range names {
		if head = " " + strings.Join(names[i:], " › "); i > 0 {
			head = " … ›" + head
		}
		if width(head) <= room {
			break
		}
	}
	return selected.Render(fit(head, room) + at)
}

// message is the line that takes text, or says what happened, or which command
// says the same as the screen.
func (m *model) message() string {
	typed := func(prompt string) string {
		in := shown(string(m.input))
		for width(in) > m.w-width(prompt)-2 && cut(in, 8) != "" {
			in = in[len(cut(in, 8)):]
		}
		return fit(prompt+in+"▏", m.w)
	}
	switch {
	case m.mode == filtering:
		return typed("filter: ")
	case m.mode == jumping:
		return typed("jump to: ")
	case m.mode == asking:
		return typed(m.prompt + " ")
	case m.toast != "":
		return strong.of(fit(m.toast, m.w))
	case m.top().same() != "":
		return faint.of(fit("same as: "+shown(m.top().same()), m.w))
	default:
		return fit("", m.w)
	}
}

// word writes an id as a word of a command line.
func word(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.,:/@%+=", r)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
