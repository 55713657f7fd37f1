package pdf

import "github.com/tieout/tieout/export"

// populations sets the register of information produced by the entity: for
// each population, what makes it complete and accurate, or what leaves it
// open.
func (r *report) populations() {
	p := r.p
	p.sectionPage("Populations (IPE register)", secIPE, true)
	p.prose("Information produced by the entity: where each population comes from, who asked for it with which words, and how its count was compared with what the source itself states.")
	fig := func(title safe) column { return column{title: title, share: 46, right: true} }
	t := p.table(column{title: "Population", share: 106}, column{title: "Source, system, principal", share: 128}, fig("Source count"), fig("Extracted"), fig("Distinct"),
		fig("Rejected"), fig("Un-matched"), fig("Dupli-cates"), column{title: "First and last", share: 124}, column{title: "Pulled (UTC)", share: 106})
	for _, x := range r.d.Populations {
		t.row(r.populationRow(x))
	}
	t.end("The dossier names no population.")
}

func (r *report) populationRow(x export.Population) row {
	cell := func(s safe) para { return para{st: cellStyle, text: s} }
	small := func(s safe) para { return para{st: cellMuted, text: s} }
	count := func(n int64) []para { return []para{cell(num(n))} }
	source := []para{cell(stated(x.SourceCount))}
	if x.SourceCount >= 0 && x.SourceCount != x.Extracted {
		source = []para{{st: cellBold.in(alarm), text: num(x.SourceCount)}, {st: cellMuted.in(alarm), text: "differs by " + num(x.SourceCount-x.Extracted)}}
	}
	after := small("after the period's end")
	if !x.AfterPeriodEnd {
		after = para{st: cellBold.in(amber), text: "before the period's end"}
	}
	pulled := []para{cell(clock(x.PulledFirst)), cell("to " + clock(x.PulledLast)), after}
	if x.AsOf != "" {
		pulled = append(pulled, small("as of "+r.name(x.AsOf)+", stated by file"))
	}
	return row{cells: [][]para{
		{{st: cellBold, text: r.name(x.ID)}, cell(orWord(r.cell(x.Title), r.name(x.Kind))), small(r.list(x.Tests))},
		{cell(r.list(x.Sources)), small(r.list(x.Systems)), small("as " + orWord(r.list(x.Principals), "principal not stated"))},
		source, count(x.Extracted), count(x.Distinct), count(x.Rejected), count(x.Unmatched), count(x.Duplicates),
		{cell(orWord(r.say(x.FirstEvent, 60, x.File), "–")), small(r.say(x.FirstKey, 60, x.File)), cell(orWord(r.say(x.LastEvent, 60, x.File), "–")), small(r.say(x.LastKey, 60, x.File))},
		pulled,
	}, under: r.populationNotes(x)}
}

func (r *report) populationNotes(x export.Population) []para {
	var out []para
	add := func(label safe, s string) {
		if s != "" {
			out = append(out, para{st: cellMuted, text: label + r.cell(s)})
		}
	}
	add("Definition: ", x.Definition)
	add("Count basis: ", x.CountBasis)
	for i, q := range x.Queries {
		if i == 5 {
			out = append(out, para{st: cellMuted, text: "… and " + num(len(x.Queries)-i) + " more queries: data/dossier.json"})
			break
		}
		out = append(out, para{st: cellMono, text: "Query: " + r.cell(q)})
	}
	if x.SecondSource != "" {
		add("Second source: ", x.SecondSource+"; difference: "+string(orWord(safe(x.Difference), "not stated")))
	} else {
		out = append(out, para{st: cellMuted.in(amber), text: "No second source: completeness rests on the source alone."})
	}
	for i, g := range x.Gaps {
		if i == 10 {
			out = append(out, para{st: cellStyle.in(amber), text: "… and " + num(len(x.Gaps)-i) + " more gaps: data/dossier.json"})
			break
		}
		out = append(out, para{st: cellStyle.in(amber), text: "Gap: " + r.cell(g)})
	}
	if x.Interim != "" {
		out = append(out, para{st: cellBold.in(amber), text: "Not the whole period: " + r.cell(x.Interim)})
	}
	add("Carried over the period: ", x.Carried)
	add("", x.Zero)
	out = append(out, para{st: cellMono, text: "Re-performable from " + orWord(r.name(x.Reperform), "not stated") + " · " + orWord(r.name(x.File), "no file") + " · SHA-256 " + orWord(r.name(x.SHA256), "not stated")})
	return out
}
