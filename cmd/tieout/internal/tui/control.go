package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tieout/tieout/controls"
)

// control is the screen of one, from which people give what it asks of them.
type control struct{ page }

func newControl(p page) *control {
	id := p.where.id
	p.title = shown(id)
	p.as, p.lines = "tieout test --control "+word(id), func(m *model, w int) []line { return controlLines(m, id, w) }
	return &control{p}
}

// point is what a statement or document is for: the manual point under the
// cursor or that led here, else the control.
func (c *control) point() string {
	if t := c.s.current(); t.kind == atControl && t.sub != "" {
		return t.sub
	}
	return c.where.name()
}

func (c *control) keys(*model) []binding {
	return []binding{
		bind("add", "a", "a", "add a document for this control, or for the manual point under the cursor", func(m *model) tea.Cmd {
			return m.push(target{kind: atFiles, id: c.point()})
		}),
		bind("attest", "T", "T", "state something for it that no document shows, signed with your key", func(m *model) tea.Cmd {
			id := c.point()
			m.ask("you state for "+id+":", func(m *model, text string) tea.Cmd {
				if text == "" {
					m.toast = "nothing was stated"
					return nil
				}
				return m.run(newWork(m, []string{"attest", id, "--text=" + text}))
			})
			return nil
		}),
	}
}

// controlLines shows one control: what it states, its tests in words with a
// result per component, what people owe, and what the tests cannot show.
func controlLines(m *model, id string, w int) []line {
	c := m.x.controls[id]
	if c == nil {
		return []line{text(faint, "this run has no control "+shown(id))}
	}
	out := paragraph(strong, shown(c.ID)+"  "+prose(c.Title), 0, w)
	out = append(out, paragraph(plain, prose(c.Statement), 0, w)...)
	out = append(out, text(plain, ""))
	out = append(out, field("kind", prose(strings.Join([]string{c.Severity, c.Nature, strings.ReplaceAll(c.Frequency, "_", " "), c.Family}, ", ")), w)...)
	out = append(out, text(plain, ""), heading("criteria"))
	for _, list := range []struct {
		role string
		ids  []string
	}{{"primary", c.Primary}, {"supporting", c.Supporting}} {
		for _, k := range list.ids {
			title := ""
			if x := m.x.criteria[k]; x != nil {
				title = prose(x.Title)
			}
			out = append(out, line{open: target{kind: atCriterion, id: k}, parts: []part{{fit(shown(k), 8), plain}, {fit(list.role, 12), faint}, {title, faint}}})
		}
	}
	for _, t := range c.Tests {
		out = append(out, text(plain, ""))
		out = append(out, testLines(m, t, w)...)
	}
	out = append(out, text(plain, ""), heading(fmt.Sprintf("manual points: %d", len(m.x.d.Owed(*c)))))
	out = append(out, pointLines(m, c, w)...)
	if c.Limit != "" {
		out = append(out, text(plain, ""), heading("what these tests cannot show"))
		out = append(out, paragraph(plain, prose(c.Limit), 0, w)...)
	}
	return append(out, notForLines(m, id, w)...)
}

// testLines is one test in words, and a line for each of its results.
func testLines(m *model, t controls.Test, w int) []line {
	head := line{head: true, open: target{kind: atTest, id: t.ID}, parts: []part{{fit(shown(t.ID), 15) + " ", strong}, {strings.ReplaceAll(string(t.Kind), "_", " ") + ", all results", faint}}}
	out := append([]line{head}, paragraph(plain, prose(t.Words), 0, w)...)
	for _, r := range m.x.byTest[t.ID] {
		k := markOf(r.State)
		out = append(out, line{
			open:  target{kind: atTest, id: r.Test, sub: r.Component},
			parts: []part{{"  " + k.letter + " ", k.tone}, {fit(shown(r.Component), 18) + " ", plain}, {resultWords(m, r), k.tone}},
		})
	}
	if len(m.x.byTest[t.ID]) == 0 {
		out = append(out, text(faint, "  no result: the test concerns nothing of this workspace"))
	}
	return out
}

// resultWords says what a result came to, in words and counts.
func resultWords(m *model, r controls.Result) string {
	switch r.State {
	case controls.NoState:
		return fmt.Sprintf("signal only: %d items", r.Population)
	case controls.NotTested:
		return m.x.wording().Of(r.State) + ": " + prose(strings.Join(r.Reasons, "; "))
	default:
	}
	counts := []string{fmt.Sprintf("%d items", r.Population)}
	for _, c := range []struct {
		n     int64
		words string
	}{{r.Deviation, "candidate deviations"}, {r.Indeterminate, "with a field missing"}, {r.NotDue, "not due"}, {r.Excluded, "rows excluded"}} {
		if c.n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", c.n, c.words))
		}
	}
	return m.x.wording().Of(r.State) + " (" + strings.Join(counts, ", ") + ")"
}

func pointLines(m *model, c *controls.Control, w int) []line {
	var out []line
	for _, p := range m.x.d.Owed(*c) {
		status, note := "being read …", ""
		if m.whole {
			status = "status not recorded"
		}
		for _, s := range m.x.manual[c.ID] {
			if s.ID == p.ID {
				status, note = s.Status, s.Note
			}
		}
		out = append(out, line{open: target{kind: atControl, id: c.ID, sub: p.ID}, parts: []part{{fit(shown(p.ID), 15) + " ", plain}, {shown(status), warn}}})
		out = append(out, paragraph(plain, prose(p.Words), 2, w)...)
		if note != "" {
			out = append(out, paragraph(faint, prose(note), 2, w)...)
		}
	}
	return out
}

func notForLines(m *model, control string, w int) []line {
	var out []line
	for _, n := range m.x.d.NotApplicable {
		if n.Control == control {
			if out == nil {
				out = []line{text(plain, ""), heading("does not apply to")}
			}
			l := line{open: target{kind: atComponent, id: n.Component}, parts: []part{{fit(shown(n.Component), 15) + " ", plain}, {prose(n.Reason), faint}}}
			out = append(out, l)
		}
	}
	return out
}
