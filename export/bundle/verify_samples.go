package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/controls/sample"
	"github.com/tieout/tieout/export"
)

// samples draws every sample again from the items of the package, and checks
// that the plans are those that were committed to.
func (v *verifier) samples() error {
	nonces := map[string]string{}
	for i := range v.d.Samples {
		s := &v.d.Samples[i]
		if want := fmt.Sprintf("SP-%04d", i+1); s.ID != want {
			v.bad(SampleMismatch, DossierPath, "sample %.20q stands where %s belongs: plans are numbered without a gap, and none is left out", s.ID, want)
		}
		if err := checkSample(s, nonces); err != nil {
			v.bad(SampleMismatch, DossierPath, "sample %s: %v", s.ID, err)
			continue
		}
		if err := v.drawAgain(s); err != nil {
			return err
		}
	}
	return nil
}

// checkSample reports what of a sample does not agree with itself.
func checkSample(s *export.Sample, nonces map[string]string) error {
	c, err := s.Plan.Commitment()
	if err != nil {
		return err
	}
	if c.String() != s.Commitment {
		return fmt.Errorf("its plan has the commitment %s, and it states %s", c, s.Commitment)
	}
	if err := s.Plan.Check(); err != nil {
		return err
	}
	if s.Plan.Evidence.Size > s.LedgerIndex {
		return fmt.Errorf("its plan knows %d entries of the ledger and is itself entry %d", s.Plan.Evidence.Size, s.LedgerIndex)
	}
	last := s.LedgerIndex
	for i, d := range s.Draws {
		if _, err := sample.ParseNonce(d.Nonce); err != nil {
			return err
		}
		switch {
		case d.Nonce != s.Draws[0].Nonce:
			return errors.New("it was drawn with two nonces")
		case d.LedgerIndex <= last:
			return errors.New("a draw stands in the ledger before what it follows")
		case i == 0 && d.Size != s.Plan.Size:
			return fmt.Errorf("its first draw is of %d, and the plan of %d", d.Size, s.Plan.Size)
		}
		last = d.LedgerIndex
	}
	if len(s.Draws) == 0 {
		if len(s.Picks) > 0 {
			return errors.New("it names items and was never drawn")
		}
		return nil
	}
	if other, used := nonces[s.Draws[0].Nonce]; used {
		return fmt.Errorf("it was drawn with the nonce of sample %s", other)
	}
	nonces[s.Draws[0].Nonce] = s.ID
	_, err = s.Plan.Sizes(s.Grown())
	return err
}

func (v *verifier) drawAgain(s *export.Sample) error {
	again := s.Plan
	err := again.Make(SampleRows(v.d.Items(), s.Plan.Test))
	if v.ctx.Err() != nil || errors.Is(err, errChanged) {
		return err
	}
	same := err == nil && again.Root == s.Plan.Root && again.Population == s.Plan.Population
	if same != s.Same {
		v.bad(SampleMismatch, DossierPath, "sample %s: whether its items are those of this package is %v, and it states %v", s.ID, same, s.Same)
		return nil
	}
	if !same {
		if s.Plan.Run == v.d.Run.ID {
			v.bad(SampleMismatch, ItemsPath, "sample %s was planned from the items of this run, and they are not those of the plan (%v)", s.ID, err)
		} else if len(s.Draws) > 0 {
			v.notChecked("sample %s by drawing it again: its items are those of run %s, which this package does not hold", s.ID, s.Plan.Run)
		}
		return nil
	}
	if !slices.Equal(again.Strata, s.Plan.Strata) {
		v.bad(SampleMismatch, DossierPath, "sample %s: its strata are not those that the items give", s.ID)
		return nil
	}
	if len(s.Draws) == 0 {
		return nil
	}
	nonce, err := sample.ParseNonce(s.Draws[0].Nonce)
	if err != nil {
		return err
	}
	picks, err := s.Plan.Draw(nonce, s.Grown(), SampleRows(v.d.Items(), s.Plan.Test))
	if err != nil {
		return fmt.Errorf("draw sample %s again: %w", s.ID, err)
	}
	if !slices.Equal(picks, s.Picks) {
		v.bad(SampleMismatch, DossierPath, "sample %s: drawn again it has other items than the %d listed", s.ID, len(s.Picks))
	}
	return nil
}

// samples checks that plans and draws stand in the ledger where the dossier
// says, with what was committed to.
func (c *ledgerCheck) samples(entries map[int64][]byte) {
	for _, s := range c.d.Samples {
		want := map[int64]string{s.LedgerIndex: `"commitment":"` + s.Commitment + `"`}
		for _, d := range s.Draws {
			want[d.LedgerIndex] = fmt.Sprintf(`"commitment":"%s","nonce":"%s","plan":"%s","schema":"tieout/sample-draw/v1","size":%d`, s.Commitment, d.Nonce, s.ID, d.Size)
		}
		for _, at := range slices.Sorted(maps.Keys(want)) {
			if leaf, shown := entries[at]; !shown || !bytes.Contains(leaf, []byte(want[at])) {
				c.bad(SampleMismatch, EntriesPath, "sample %s: ledger entry %d is not what it names: the plan's commitment, or a draw with nonce and size", s.ID, at)
			}
		}
	}
	for _, at := range slices.Sorted(maps.Keys(entries)) {
		what := ""
		switch leaf := entries[at]; {
		case bytes.HasSuffix(leaf, []byte(`"type":"sample_plan"}`)):
			what = "a plan of a sample"
		case bytes.HasSuffix(leaf, []byte(`"type":"sample_draw"}`)):
			what = "a draw"
		default:
			continue
		}
		if !slices.ContainsFunc(c.d.Samples, func(s export.Sample) bool {
			return s.LedgerIndex == at || slices.ContainsFunc(s.Draws, func(d export.SampleDraw) bool { return d.LedgerIndex == at })
		}) {
			c.bad(SampleMismatch, EntriesPath, "ledger entry %d is %s that the dossier leaves out", at, what)
		}
	}
}

// sealed compares the ledger so far with the head that plans of samples name.
func (c *ledgerCheck) sealed(t *tree) error {
	for _, s := range c.d.Samples {
		if s.Plan.Evidence.Size != t.size {
			continue
		}
		got, err := t.head()
		if err != nil {
			return err
		}
		if got.Root.String() != s.Plan.Evidence.Root {
			c.bad(SampleMismatch, LeavesPath, "sample %s: the ledger's first %d entries have root %s, and its plan names %s", s.ID, t.size, got.Root, s.Plan.Evidence.Root)
		}
	}
	return nil
}
