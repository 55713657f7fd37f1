package pdf

import "github.com/tieout/tieout/export"

// maxPicks bounds the items of all samples that are set one by one.
const maxPicks = 1000

// samples sets every plan, and the items that were drawn.
func (r *report) samples() {
	p, d := r.p, r.d
	p.sectionPage("Annex: samples", secSamples, true)
	p.prose("Every sample that was planned, those that were never drawn too. The commitment fixes everything but the nonce before the auditor makes it; who has both can draw again. " + safe(export.NonceWords))
	t := p.table(column{title: "Plan", share: 44}, column{title: "Test", share: 80}, column{title: "Status", share: 150}, column{title: "Items", share: 46, right: true}, column{title: "Planned", share: 44, right: true},
		column{title: "Drawn", share: 44, right: true}, column{title: "Commitment, nonce", share: 250}, column{title: "Planned at (UTC)", share: 90})
	picks := 0
	for i := range d.Samples {
		s := &d.Samples[i]
		picks += len(s.Picks)
		hashes := []para{{st: cellMono, text: r.name(s.Commitment)}}
		if len(s.Draws) > 0 {
			hashes = append(hashes, para{st: cellMono, text: r.name(s.Draws[0].Nonce)})
		}
		t.row(row{cells: [][]para{
			{{st: cellBold, text: r.name(s.ID)}}, {{st: cellStyle, text: r.name(s.Plan.Test)}}, {{st: cellStyle, text: r.cell(export.SampleStatus(d, s))}}, {{st: cellStyle, text: num(s.Plan.Population)}},
			{{st: cellStyle, text: num(s.Plan.Size)}}, {{st: cellStyle, text: num(s.Drawn())}}, hashes, {{st: cellStyle, text: clock(s.PlannedAt)}},
		}})
	}
	t.end("No sample was planned: every item of every population was tested.")
	if picks == 0 {
		return
	}
	p.h2("Items drawn", 80)
	if picks > maxPicks {
		p.prose("The first " + num(maxPicks) + " follow; all " + num(picks) + " rows: workbook sheet Selections.")
	}
	t = p.table(column{title: "Plan, stratum", share: 90}, column{title: "Order", share: 36, right: true}, column{title: "Item", share: 190}, column{title: "Component", share: 100}, column{title: "Use", share: 90},
		column{title: "Evidence sealed before draw", share: 80}, column{title: "Auditor", share: 120})
	shown := 0
	for i := range d.Samples {
		s := &d.Samples[i]
		for _, x := range s.Picks {
			if shown++; shown > maxPicks {
				break
			}
			use, sealed := safe("look at it"), safe("yes")
			if x.Reserve {
				use = "reserve"
			}
			if !s.Sealed {
				sealed = "NO"
			}
			t.row(row{cells: [][]para{
				{{st: cellBold, text: r.name(s.ID)}, {st: cellMuted, text: r.name(x.Stratum)}}, {{st: cellStyle, text: num(x.Order)}}, {{st: cellStyle, text: r.say(x.Item, 90, "data/selections.jsonl")}},
				{{st: cellStyle, text: r.name(x.Component)}}, {{st: cellStyle, text: use}}, {{st: cellStyle, text: sealed}}, nil,
			}})
		}
	}
	t.end("")
}
