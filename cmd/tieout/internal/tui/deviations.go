package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tieout/tieout/export"
)

// register lists the candidate deviations with what management says of them.
type register struct{ page }

func newRegister(p page) *register {
	p.title, p.as, p.lines = "deviations", "tieout deviation list", registerLines
	return &register{p}
}

// lay also brings the rows, which may be many and are formatted when seen.
func (r *register) lay(m *model, w, h int) {
	rows := deviationRows(m.x.d.Deviations)
	r.s.rows, r.s.view = rows, r.s.view[:0]
	r.s.extend(0)
	r.page.lay(m, w, h)
}

func registerLines(m *model, w int) []line {
	if !m.whole {
		return []line{text(faint, "the registers are being read …")}
	}
	n := map[string]int{}
	for _, v := range m.x.d.Deviations {
		n[v.Determination]++
	}
	out := []line{heading(fmt.Sprintf("deviations of run %s", shown(m.x.d.Run.ID)))}
	out = append(out, paragraph(plain, fmt.Sprintf("%d open, %d confirmed, %d rebutted; %d of earlier runs are no longer observed. A deviation is a candidate until management confirms or rebuts it; none is ever deleted.",
		n["open"], n["confirmed"], n["rebutted"], len(m.x.d.Earlier)), 0, w)...)
	for _, v := range m.x.d.Earlier {
		l := deviationLine(v, w)
		l.parts = append(l.parts, part{" no longer observed", faint})
		out = append(out, l)
	}
	return append(out, text(plain, ""))
}

type deviationRows []export.DeviationLine

func (r deviationRows) len() int            { return len(r) }
func (r deviationRows) line(i, w int) line  { return deviationLine(r[i], w) }
func (r deviationRows) target(i int) target { return target{kind: atDeviation, id: r[i].ID} }
func (r deviationRows) hay(i int) string {
	v := r[i]
	return strings.ToLower(strings.Join([]string{v.ID, v.Determination, v.Test, v.Component, v.Item, v.Facts}, "\n"))
}

func deviationLine(v export.DeviationLine, w int) line {
	l := line{open: target{kind: atDeviation, id: v.ID}, parts: []part{
		{fit(shown(v.ID), 9) + " ", plain}, {fit(shown(v.Determination), 10), determinationTone(v.Determination)}, {fit(shown(v.Test), 14) + " ", plain},
	}}
	if w >= 74 {
		l.parts = append(l.parts, part{fit(shown(v.Component), 16) + " ", faint})
	}
	l.parts = append(l.parts, part{fit(shown(v.Item), 24) + " ", plain})
	if w >= 100 {
		l.parts = append(l.parts, part{prose(v.Facts), faint})
	}
	return l
}

func determinationTone(s string) tone {
	switch s {
	case "confirmed":
		return bad
	case "rebutted":
		return faint
	default:
		return warn
	}
}

// deviation shows one of them, and takes what management says of it to the
// command that signs it.
type deviation struct{ page }

func newDeviation(m *model, p page) screen {
	if _, ok := m.x.deviation(p.where.id); !ok {
		return nil
	}
	id := p.where.id
	p.as, p.lines = "tieout deviation list", func(m *model, w int) []line { return deviationLines(m, id, w) }
	return &deviation{p}
}

func (x *index) deviation(id string) (export.DeviationLine, bool) {
	for _, list := range [][]export.DeviationLine{x.d.Deviations, x.d.Earlier} {
		for _, v := range list {
			if v.ID == id {
				return v, true
			}
		}
	}
	return export.DeviationLine{}, false
}

func (d *deviation) keys(*model) []binding {
	state := func(verb, prompt string) func(m *model) tea.Cmd {
		return func(m *model) tea.Cmd {
			m.ask(prompt, func(m *model, text string) tea.Cmd {
				if text == "" {
					m.toast = "nothing was stated"
					return nil
				}
				m.ask("ids of documents that show it, by comma, or nothing:", func(m *model, docs string) tea.Cmd {
					args := []string{"deviation", verb, d.where.id, "--text=" + text}
					if docs != "" {
						args = append(args, "--evidence="+docs)
					}
					return m.run(newWork(m, args))
				})
				return nil
			})
			return nil
		}
	}
	return []binding{
		bind("confirm", "C", "C", "state that it is a deviation: nature, cause and extent", state("confirm", "it is a deviation:")),
		bind("rebut", "R", "R", "state that it is none, and by which document that is shown", state("rebut", "it is none because:")),
		bind("respond", "A", "A", "state what was done about it", state("respond", "what was done:")),
	}
}

func deviationLines(m *model, id string, w int) []line {
	v, ok := m.x.deviation(id)
	if !ok {
		return []line{text(faint, "this run has no deviation "+shown(id))}
	}
	out := []line{{parts: []part{{shown(v.ID) + "  ", strong}, {"candidate, " + shown(v.Determination), determinationTone(v.Determination)}}}}
	if v.Determination != "open" {
		out[0].parts[1].text = shown(v.Determination)
	}
	out = append(out, paragraph(plain, prose(v.Facts), 0, w)...)
	out = append(out, text(plain, ""),
		line{open: target{kind: atTest, id: v.Test, sub: v.Component}, parts: []part{{fit("test", 15), faint}, {shown(v.Test), plain}}},
		line{open: target{kind: atControl, id: v.Control}, parts: []part{{fit("control", 15), faint}, {shown(v.Control), plain}}},
		line{open: target{kind: atComponent, id: v.Component}, parts: []part{{fit("component", 15), faint}, {shown(v.Component), plain}}})
	for _, f := range []struct{ name, value string }{
		{"item", v.Item}, {"time", v.At}, {"criteria", strings.Join(v.Criteria, ", ")}, {"record", v.Record},
	} {
		out = append(out, field(f.name, orNone(f.value), w)...)
	}
	out = append(out, field("evidence", evidenceOf(m, v.Test, v.Item, v.Component), w)...)
	out = append(out, text(plain, ""), heading("what management says"))
	for _, f := range []struct{ name, value string }{
		{"determination", v.Determination}, {"reasons", v.Reasons}, {"by", v.DeterminedBy}, {"reviewed by", v.ReviewedBy}, {"response", v.Response},
		{"documents", strings.Join(v.Documents, ", ")}, {"deficiencies", strings.Join(v.Deficiencies, ", ")}, {"in this run", v.Now},
	} {
		if f.value != "" {
			out = append(out, field(f.name, prose(f.value), w)...)
		}
	}
	return out
}
