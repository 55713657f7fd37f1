package export

import (
	_ "embed" // the list is part of the binary
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tieout/tieout/evidence/strictyaml"
)

//go:embed requests.yaml
var requestFile []byte

// Request is something that auditors ask for about AI components, and what of
// a package answers it.
type Request struct {
	No       int64        `yaml:"no"`
	Ask      string       `yaml:"ask"`
	Form     string       `yaml:"form"` // listing, population, sample, document, configuration
	Kinds    []string     `yaml:"kinds"`
	Tests    []string     `yaml:"tests"` // of which the auditor draws a sample
	Controls []string     `yaml:"controls"`
	Points   []string     `yaml:"points"` // manual points for which documents are given
	Logs     bool         `yaml:"logs"`   // integrity of logs is asked for
	When     requestScope `yaml:"when"`
	Bounces  string       `yaml:"bounces"` // why auditors send it back most often
}

type requestScope struct {
	Category   string `yaml:"category"`
	Deployment string `yaml:"deployment"`
}

// Requests returns the list of requests, by number.
var Requests = sync.OnceValues(func() ([]Request, error) {
	var out []Request
	if err := strictyaml.Load("requests.yaml", requestFile, &out); err != nil {
		return nil, fmt.Errorf("read the list of requests: %w", err)
	}
	return out, nil
})

// RequestStatus says how far a package answers a request.
type RequestStatus string

// The values. Provided says that what was asked for is there, not what it
// shows.
const (
	RequestProvided RequestStatus = "provided"
	RequestPart     RequestStatus = "provided in part"
	RequestWaits    RequestStatus = "waits for the auditor's selection"
	RequestOpen     RequestStatus = "not provided"
	RequestNot      RequestStatus = "does not apply"
)

// RequestAnswer is a request with what a dossier answers.
type RequestAnswer struct {
	Request
	Criteria  []string // primary ones of its controls
	Status    RequestStatus
	Provided  []string // populations, documents and logs, each in one line
	Documents []string // ids
	Evidence  []string // ids
	Missing   []string // each in one line; none if and only if it is provided
}

// AnswerRequests says of each request what the dossier holds for it and what it
// does not.
func AnswerRequests(d *Dossier) ([]RequestAnswer, error) {
	list, err := Requests()
	if err != nil {
		return nil, err
	}
	out := make([]RequestAnswer, len(list))
	for i, q := range list {
		out[i] = d.answer(q)
	}
	return out, nil
}

func (d *Dossier) answer(q Request) RequestAnswer {
	a := RequestAnswer{Request: q}
	for _, c := range d.Controls {
		if !slices.Contains(q.Controls, c.ID) {
			continue
		}
		for _, id := range c.Primary {
			if !slices.Contains(a.Criteria, id) {
				a.Criteria = append(a.Criteria, id)
			}
		}
	}
	slices.Sort(a.Criteria)
	if why := d.outside(q.When); why != "" {
		a.Status, a.Missing = RequestNot, []string{why}
		return a
	}
	for _, k := range q.Kinds {
		a.population(d, k)
	}
	if q.Logs {
		a.logs(d)
	}
	for _, id := range q.Points {
		a.point(d, id)
	}
	slices.Sort(a.Evidence)
	whole := len(a.Missing) == 0
	if len(q.Tests) > 0 {
		a.samples(d)
	}
	switch {
	case len(a.Provided) == 0:
		a.Status = RequestOpen
	case len(a.Missing) == 0:
		a.Status = RequestProvided
	case whole:
		a.Status = RequestWaits
	default:
		a.Status = RequestPart
	}
	return a
}

// outside says why a request does not apply.
func (d *Dossier) outside(when requestScope) string {
	if c := when.Category; c != "" && !slices.Contains(d.Engagement.Categories, c) {
		return "the category " + plain(c) + " is not examined"
	}
	if w := when.Deployment; w != "" {
		for _, c := range d.Components {
			if c.Deployment == w {
				return ""
			}
		}
		return "no component in scope is deployed as " + plain(w)
	}
	return ""
}

func (a *RequestAnswer) population(d *Dossier, kind string) {
	i := slices.IndexFunc(d.Populations, func(p Population) bool { return p.Kind == kind })
	if i < 0 {
		a.Missing = append(a.Missing, "no source gives "+plain(kind))
		return
	}
	p := d.Populations[i]
	line := p.ID + " " + p.Title + ": " + itemCount(p.Distinct)
	if p.Zero != "" {
		line += "; " + p.Zero
	}
	a.Provided = append(a.Provided, line)
	for _, e := range d.Evidence {
		if slices.Contains(e.Kinds, kind) && !slices.Contains(a.Evidence, e.ID) {
			a.Evidence = append(a.Evidence, e.ID)
		}
	}
	for _, g := range p.Gaps {
		a.Missing = append(a.Missing, p.ID+" has a gap: "+g)
	}
	switch {
	case p.Interim != "":
		a.Missing = append(a.Missing, p.ID+" is not of the whole period: "+p.Interim)
	case a.Form == "population" && !p.AfterPeriodEnd:
		a.Missing = append(a.Missing, p.ID+" was pulled before the period had ended")
	}
	if p.Rejected > 0 {
		a.Missing = append(a.Missing, fmt.Sprintf("%s: %s could not be read", p.ID, itemCount(p.Rejected)))
	}
}

func (a *RequestAnswer) logs(d *Dossier) {
	if len(d.Logs) == 0 {
		a.Missing = append(a.Missing, "no log was verified")
	}
	for _, l := range d.Logs {
		a.Provided = append(a.Provided, "log of "+l.Source+": "+plain(l.Verdict))
		if l.Verdict != "verified" {
			a.Missing = append(a.Missing, "the log of "+l.Source+" is "+plain(l.Verdict))
		}
	}
}

// point looks for documents given for a manual point. A statement alone is no
// document.
func (a *RequestAnswer) point(d *Dossier, id string) {
	words, given := id, false
	for _, c := range d.Controls {
		for _, m := range c.Manual {
			if m.ID == id {
				words += " " + m.Words
			}
		}
	}
	for _, m := range d.Manual {
		if m.ID != id {
			continue
		}
		a.Documents = append(a.Documents, m.Documents...)
		switch {
		case m.Status == ProvidedStatus:
			given = true
			line := "document for " + id
			if len(m.Documents) > 0 {
				line += ": " + strings.Join(m.Documents, ", ")
			}
			a.Provided = append(a.Provided, line)
			for _, x := range d.Documents {
				if slices.Contains(m.Documents, x.ID) && x.Coverage != CoversWhole {
					a.Missing = append(a.Missing, x.ID+": "+x.CoverWords)
				}
			}
		case len(m.Documents) > 0:
			words += " (" + m.Note + ")"
		case len(m.Attestations) > 0:
			words += " (only the statement " + strings.Join(m.Attestations, ", ") + ")"
		}
	}
	if !given {
		a.Missing = append(a.Missing, "no document for "+words)
	}
}

// samples looks for one that the auditor drew.
func (a *RequestAnswer) samples(d *Dossier) {
	for _, t := range a.Tests {
		i := slices.IndexFunc(d.Samples, func(s Sample) bool { return s.Plan.Test == t && len(s.Draws) > 0 })
		if i >= 0 {
			a.Provided = append(a.Provided, fmt.Sprintf("sample %s of %s: %s", d.Samples[i].ID, t, itemCount(d.Samples[i].Drawn())))
			continue
		}
		a.Missing = append(a.Missing, "no sample of "+t+" was drawn: tieout sample plan "+t)
	}
}

// requestSheet answers the usual list of requests.
func requestSheet(d *Dossier) Sheet {
	answers, err := AnswerRequests(d)
	s := Sheet{
		Name: "Request List", File: "requests",
		Words: "What auditors usually ask for about AI components, and what of it this package holds. Provided means that it is there, not what it shows.",
		Columns: []SheetColumn{
			countColumn("Request No", "request_no"), textColumn("Request", "request", 50), textColumn("Form", "form", 13), textColumn("Criterion IDs", "criteria", 14), textColumn("Control IDs", "controls", 14),
			textColumn("Status", "status", 20), textColumn("Provided", "provided", 48), textColumn("Still Missing", "missing", 48), textColumn("Document IDs", "document_ids", 14), textColumn("Evidence IDs", "evidence_ids", 24),
			textColumn("What Usually Sends It Back", "bounces", 36), auditColumn("Auditor Comment", "auditor_comment", 28),
		},
		Rows: rowsOf(answers, func(a RequestAnswer) []any {
			return []any{a.No, text(a.Ask), text(a.Form), list(a.Criteria), list(a.Controls), text(string(a.Status)), lines(a.Provided), lines(a.Missing), list(a.Documents), list(a.Evidence), text(a.Bounces), nil}
		}),
	}
	if err != nil {
		s.Rows = failing(err)
	}
	return s
}
