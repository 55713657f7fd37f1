package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// chooser offers the commands that can be run from here.
type chooser struct{ page }

var offered = []struct{ name, words string }{
	{"run", "all of it, one after the other: what a scheduler calls"},
	{"collect", "pull evidence from the workspace's sources into its store"},
	{"test", "freeze the period and evaluate the controls"},
	{"export", "write the evidence package of the last run"},
	{"verify store", "replay the ledger over everything that was kept"},
	{"doctor", "what keeps tests from being run, and what the sources need"},
}

func workLines(_ *model, w int) []line {
	out := paragraph(plain, "Each runs as the command that is named, in a process of its own. ctrl+c stops it; nothing half-written is left.", 0, w)
	out = append(out, text(plain, ""))
	for _, c := range offered {
		out = append(out, line{open: target{kind: atCommand, id: c.name}, parts: []part{{fit("tieout "+c.name, 21), strong}, {c.words, plain}}})
	}
	return out
}

func (c *chooser) keys(*model) []binding {
	return []binding{bind("start", "enter", "enter", "start the command under the cursor", func(m *model) tea.Cmd {
		t := c.s.current()
		if t.kind != atCommand {
			return nil
		}
		return m.run(newWork(m, strings.Fields(t.id)))
	})}
}

// work is a command that runs, or ran, with what it said.
type work struct {
	page
	args []string
	said []string
	lost int
	end  string
}

// mostSaid is how many lines of a command are kept; the first go first.
const mostSaid = 5000

func newWork(m *model, args []string) *work {
	words := make([]string, 0, len(args))
	for _, a := range args {
		if name, value, ok := strings.Cut(a, "="); ok {
			words = append(words, name+"="+word(value))
			continue
		}
		words = append(words, word(a))
	}
	k := &work{args: args}
	k.page = page{where: target{kind: atCommand, id: strings.Join(words, " ")}, serial: m.next(), title: shown(strings.Join(args[:min(2, len(args))], " ")), stale: true}
	k.as = "tieout " + k.where.id
	k.lines = k.make
	return k
}

// run starts a command and opens its screen. Where one runs already, its
// screen is opened.
func (m *model) run(s *work) tea.Cmd {
	if m.process != nil {
		m.toast = "'" + m.process.words + "' is still running"
		s = m.process.screen
		for _, o := range m.stack {
			if o == screen(s) {
				return nil
			}
		}
		m.stack = append(m.stack, s)
		return nil
	}
	m.stack = append(m.stack, s)
	m.process = &process{words: "tieout " + strings.Join(s.args[:min(2, len(s.args))], " "), screen: s, said: make(chan string, 256)}
	return tea.Batch(m.process.start(m.ctx, append(m.self[:len(m.self):len(m.self)], s.args...), s.serial), m.process.listen(s.serial))
}

func (k *work) receive(m *model, b any) tea.Cmd {
	k.stale = true
	switch b := b.(type) {
	case saidMsg:
		k.said = append(k.said, b.lines...)
		if n := len(k.said) - mostSaid; n > 0 {
			k.said, k.lost = k.said[n:], k.lost+n
		}
		if b.more {
			return b.from.listen(k.serial)
		}
	case endedMsg:
		m.process = nil
		k.end = b.words
		m.toast = shown(k.as) + ": " + b.words
		return m.reload()
	}
	return nil
}

// lay keeps the last line in sight while there are more to come.
func (k *work) lay(m *model, w, h int) {
	last := k.s.at >= k.s.total()-1
	k.page.lay(m, w, h)
	if last {
		k.s.move(k.s.total())
	}
}

func (k *work) make(_ *model, w int) []line {
	out := []line{text(strong, shown(k.as))}
	if k.lost > 0 {
		out = append(out, text(faint, fmt.Sprintf("the first %d lines are not kept", k.lost)))
	}
	for _, s := range k.said {
		out = append(out, paragraphs(shown(strings.TrimRight(s, "\r")), w)...)
	}
	if k.end == "" {
		return append(out, text(faint, "running; ctrl+c stops it, esc goes back and leaves it running"))
	}
	return append(out, text(strong, k.end))
}

// paragraphs keeps the spaces of a line that fits, and wraps one that does not.
func paragraphs(s string, w int) []line {
	if width(s) <= w {
		return []line{text(plain, s)}
	}
	return paragraph(plain, s, 0, w)
}
