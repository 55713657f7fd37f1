package pdf

import (
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// Limits on what is printed. Nothing is cut without saying how much more
// there is and which file holds it.
const (
	maxStatement  = 4000 // characters of a statement or a reason
	maxFacts      = 900  // of the facts of one deviation
	maxCell       = 400  // of any other cell
	maxName       = 160  // of a name or an id in a heading
	maxSQLLines   = 60
	maxInFull     = 10000 // deviations in full, over all controls
	maxDeviations = 20000 // lines of the register
	maxOpen       = 3000  // results not tested or with a field missing, one by one
	maxGlance     = 40    // deviations listed one by one on the first pages
	maxEvidence   = 400   // lines of the evidence index
	maxReasons    = 12    // reasons on the cover
	maxFindings   = 25    // findings of one log
	maxList       = 60    // names in a list inside a cell
	maxRuns       = 1000
	maxGaps       = 1000
	maxPeople     = 1000 // lines of each list of what people provided
)

// Anchors of the sections.
const (
	secReliance   = "section:reliance"
	secVerify     = "section:verify"
	secGlance     = "section:glance"
	secScope      = "section:scope"
	secMatrix     = "section:matrix"
	secCriteria   = "section:criteria"
	secDeviations = "section:deviations"
	secLogs       = "section:logs"
	secIPE        = "section:ipe"
	secRuns       = "section:runs"
	secHistory    = "section:history"
	secNotTested  = "section:not-tested"
	secManual     = "section:manual"
	secPeople     = "section:people"
	secEvidence   = "section:evidence"
	secSamples    = "section:samples"
	secRequests   = "section:requests"
	secLimits     = "section:limits"
)

// report is one pass over the dossier onto paper.
type report struct {
	d *export.Dossier
	o Options
	p *paper

	results    map[string][]controls.Result // by test
	byControl  map[string][]controls.Result
	notFor     map[[2]string]string // control, component → why it does not apply
	notForOf   map[string][]export.NotApplicable
	manual     map[string][]export.ManualLine // by control
	deviations map[string][]export.DeviationLine
	criteria   map[string]export.CriterionLine
	policies   map[string][]controls.Policy
	params     map[string]controls.Param
	known      map[string]bool // component ids
	counts     export.StateCounts
	signals    int   // results without a state
	candidates int64 // deviating items over all results
	inFull     int   // deviations set in full so far
}

func newReport(d *export.Dossier, o Options, p *paper) *report {
	r := &report{
		d: d, o: o, p: p,
		results: map[string][]controls.Result{}, byControl: map[string][]controls.Result{},
		notFor: map[[2]string]string{}, notForOf: map[string][]export.NotApplicable{},
		manual: map[string][]export.ManualLine{}, deviations: map[string][]export.DeviationLine{},
		criteria: map[string]export.CriterionLine{}, policies: map[string][]controls.Policy{},
		params: map[string]controls.Param{},
		known:  map[string]bool{controls.EntityComponent: true},
	}
	for _, x := range d.Components {
		r.known[x.ID] = true
	}
	for _, x := range d.Results {
		r.results[x.Test] = append(r.results[x.Test], x)
		r.byControl[x.Control] = append(r.byControl[x.Control], x)
		r.counts.Add(x.State)
		if x.State == controls.NoState {
			r.signals++
		} else {
			r.candidates += x.Deviation
		}
	}
	for _, x := range d.NotApplicable {
		r.notFor[[2]string{x.Control, x.Component}] = x.Reason
		r.notForOf[x.Control] = append(r.notForOf[x.Control], x)
	}
	for _, x := range d.Manual {
		r.manual[x.Control] = append(r.manual[x.Control], x)
	}
	for _, x := range d.Deviations {
		r.deviations[x.Control] = append(r.deviations[x.Control], x)
	}
	for _, x := range d.Criteria {
		r.criteria[x.ID] = x
	}
	for _, x := range d.Policies {
		r.policies[x.Param] = append(r.policies[x.Param], x)
	}
	for _, x := range d.Params {
		r.params[x.Name] = x
	}
	p.furniture = r.furniture
	return r
}

// write sets the whole report, in the order in which it is to be read.
func (r *report) write() {
	r.cover()
	r.contents()
	r.reliance()
	r.verify()
	r.glance()
	r.scope()
	r.matrix()
	r.criteriaTable()
	r.controls()
	r.register()
	r.logs()
	r.populations()
	r.runs()
	r.history()
	r.notTested()
	r.manualPoints()
	r.people()
	r.evidence()
	r.samples()
	r.requests()
	r.limits() // last, on portrait pages: bookmarks are measured from the last page
}

// say makes one line of text safe, cut at n characters with a word on where
// the rest stands.
func (r *report) say(s string, n int, where string) safe {
	head, rest := clip(s, n, where)
	return r.p.faces.clean(head) + safe(rest)
}

// name makes an id or a name safe.
func (r *report) name(s string) safe { return r.say(s, maxName, "data/dossier.json") }

// cell makes the text of a table cell safe.
func (r *report) cell(s string) safe { return r.say(s, maxCell, "data/dossier.json") }

// list writes names with commas, the first ones of many.
func (r *report) list(names []string) safe {
	var out safe
	for i, n := range names {
		if i == maxList {
			return out + " … (" + num(len(names)-i) + " more: data/dossier.json)"
		}
		if i > 0 {
			out += ", "
		}
		out += orWord(r.name(n), "not stated")
	}
	return out
}

// statement makes paragraphs of longer text, at its own line breaks.
func (r *report) statement(s string, st style, where string) []para {
	head, rest := clip(s, maxStatement, where)
	var out []para
	for _, l := range r.p.faces.lines(head) {
		out = append(out, para{st: st, text: l})
	}
	if rest != "" {
		out = append(out, para{st: noteStyle, text: safe(rest)})
	}
	return out
}

func (r *report) complete() bool { return r.d.Complete && len(r.d.Incomplete) == 0 }

// furniture sets the running head and the foot of a page.
func (r *report) furniture(p *paper) {
	if p.f == nil {
		return
	}
	if p.page > 1 {
		p.put(p.left(), 38, r.fit(p.section, smallStyle, p.width()*0.4), smallStyle)
		status := r.fit(r.stage(), smallStyle, p.width()*0.15)
		if !r.complete() {
			status = "NOT COMPLETE · " + status
		}
		p.putRight(p.right(), 38, "Management's own test results · "+status, smallStyle)
		p.rule(p.left(), p.right(), 44, 0.35, faint)
	}
	y := p.pageHeight() - 36
	p.rule(p.left(), p.right(), y-10, 0.35, faint)
	p.put(p.left(), y, r.fit(orWord(r.name(r.d.Entity.Name), "entity not named")+" · run "+orWord(r.name(r.d.Run.ID), "not named"), smallStyle, p.width()*0.75), smallStyle)
	p.putRight(p.right(), y, "Page "+num(p.page)+" of "+num(p.known.pages), smallBold)
	p.put(p.left(), y+10, "Content digest "+r.digestShort()+" identifies the data set; it does not protect this document: verify the package.", smallStyle)
}

// fit cuts a line that is too long for its place, with a visible sign. What is
// cut stands in full on the cover or in the section's own heading.
func (r *report) fit(text safe, st style, width float64) safe {
	if r.p.faces.width(text, st) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && r.p.faces.width(safe(runes)+"…", st) > width {
		runes = runes[:len(runes)-1]
	}
	return safe(runes) + "…"
}

func (r *report) digestShort() safe {
	d := r.o.ContentDigest
	if d == "" {
		return "(not stated)"
	}
	if len(d) > 16 {
		return r.p.faces.clean(d[:16]) + "…"
	}
	return r.p.faces.clean(d)
}

func (r *report) stage() safe {
	switch r.d.Stage {
	case "draft":
		return "DRAFT"
	case "interim":
		return "INTERIM"
	case "final":
		return "FINAL"
	case "":
		return "STAGE NOT STATED"
	}
	return r.name(r.d.Stage)
}
