package cli

import (
	"context"
	"strings"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/export"
)

type requestsDoc struct {
	Schema   string       `json:"schema"`
	Run      string       `json:"run"`
	Requests []requestDoc `json:"requests"`
}

type requestDoc struct {
	No        int64    `json:"no"`
	Request   string   `json:"request"`
	Form      string   `json:"form"`
	Criteria  []string `json:"criteria"`
	Controls  []string `json:"controls"`
	Status    string   `json:"status"`
	Provided  []string `json:"provided"`
	Missing   []string `json:"missing"`
	Documents []string `json:"documents"`
	Evidence  []string `json:"evidence"`
}

// requests prints the list of requests with what the run answers.
func (e *env) requests(ctx context.Context, a *app.App, run *app.Run, asJSON bool) error {
	d, err := a.Dossier(ctx, run, "draft")
	if err != nil {
		return err
	}
	list, err := export.AnswerRequests(d)
	if err != nil {
		return err
	}
	if asJSON {
		doc := requestsDoc{Schema: "tieout/requests/v1", Run: run.ID, Requests: []requestDoc{}}
		some := func(list []string) []string { return append([]string{}, list...) }
		for _, x := range list {
			doc.Requests = append(doc.Requests, requestDoc{
				x.No, x.Ask, x.Form, some(x.Criteria), some(x.Controls), string(x.Status), some(x.Provided), some(x.Missing), some(x.Documents), some(x.Evidence),
			})
		}
		return e.json(doc)
	}
	e.line("%s, %s: what auditors usually ask for; provided means that it is there, not what it shows", a.WS.File.Entity.Name, a.WS.File.Entity.System)
	counts := map[export.RequestStatus]int{}
	for _, x := range list {
		counts[x.Status]++
		e.line("\n%2d  %s", x.No, x.Ask)
		e.line("    %s", x.Status)
		for _, p := range x.Provided {
			e.line("    + %s", plain(p))
		}
		for i, m := range x.Missing {
			if i == 8 {
				e.line("    … and %d more: tieout status --requests --json", len(x.Missing)-i)
				break
			}
			e.line("    - %s", plain(m))
		}
		switch n := len(x.Evidence); {
		case n > 6:
			e.line("    evidence: %s and %d more", strings.Join(x.Evidence[:6], ", "), n-6)
		case n > 0:
			e.line("    evidence: %s", strings.Join(x.Evidence, ", "))
		}
	}
	e.line("")
	for _, s := range []export.RequestStatus{export.RequestProvided, export.RequestPart, export.RequestWaits, export.RequestOpen, export.RequestNot} {
		if counts[s] > 0 {
			e.line("%2d %s", counts[s], s)
		}
	}
	return nil
}
