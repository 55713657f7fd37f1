package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// renumbered keeps the lines of items that stay and numbers them anew.
func renumbered(t testing.TB, lines []byte, stays func(controls.Item) bool) []byte {
	t.Helper()
	var out []byte
	no := map[string]int64{}
	for it, err := range itemsOf(opened(lines))() {
		if err != nil {
			t.Fatal(err)
		}
		if !stays(it) {
			continue
		}
		no[it.Test]++
		it.No = no[it.Test]
		if out, err = appendItem(out, it); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// excuse takes results, items and deviations of each deviating pair out, so
// that an excuse may stand in their place.
func excuse(t testing.TB, p parcel, with func(*export.Dossier, string, string)) {
	d := p.dossier(t)
	gone := map[[2]string]bool{}
	for _, r := range d.Results {
		if r.State == controls.Deviation && !gone[[2]string{r.Control, r.Component}] {
			gone[[2]string{r.Control, r.Component}] = true
			with(d, r.Control, r.Component)
		}
	}
	if len(gone) == 0 {
		t.Fatal("nothing deviates")
	}
	d.Results = slices.DeleteFunc(d.Results, func(r controls.Result) bool { return gone[[2]string{r.Control, r.Component}] })
	d.Deviations = []export.DeviationLine{}
	for i := range d.Criteria {
		d.Criteria[i].Counts = export.StateCounts{}
		for _, r := range d.Results {
			if slices.Contains(d.Criteria[i].Primary, r.Control) {
				d.Criteria[i].Counts.Add(r.State)
			}
		}
	}
	p[ItemsPath] = renumbered(t, p[ItemsPath], func(it controls.Item) bool {
		return !gone[[2]string{strings.Split(it.Test, ".")[0], it.Component}]
	})
	p.setDossier(d)
}

// exchange lets another item deviate in the place of one that does.
func exchange(t testing.TB, p parcel) {
	d := p.dossier(t)
	var x *export.DeviationLine
	clean := ""
	for it, err := range itemsOf(opened(p[ItemsPath]))() {
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(d.Deviations, func(x export.DeviationLine) bool { return x.Test == it.Test && x.Component == it.Component })
		if clean == "" && i >= 0 && it.State == controls.Pass {
			clean, x = it.Key, &d.Deviations[i]
		}
	}
	if clean == "" {
		t.Fatal("no item passes beside one that deviates")
	}
	lines := bytes.SplitAfter(p[ItemsPath], []byte("\n"))
	for i, l := range lines {
		for _, swap := range [][2]string{{x.Item, clean}, {clean, x.Item}} {
			if key := fmt.Sprintf(`"item":%q,`, swap[0]); bytes.Contains(l, []byte(`"test":"`+x.Test+`"`)) && bytes.Contains(l, []byte(key)) {
				lines[i] = bytes.Replace(l, []byte(key), []byte(fmt.Sprintf(`"item":%q,`, swap[1])), 1)
				break
			}
		}
	}
	p[ItemsPath] = bytes.Join(lines, nil)
	x.Item = clean
	p.setDossier(d)
}

// TestTheKeyHolderCannotExcuseADeviation changes dossier, items and everything
// that follows from them, so that only running the tests again shows it.
func TestTheKeyHolderCannotExcuseADeviation(t *testing.T) {
	t.Parallel()
	whole := unpacked(t, written(t, theWorld().input(t)))
	edit := func(change func(*export.Dossier)) func(testing.TB, parcel) {
		return func(t testing.TB, p parcel) {
			d := p.dossier(t)
			change(d)
			p.setDossier(d)
		}
	}
	for name, c := range map[string]struct {
		change func(testing.TB, parcel)
		code   Code
		says   []string // of one note
	}{
		"said not to apply": {func(t testing.TB, p parcel) {
			excuse(t, p, func(d *export.Dossier, control, component string) {
				d.NotApplicable = append(d.NotApplicable, export.NotApplicable{Control: control, Component: component, Reason: "the control does not apply to it"})
			})
		}, CountMismatch, []string{"AI-CHG-01", "loan-limit", "said not to apply"}},
		"said not to apply, by the result": {func(t testing.TB, p parcel) {
			excuse(t, p, func(d *export.Dossier, control, component string) {
				d.NotApplicable = append(d.NotApplicable, export.NotApplicable{Control: control, Component: component, Reason: "the control does not apply to it"})
			})
		}, CountMismatch, []string{"AI-CHG-01", "concerns loan-limit", "there is no result", "items"}},
		"said not to be examined": {func(t testing.TB, p parcel) {
			excuse(t, p, func(d *export.Dossier, control, _ string) {
				d.Dispositions = append(d.Dispositions, export.Disposition{Disposition: export.NotExamined, Control: control, Reason: "not asked for"})
			})
		}, CountMismatch, []string{"not_examined AI-CHG-01", "nothing says why"}},
		"relied on somebody": {func(t testing.TB, p parcel) {
			excuse(t, p, func(d *export.Dossier, control, component string) {
				d.Dispositions = append(d.Dispositions, export.Disposition{Disposition: export.ReliesOnSubservice, Control: control, Component: component, Reason: "somebody"})
			})
		}, CountMismatch, []string{"relies_on_subservice AI-CHG-01", "nothing says why"}},
		"relied on somebody who shows nothing beside": {func(t testing.TB, p parcel) {
			excuse(t, p, func(d *export.Dossier, control, component string) {
				d.Dispositions = append(d.Dispositions, export.Disposition{Disposition: export.ReliesOnSubservice, Control: control, Component: component, Reason: "somebody"})
				d.ReliesOn = append(d.ReliesOn, export.ReliesOnLine{ReliesOn: controls.ReliesOn{Control: control, Component: component, Organisation: "Example Hosting", Method: "carve_out"}})
			})
		}, CountMismatch, []string{"AI-CHG-01", "loan-limit", "would deviate"}},
		"component of another kind": {edit(func(d *export.Dossier) { d.Components[0].Kind = "hybrid" }), CountMismatch, []string{"table component"}},
		"component left out":        {edit(func(d *export.Dossier) { d.Components = d.Components[1:] }), CountMismatch, []string{"table component has"}},
		"another period":            {edit(func(d *export.Dossier) { d.Engagement.Window.From++ }), CountMismatch, []string{"table period"}},
		"another item deviates":     {exchange, DeviationLost, []string{`gives item "d`, "AI-CHG-01", "loan-limit"}},
		"facts of the register":     {edit(func(d *export.Dossier) { d.Deviations[0].Facts = "A rounding of the clock." }), CountMismatch, []string{"DEV-0001", "facts"}},
		"letters of the register":   {edit(func(d *export.Dossier) { d.Deviations[0].Letters = map[string]string{"A": "true"} }), CountMismatch, []string{"DEV-0001", "letters"}},
		"time of the register":      {edit(func(d *export.Dossier) { d.Deviations[0].At = "2026-01-01T00:00:00.000000Z" }), CountMismatch, []string{"DEV-0001", "time"}},
		"facts of an item": {func(_ testing.TB, p parcel) {
			p[ItemsPath] = bytes.Replace(p[ItemsPath], []byte(`"model_version":"latest"`), []byte(`"model_version":"2026.1"`), 1)
		}, CountMismatch, []string{"d2", "is not what running the test"}},
		"reason of an item": {func(_ testing.TB, p parcel) {
			p[ItemsPath] = bytes.Replace(p[ItemsPath], []byte(`"reason":"`), []byte(`"reason":"Nearly. `), 1)
		}, CountMismatch, []string{"is not what running the test"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := parcel{}
			for k, b := range whole {
				p[k] = slices.Clone(b)
			}
			c.change(t, p)
			if bytes.Equal(p[ItemsPath], whole[ItemsPath]) && bytes.Equal(p[DossierPath], whole[DossierPath]) {
				t.Fatal("nothing was changed")
			}
			p.seal(t, manifestSigner(t, 7), nil)
			r := verified(t, saved(t, p.zip(t)), options(t))
			if r.Verdict != Invalid || r.Rebuild["tests"] == Equal {
				t.Errorf("verdict %s, tests %s", r.Verdict, r.Rebuild["tests"])
			}
			if !slices.ContainsFunc(r.Problems, func(p Problem) bool {
				return p.Code == c.code && !slices.ContainsFunc(c.says, func(s string) bool { return !strings.Contains(p.Note, s) })
			}) {
				b, _ := json.MarshalIndent(r.Problems, "", " ")
				t.Errorf("want %s with %q, got %s", c.code, c.says, b)
			}
		})
	}
}
