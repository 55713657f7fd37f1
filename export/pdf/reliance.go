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
	all := commonOf(r.d.Reliance)
	for _, c := range []struct {
		what  safe
		value string
	}{{"Period of all rows: ", all.Period}, {"Configuration unchanged since: ", all.ConfigSince}, {"Re-performable from: ", all.Reperformable}} {
		if c.value != "" {
			p.note(c.what + r.cell(c.value) + ".")
		}
	}
	if all.levels {
		p.note("Ledger level of all rows: " + anchorLevel(all.AnchorLevel) + ".")
	}
	t := p.table(
		column{title: "Population, tests", share: 130}, column{title: "Definition", share: 140},
		column{title: "System and account", share: 74}, column{title: "Source = extracted = tested; second source and difference", share: 140},
		column{title: "Authenticity, and what is not as in all rows", share: 96}, column{title: "Candidate / confirmed / rebutted; excluded rows", share: 90},
		column{title: "Open point", share: 120},
	)
	for _, x := range r.d.Reliance {
		t.row(r.relianceRow(x, all))
	}
	t.end("The dossier names no population. Nothing in this package rests on a population, and no result can be relied on.")
}

// common is what every line of the page says alike: it is said once, above.
type common struct {
	export.RelianceLine
	levels bool // the ledger level is the same in all
}

func commonOf(lines []export.RelianceLine) common {
	if len(lines) == 0 {
		return common{}
	}
	c := common{lines[0], true}
	for _, x := range lines[1:] {
		for _, pair := range []struct {
			all *string
			one string
		}{{&c.Period, x.Period}, {&c.ConfigSince, x.ConfigSince}, {&c.Reperformable, x.Reperformable}} {
			if *pair.all != pair.one {
				*pair.all = ""
			}
		}
		c.levels = c.levels && c.AnchorLevel == x.AnchorLevel
	}
	return c
}

func (r *report) relianceRow(x export.RelianceLine, all common) row {
	one := func(s string) para { return para{st: cellStyle, text: orWord(r.cell(s), "not stated")} }
	open := para{st: cellBold.in(amber), text: r.cell(x.OpenPoint)}
	if x.OpenPoint == "" {
		open = para{st: cellMuted, text: "none recorded"}
	}
	counts := []para{one(x.Counts)}
	if x.Second != "" && x.Second != "none" {
		counts = append(counts, para{st: cellMuted, text: "Second source: " + r.cell(x.Second)})
	}
	rests := []para{one(x.Authenticity)}
	for _, d := range []struct {
		words    safe
		all, own string
	}{{"", all.Period, x.Period}, {"Unchanged since ", all.ConfigSince, x.ConfigSince}, {"Re-performable from ", all.Reperformable, x.Reperformable}} {
		if d.all != d.own {
			rests = append(rests, para{st: cellMuted, text: d.words + orWord(r.cell(d.own), "not stated")})
		}
	}
	if !all.levels {
		rests = append(rests, para{st: cellMuted, text: "Ledger level " + anchorLevel(x.AnchorLevel)})
	}
	return row{cells: [][]para{
		{{st: cellBold, text: r.cell(x.Population)}, {st: cellMuted, text: r.cell(x.Tests)}},
		{one(x.Definition)}, {one(x.System)}, counts, rests,
		{one(x.Candidates), {st: cellMuted, text: counted(x.Excluded, "excluded row", "excluded rows")}},
		{open},
	}}
}
