package app

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/statement"
)

// peopleSource is the id under which the weaknesses that people took down in
// this workspace are kept as records, beside those of lists of the entity's.
const peopleSource = "tieout/people"

const weaknessKind evidence.Kind = "deficiency"

var peopleSpec = source.Spec{
	Name: "people", Summary: "deficiencies that people stated and signed in this workspace", Emits: []evidence.Kind{weaknessKind},
}

// weakness is a deficiency with the statements that it comes from.
type weakness struct {
	ID       string            `json:"deficiency_id"`
	Control  string            `json:"control_id"`
	Severity string            `json:"severity"`
	Owner    string            `json:"owner_id"`
	Found    evidence.Instant  `json:"found_at"`
	Due      evidence.Instant  `json:"due_at"`
	Closed   *evidence.Instant `json:"closed_at,omitempty"`
	Verified string            `json:"verified_by,omitempty"`
	Notes    []evidence.Digest `json:"statements_sha256"` // the signed notes, in their order
}

// weaknesses shows the deficiencies that people stated as records. Where nobody
// ever stated one, nothing is shown: that a workspace has none does not say
// that the entity knows of none.
func (a *App) weaknesses(ctx context.Context) error {
	list, err := a.stated(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	o := &ownSource{about: "deficiencies that people stated", body: list, provides: peopleSpec.Emits}
	o.put = func(raw evidence.Digest, out source.Sink) error {
		for i, w := range list {
			columns := map[string]any{
				"deficiency_id": w.ID, "control_id": w.Control, "severity": w.Severity, "owner_id": w.Owner, "found_at": w.Found, "due_at": w.Due,
			}
			if w.Closed != nil {
				columns["closed_at"] = *w.Closed
			}
			if w.Verified != "" {
				columns["verified_by"] = w.Verified
			}
			if err := putRecord(out, weaknessKind, raw, int64(i+1), columns); err != nil {
				return err
			}
		}
		return nil
	}
	_, err = a.pullOwn(ctx, peopleSource, peopleSpec, o)
	return err
}

// stated reads the deficiencies out of what people signed.
func (a *App) stated(ctx context.Context) ([]weakness, error) {
	book, err := a.Book(ctx)
	if err != nil {
		return nil, err
	}
	var out []weakness
	for _, d := range book.Deficiencies() {
		w, err := weaknessOf(d, a.WS.Zone)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func weaknessOf(d statement.DeficiencyState, zone *time.Location) (weakness, error) {
	o := d.Opened
	day, err := time.ParseInLocation(time.DateOnly, o.Weakness.Due, zone)
	if err != nil {
		return weakness{}, fmt.Errorf("read when %s is due: %w", o.Subject, err)
	}
	control, _, _ := strings.Cut(o.Concerns[0], ".") // of a manual point
	w := weakness{
		ID: o.Subject, Control: control, Severity: o.Weakness.Severity, Owner: o.Weakness.Owner, Found: o.At,
		Due:   evidence.InstantOf(time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)), // the whole day counts
		Notes: []evidence.Digest{o.SHA256},
	}
	if d.Closed != nil {
		w.Closed, w.Notes = &d.Closed.At, append(w.Notes, d.Closed.SHA256)
	}
	if d.Verified != nil {
		w.Verified, w.Notes = d.Verified.By, append(w.Notes, d.Verified.SHA256)
	}
	return w, nil
}

// Twice is a row of a list of the entity's that is one of the deficiencies
// that people stated here: it is left out of a freeze, since it would count
// twice, and what was signed counts.
type Twice struct {
	Source string `json:"source"`
	ID     string `json:"deficiency_id"`
}

// countOnce leaves out of the records of an entity's own lists the deficiencies
// that people stated here, by id and control.
func (a *App) countOnce(ctx context.Context, all func(evidence.Kind) iter.Seq2[*evidence.Record, error], run *Run) (func(evidence.Kind) iter.Seq2[*evidence.Record, error], error) {
	list, err := a.stated(ctx)
	if err != nil || len(list) == 0 {
		return all, err
	}
	ours := map[[2]string]bool{}
	for _, w := range list {
		ours[[2]string{w.ID, w.Control}] = true
	}
	theirs := func(r *evidence.Record) bool {
		return r.Source != peopleSource && ours[[2]string{r.Text("deficiency_id"), r.Text("control_id")}]
	}
	last := ""
	for r, err := range all(weaknessKind) {
		if err != nil {
			return nil, fmt.Errorf("look for deficiencies that are listed twice: %w", err)
		}
		if theirs(r) && r.ID != last {
			run.Twice = append(run.Twice, Twice{r.Source, r.Text("deficiency_id")})
			last = r.ID
		}
	}
	return func(k evidence.Kind) iter.Seq2[*evidence.Record, error] {
		if k != weaknessKind {
			return all(k)
		}
		return keepRecords(all(k), func(r *evidence.Record) bool { return !theirs(r) })
	}, nil
}
