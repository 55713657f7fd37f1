package export_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
)

// Every name in the list is one that the catalogue and the kinds know.
func TestRequestsNameWhatThereIs(t *testing.T) {
	list, err := export.Requests()
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	controls, tests, points := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, x := range c.Controls {
		controls[x.ID] = true
		for _, y := range x.Tests {
			tests[y.ID] = true
		}
		for _, y := range x.Manual {
			points[y.ID] = true
		}
	}
	if len(list) != 30 {
		t.Errorf("%d requests, want 30", len(list))
	}
	for i, q := range list {
		if q.No != int64(i+1) || q.Ask == "" || q.Bounces == "" || len(q.Kinds)+len(q.Points) == 0 {
			t.Errorf("request %d: %+v", i+1, q)
		}
		if !slices.Contains([]string{"listing", "population", "sample", "document", "configuration"}, q.Form) || (q.Form == "sample") != (len(q.Tests) > 0) {
			t.Errorf("request %d: form %q", q.No, q.Form)
		}
		for _, k := range q.Kinds {
			if !slices.ContainsFunc(kinds.All(), func(s *evidence.Schema) bool { return string(s.Kind) == k }) {
				t.Errorf("request %d: no kind %s", q.No, k)
			}
		}
		for _, known := range []struct {
			names []string
			in    map[string]bool
		}{{q.Controls, controls}, {q.Tests, tests}, {q.Points, points}} {
			for _, n := range known.names {
				if !known.in[n] {
					t.Errorf("request %d: no %s in the catalogue", q.No, n)
				}
			}
		}
	}
}

func TestRequestsAreAnswered(t *testing.T) {
	d := exporttest.Dossier()
	list, err := export.AnswerRequests(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if (len(a.Missing) == 0) != (a.Status == export.RequestProvided) {
			t.Errorf("request %d is %q, missing %q", a.No, a.Status, a.Missing)
		}
	}
	want := func(no int, s export.RequestStatus, words string) {
		t.Helper()
		a := list[no-1]
		if a.Status != s || words != "" && !strings.Contains(strings.Join(slices.Concat(a.Provided, a.Missing), "\n"), words) {
			t.Errorf("request %d: %q, provided %q, missing %q; want %q with %q", no, a.Status, a.Provided, a.Missing, s, words)
		}
	}
	want(5, export.RequestPart, "no source gives threshold")
	want(23, export.RequestPart, "POP-002 has a gap: permission: 403 Forbidden")
	want(28, export.RequestNot, "privacy is not examined")
	want(30, export.RequestOpen, "no source gives deficiency")
	// A recorded pull without rows is an answer.
	d.Populations = append(d.Populations, export.Population{ID: "POP-009", Kind: "deficiency", Title: "Deficiencies", Zero: "The pull was made and returned none.", AfterPeriodEnd: true})
	if list, err = export.AnswerRequests(d); err != nil {
		t.Fatal(err)
	}
	want(30, export.RequestProvided, "returned none")
	d.Populations[len(d.Populations)-1].AfterPeriodEnd = false
	if list, err = export.AnswerRequests(d); err != nil {
		t.Fatal(err)
	}
	want(30, export.RequestPart, "before the period had ended")
}
