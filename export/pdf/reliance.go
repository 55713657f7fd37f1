package pdf

import "github.com/tieout/tieout/export"

var anchorLevels = map[int]safe{
	0: "0: self-consistent; the key holder could have rebuilt it",
	1: "1: existed by a stated time",
	2: "2: append-only since a deposit held by someone else",
}

func anchorLevel(n int) safe {
	if w, ok := anchorLevels[n]; ok {
		return w
	}
	return num(n) + ": unknown level"
}

// reliance sets the page that is read first: what each population rests on.
func (r *report) reliance() {
	p := r.p
	p.sectionPage("Can I rely on this?", secReliance, true)
	p.prose("One row for each population, before any result. Read the last column first: it names what is still open. A population is the list of items that tests were run over; what is wrong with the list is wrong with every result drawn from it.")
	t := p.table(
		column{title: "Population, tests", share: 96}, column{title: "Definition", share: 98},
		column{title: "System and account", share: 82}, column{title: "Source = extracted = tested; second source and difference", share: 112},
		column{title: "Period; configuration unchanged since", share: 92}, column{title: "Authenticity; ledger level", share: 84},
		column{title: "Re-performable from", share: 58}, column{title: "Candidate / confirmed / rebutted; excluded rows", share: 76},
		column{title: "Open point", share: 92},
	)
	for _, x := range r.d.Reliance {
		t.row(r.relianceRow(x))
	}
	t.end("The dossier names no population. Nothing in this package rests on a population, and no result can be relied on.")
}

func (r *report) relianceRow(x export.RelianceLine) row {
	one := func(s string) para { return para{st: cellStyle, text: orWord(r.cell(s), "not stated")} }
	open := para{st: cellBold.in(amber), text: r.cell(x.OpenPoint)}
	if x.OpenPoint == "" {
		open = para{st: cellMuted, text: "none recorded"}
	}
	return row{cells: [][]para{
		{{st: cellBold, text: r.cell(x.Population)}, {st: cellMuted, text: r.cell(x.Tests)}},
		{one(x.Definition)},
		{one(x.System)},
		{one(x.Counts), {st: cellMuted, text: "Second source"}, one(x.Second)},
		{one(x.Period), {st: cellMuted, text: "Unchanged since"}, one(x.ConfigSince)},
		{one(x.Authenticity), {st: cellMuted, text: "Ledger level " + anchorLevel(x.AnchorLevel)}},
		{one(x.Reperformable)},
		{one(x.Candidates), {st: cellMuted, text: counted(x.Excluded, "excluded row", "excluded rows")}},
		{open},
	}}
}
