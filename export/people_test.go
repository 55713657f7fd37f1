package export_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
)

func TestADocumentCoversWhatItsDaysSay(t *testing.T) {
	t.Parallel()
	e := exporttest.Dossier().Engagement // 2026-01-01 to 2026-06-30
	for name, c := range map[string]struct {
		file  statement.File
		want  export.Coverage
		words string
	}{
		"no day":                    {statement.File{}, export.CoverNotStated, "not stated"},
		"from before, still":        {statement.File{From: "2025-06-01"}, export.CoversWhole, "whole period"},
		"from the first day":        {statement.File{From: "2026-01-01", To: "2026-06-30"}, export.CoversWhole, "whole period"},
		"from the second day":       {statement.File{From: "2026-01-02"}, export.CoversPart, "2026-01-02 to 2026-06-30"},
		"to the last day but one":   {statement.File{From: "2025-01-01", To: "2026-06-29"}, export.CoversPart, "2026-01-01 to 2026-06-29"},
		"inside":                    {statement.File{From: "2026-02-01", To: "2026-03-01"}, export.CoversPart, "2026-02-01 to 2026-03-01"},
		"ended before":              {statement.File{From: "2025-01-01", To: "2025-12-31"}, export.CoversNone, "ended on 2025-12-31"},
		"ended before, no first":    {statement.File{To: "2025-12-31"}, export.CoversNone, "ended"},
		"begins after":              {statement.File{From: "2026-07-01"}, export.CoversNone, "begins on 2026-07-01"},
		"expired inside":            {statement.File{From: "2025-01-01", Expires: "2026-06-29"}, export.CoverExpired, "expired on 2026-06-29"},
		"expires on the last day":   {statement.File{From: "2025-01-01", Expires: "2026-06-30"}, export.CoversWhole, "whole"},
		"expired long ago":          {statement.File{From: "2024-01-01", Expires: "2025-01-01"}, export.CoverExpired, "expired"},
		"only an end in the period": {statement.File{To: "2026-05-01"}, export.CoverNotStated, "no day is given"},
		"approved in month five":    {statement.File{From: "2026-01-01", ApprovedOn: "2026-05-04"}, export.CoversPart, "2026-05-04 to 2026-06-30"},
		"approved, no first day":    {statement.File{ApprovedOn: "2025-05-04"}, export.CoversWhole, "whole"},
		"approved after the period": {statement.File{From: "2026-01-01", ApprovedOn: "2026-07-04"}, export.CoversNone, "begins on 2026-07-04"},
		"superseded, then expired":  {statement.File{From: "2025-01-01", To: "2026-03-01", Expires: "2026-04-01"}, export.CoversPart, "to 2026-03-01"},
	} {
		if got, words := export.CoverageOf(&c.file, e); got != c.want || !strings.Contains(words, c.words) {
			t.Errorf("%s: %s, %q", name, got, words)
		}
	}
}

func TestADocumentIsInForceOnTheDayOfTypeOneOrNot(t *testing.T) {
	t.Parallel()
	e := exporttest.Dossier().Engagement
	e.Type, e.From = 1, e.To // 2026-06-30
	for from, want := range map[string]export.Coverage{"2026-06-30": export.CoversWhole, "2025-01-01": export.CoversWhole, "2026-07-01": export.CoversNone, "": export.CoverNotStated} {
		if got, words := export.CoverageOf(&statement.File{From: from}, e); got != want {
			t.Errorf("from %q: %s, %q", from, got, words)
		}
	}
}

func TestAPointIsProvidedByADocumentThatCountsAndByNothingElse(t *testing.T) {
	t.Parallel()
	base := exporttest.Dossier()
	status := func(provide func(p *exporttest.People)) export.ManualLine {
		p := exporttest.NewPeople(0)
		provide(p)
		d := *base
		d.TakeStatements(p.Book)
		return d.Manual[0]
	}
	add := func(f statement.File, concerns ...string) func(p *exporttest.People) {
		return func(p *exporttest.People) {
			s := exporttest.NewPeople(0).Provide().Statement
			f.Name, f.Type, f.Bytes, f.SHA256, f.Title, f.DateSource = s.File.Name, s.File.Type, s.File.Bytes, s.File.SHA256, s.File.Title, "typed"
			s.File, s.Concerns = &f, concerns
			p.Say("ann.keller", s)
		}
	}
	if m := status(func(*exporttest.People) {}); m.Status != "open" || m.Documents != nil {
		t.Errorf("with nothing: %+v", m)
	}
	if m := status(add(statement.File{From: "2026-01-01"}, "AI-CHG-02.M1")); m.Status != export.ProvidedStatus || len(m.Documents) != 1 {
		t.Errorf("with a document: %+v", m)
	}
	if m := status(add(statement.File{From: "2026-01-01"}, "AI-CHG-02")); m.Status != "open" {
		t.Errorf("with a document for the control as a whole: %+v", m)
	}
	if m := status(add(statement.File{From: "2024-01-01", Expires: "2025-01-01"}, "AI-CHG-02.M1")); m.Status != "open" || !strings.Contains(m.Note, "DOC-0001 expired") {
		t.Errorf("with an expired document: %+v", m)
	}
	if m := status(func(p *exporttest.People) {
		p.Say("ann.keller", statement.Statement{Kind: statement.Attestation, Subject: "ATT-0001", Concerns: []string{"AI-CHG-02"}, Text: "It is so."})
	}); m.Status != export.StatementStatus || len(m.Attestations) != 1 {
		t.Errorf("with a statement: %+v", m)
	}
}

func TestWhatWasSaidOfAnotherItemIsNotSaidOfThisOne(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	if x := d.Deviations[1]; x.Determination != "rebutted" || x.Reasons == "" || x.DeterminedBy != "ann.keller" || len(x.Documents) != 1 {
		t.Errorf("the rebutted deviation: %+v", x)
	}
	if x := d.Deviations[0]; x.Determination != "open" || x.Response == "" || len(x.Deficiencies) != 1 {
		t.Errorf("the other: %+v", x)
	}
	p := exporttest.NewPeople(0)
	p.Say("ann.keller", statement.Statement{
		Kind: statement.Determination, Decision: statement.Confirmed, Subject: "DEV-0002", Text: "It is one.", Deviation: &statement.Item{Test: "AI-CHG-02.T1", Component: "loan-limit", Item: "CHG-9999"},
	})
	if d.TakeStatements(p.Book); d.Deviations[1].Determination != "open" || d.Deviations[1].Reasons != "" {
		t.Errorf("taken for this one: %+v", d.Deviations[1])
	}
}

func TestTheSameStatementsGiveTheSameDossier(t *testing.T) {
	t.Parallel()
	p := exporttest.NewPeople(3)
	p.Provide()
	d := exporttest.Dossier()
	d.TakeStatements(p.Book)
	again := *d
	again.TakeStatements(p.Book)
	again.Items, d.Items = nil, nil
	if !reflect.DeepEqual(d, &again) || len(d.Statements) != 1 || d.Statements[0].LedgerIndex != 3 {
		t.Errorf("%+v", again.Statements)
	}
}
