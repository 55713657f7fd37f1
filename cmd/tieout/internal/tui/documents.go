package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tieout/tieout/export"
)

// documents lists what people provided: documents with how far they cover the
// period, and statements. None of it is a result.
type documents struct{ page }

func newDocuments(p page) *documents {
	p.title, p.as, p.lines = "manual evidence", "tieout evidence list", documentsLines
	return &documents{p}
}

func (d *documents) keys(*model) []binding {
	return []binding{
		bind("add", "a", "a", "add a document: choose the file, then what it is for", func(m *model) tea.Cmd { return m.push(target{kind: atFiles}) }),
		bind("withdraw", "W", "W", "state why the document under the cursor counts no more", withdraw),
	}
}

func withdraw(m *model) tea.Cmd {
	t := m.top().sheet().current()
	if t.kind != atDocument {
		m.toast = "no document is under the cursor"
		return nil
	}
	m.ask(t.id+" counts no more because:", func(m *model, text string) tea.Cmd {
		if text == "" {
			m.toast = "nothing was stated"
			return nil
		}
		return m.run(newWork(m, []string{"evidence", "withdraw", t.id, "--text=" + text}))
	})
	return nil
}

func documentsLines(m *model, w int) []line {
	if !m.whole {
		return []line{text(faint, "the registers are being read …")}
	}
	d := m.x.d
	out := []line{heading(fmt.Sprintf("documents: %d", len(d.Documents)))}
	for _, x := range d.Documents {
		out = append(out, line{open: target{kind: atDocument, id: x.ID}, parts: []part{
			{fit(shown(x.ID), 9) + " ", plain}, {fit(strings.ReplaceAll(string(x.Coverage), "_", " "), 11) + " ", coverTone(x)},
			{fit(clip(prose(strings.Join(x.Concerns, " ")), 28), 29), plain}, {prose(x.Title), faint},
		}})
	}
	if len(d.Documents) == 0 {
		out = append(out, text(faint, "none was added"))
	}
	out = append(out, text(plain, ""), heading(fmt.Sprintf("statements that are no documents: %d", len(d.Attestations))))
	for _, x := range d.Attestations {
		out = append(out, line{parts: []part{{fit(shown(x.ID), 9) + " ", plain}, {fit(clip(prose(strings.Join(x.Concerns, " ")), 28), 29), plain}, {prose(x.By) + ": ", faint}, {prose(x.Text), plain}}})
	}
	out = append(out, text(plain, ""))
	return append(out, paragraph(faint, "A document is evidence to read and no result; a statement is neither. The screen of a control takes both for it.", 0, w)...)
}

func coverTone(x export.DocumentLine) tone {
	switch x.Coverage {
	case export.CoversNone, export.CoverExpired, export.CoverWithdrawn:
		return bad
	case export.CoverNotStated:
		return warn
	default:
		return plain
	}
}

func (x *index) document(id string) (export.DocumentLine, bool) {
	for _, l := range x.d.Documents {
		if l.ID == id {
			return l, true
		}
	}
	return export.DocumentLine{}, false
}

// documentLines shows one document: what it is for, the days that were stated
// of it, and who did what.
func documentLines(m *model, id string, w int) []line {
	x, ok := m.x.document(id)
	if !ok {
		return []line{text(faint, "this run has no document "+shown(id))}
	}
	out := paragraph(strong, shown(x.ID)+"  "+prose(x.Title), 0, w)
	out = append(out, paragraph(coverTone(x), prose(x.CoverWords), 0, w)...)
	out = append(out, text(plain, ""))
	for _, c := range x.Concerns {
		control, point := c, ""
		if m.x.controls[c] == nil {
			if i := strings.LastIndex(c, "."); i > 0 {
				control, point = c[:i], c
			}
		}
		out = append(out, line{open: target{kind: atControl, id: control, sub: point}, parts: []part{{fit("for", 15), faint}, {shown(c), plain}}})
	}
	for _, f := range []struct{ name, value string }{
		{"said of it", x.Text}, {"version", x.Version}, {"in force from", x.From}, {"to", x.To}, {"expires", x.Expires},
		{"approved", strings.TrimSpace(x.ApprovedOn + " " + x.ApprovedBy)}, {"days come from", x.DateSource}, {"handed in as", x.Name}, {"file", x.File},
		{"sha-256", x.SHA256}, {"added", x.AddedAt.String() + " by " + x.AddedBy}, {"reviewed by", orNone(x.ReviewedBy)}, {"ledger entry", fmt.Sprint(x.LedgerIndex)},
	} {
		if f.value != "" {
			out = append(out, field(f.name, prose(f.value), w)...)
		}
	}
	if x.WithdrawnBy != "" {
		out = append(out, field("withdrawn", prose(x.WithdrawnAt.String()+" by "+x.WithdrawnBy+": "+x.Withdrawn), w)...)
	}
	return out
}
