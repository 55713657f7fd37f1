package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/export"
)

// item shows one item of one test: its letters with their words, its facts,
// and where they come from.
type item struct {
	page
	it      *controls.Item
	others  []target // in other tests, under the same name
	explain *evaluate.Explanation
	err     error
	why     error // of the explanation
}

// Messages of the item's commands.
type (
	itemMsg struct {
		item controls.Item
		err  error
	}
	explainMsg struct {
		found []evaluate.Explanation
		err   error
	}
	othersMsg []target
)

func newItem(p page) *item {
	i := &item{page: p}
	i.title = shown(p.where.sub)
	i.as = "tieout test --control " + word(p.where.id) + " --explain " + word(p.where.sub)
	i.lines = i.make
	return i
}

func (i *item) start(m *model) tea.Cmd {
	src, ctx, t, to := m.src, m.ctx, i.where, i.serial
	read := func() tea.Msg {
		it, err := src.Item(t.id, t.no)
		return screenMsg{to, itemMsg{it, err}}
	}
	explain := func() tea.Msg {
		found, err := src.Explain(ctx, t.id, t.sub)
		return screenMsg{to, explainMsg{found, err}}
	}
	others := func() tea.Msg {
		var list othersMsg
		for o, err := range src.Named(t.sub) {
			if err != nil || len(list) == mostFound {
				break
			}
			if o.Test != t.id {
				list = append(list, itemTarget(o.Test, o.Key, o.No))
			}
		}
		return screenMsg{to, list}
	}
	return tea.Batch(read, explain, others)
}

func (i *item) again(m *model) tea.Cmd {
	i.it, i.others, i.explain, i.err, i.why = nil, nil, nil, nil, nil
	i.serial = m.next()
	return i.start(m)
}

func (i *item) receive(_ *model, b any) tea.Cmd {
	i.stale = true
	switch b := b.(type) {
	case itemMsg:
		if i.err = b.err; b.err == nil {
			i.it = &b.item
		}
	case explainMsg:
		i.why = b.err
		for n := range b.found {
			if i.it == nil || b.found[n].Component == i.it.Component || len(b.found) == 1 {
				i.explain = &b.found[n]
				break
			}
		}
	case othersMsg:
		i.others = b
	}
	return nil
}

func (i *item) make(m *model, w int) []line {
	switch {
	case i.err != nil:
		return paragraph(bad, "the item was not read: "+shown(i.err.Error()), 0, w)
	case i.it == nil:
		return []line{text(faint, "the item is being read …")}
	}
	it := i.it
	k := markOf(it.State)
	out := []line{{parts: []part{{shown(it.Key) + "  ", strong}, {m.x.wording().Of(it.State), k.tone}}}}
	if it.Reason != "" {
		out = append(out, paragraph(k.tone, prose(it.Reason), 0, w)...)
	}
	out = append(out, text(plain, ""),
		line{open: target{kind: atTest, id: it.Test, sub: it.Component}, parts: []part{{fit("test", 15), faint}, {shown(it.Test), plain}}},
		line{open: target{kind: atComponent, id: it.Component}, parts: []part{{fit("component", 15), faint}, {shown(it.Component), plain}}})
	for _, v := range m.x.d.Deviations {
		if v.Test == it.Test && v.Item == it.Key && v.Component == it.Component {
			out = append(out, line{open: target{kind: atDeviation, id: v.ID}, parts: []part{{fit("deviation", 15), faint}, {shown(v.ID) + " " + shown(v.Determination), plain}}})
		}
	}
	out = append(out, field("time", orNone(it.At), w)...)
	out = append(out, field("record", orNone(it.Record), w)...)
	out = append(out, field("evidence", evidenceOf(m, it.Test, it.Key, it.Component), w)...)
	out = append(out, text(plain, ""), heading("attributes"))
	out = append(out, i.letters(m, w)...)
	out = append(out, text(plain, ""), heading("facts"))
	out = append(out, factLines(it.Facts, w)...)
	if len(i.others) > 0 {
		out = append(out, text(plain, ""), heading("the same name in other tests"))
	}
	for _, o := range i.others {
		words := ""
		if x := m.x.tests[o.id]; x != nil {
			words = prose(x.Words)
		}
		out = append(out, line{open: o, parts: []part{{fit(shown(o.id), 15) + " ", plain}, {words, faint}}})
	}
	return out
}

// letters is each attribute with its value and what it looked at.
func (i *item) letters(m *model, w int) []line {
	words := map[string]string{}
	if x := m.x.tests[i.it.Test]; x != nil {
		for _, a := range x.Attributes {
			words[a.Letter] = a.Words
		}
	}
	letters := make([]string, 0, len(i.it.Letters))
	for l := range i.it.Letters {
		letters = append(letters, l)
	}
	slices.Sort(letters)
	var out []line
	for _, l := range letters {
		value, t := "field missing", warn
		switch i.it.Letters[l] {
		case controls.LetterTrue:
			value, t = "true", good
		case controls.LetterFalse:
			value, t = "false", bad
		}
		for n, s := range wrap(prose(words[l]), w-19) {
			parts := []part{{fit(shown(l), 4), strong}, {fit(value, 15), t}, {s, plain}}
			if n > 0 {
				parts = []part{{fit("", 19), plain}, {s, plain}}
			}
			out = append(out, line{parts: parts})
		}
		out = append(out, i.looked(l, w)...)
	}
	if len(letters) == 0 {
		out = append(out, text(faint, "none was determined"))
	}
	if i.why != nil {
		out = append(out, paragraph(faint, "what they looked at was not found out: "+prose(i.why.Error()), 0, w)...)
	}
	return out
}

func (i *item) looked(letter string, w int) []line {
	if i.explain == nil {
		return nil
	}
	for _, l := range i.explain.Letters {
		if l.Letter != letter {
			continue
		}
		var from []string
		for _, f := range l.Row {
			from = append(from, f.Column)
		}
		for _, r := range l.Reads {
			from = append(from, r.Table+"."+r.Column)
		}
		if len(from) > 0 {
			return paragraph(faint, "from "+shown(strings.Join(from, ", ")), 19, w)
		}
	}
	return nil
}

func factLines(facts map[string]any, w int) []line {
	names := make([]string, 0, len(facts))
	room := 12
	for k := range facts {
		names = append(names, k)
		room = min(28, max(room, width(shown(k))))
	}
	slices.Sort(names)
	var out []line
	for _, k := range names {
		v := "–"
		if facts[k] != nil {
			v = shown(fmt.Sprint(facts[k]))
		}
		for n, s := range wrap(v, w-room-2) {
			name := fit(shown(k), room)
			if n > 0 {
				name = fit("", room)
			}
			out = append(out, line{parts: []part{{name + "  ", faint}, {s, plain}}})
		}
	}
	if len(out) == 0 {
		out = append(out, text(faint, "the population has no other columns"))
	}
	return out
}

// evidenceOf names the raw files behind the item, or behind its test.
func evidenceOf(m *model, test, key, component string) string {
	if !m.whole {
		return "being read …"
	}
	for _, v := range m.x.d.Deviations {
		if v.Test == test && v.Item == key && v.Component == component && len(v.Evidence) > 0 {
			return shown(strings.Join(v.Evidence, ", "))
		}
	}
	return evidenceOfTest(m.x.d, test)
}

func evidenceOfTest(d *export.Dossier, test string) string {
	var out []string
	for _, e := range d.Evidence {
		if slices.Contains(e.Tests, test) {
			out = append(out, shown(e.ID+" "+e.Source))
		}
	}
	if len(out) == 0 {
		return "none on record"
	}
	return "of the test: " + strings.Join(out, ", ")
}

func orNone(s string) string {
	if s == "" {
		return "–"
	}
	return shown(s)
}
