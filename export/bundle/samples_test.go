package bundle

import (
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls/sample"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/export"
)

// TestNobodyCanChooseTheSample changes a sample, makes dossier, rows, manifest
// and signature fit again with management's own key, and expects to be caught:
// by the items, by the ledger, or by both. verify.py is told what it can see.
func TestNobodyCanChooseTheSample(t *testing.T) {
	t.Parallel()
	whole := unpacked(t, written(t, theWorld().input(t)))
	key := keyring(t, 7).VerifierKey(ledger.RoleManifest)
	again := func(s *export.Sample, nonce string) {
		raw, err := sample.ParseNonce(nonce)
		if err != nil {
			t.Fatal(err)
		}
		rows := SampleRows(theWorld().dossier().Items(), s.Plan.Test)
		if s.Picks, err = s.Plan.Draw(raw, s.Grown(), rows); err != nil {
			t.Fatal(err)
		}
		for i := range s.Draws {
			s.Draws[i].Nonce = nonce
		}
	}
	for name, c := range map[string]struct {
		change func(s *export.Sample)
		python bool // whether verify.py can see it
	}{
		"another item":       {func(s *export.Sample) { s.Picks[0].Item = "d6" }, true},
		"an item left out":   {func(s *export.Sample) { s.Picks = s.Picks[1:] }, true},
		"reserve swapped":    {func(s *export.Sample) { s.Picks[0].Reserve = !s.Picks[0].Reserve }, true},
		"another nonce":      {func(s *export.Sample) { again(s, strings.Repeat("0f1e", 8)) }, false},
		"two nonces":         {func(s *export.Sample) { s.Draws[1].Nonce = strings.Repeat("0f1e", 8) }, true},
		"shrunk":             {func(s *export.Sample) { s.Draws = s.Draws[:1]; again(s, sampleNonce) }, false},
		"another plan":       {func(s *export.Sample) { s.Plan.CatalogSHA256 = "x" }, true},
		"plan made to fit":   {func(s *export.Sample) { s.Plan.By = sample.Whole; remake(t, s); again(s, sampleNonce) }, false},
		"other population":   {func(s *export.Sample) { s.Plan.Root = strings.Repeat("0", 64); recommit(t, s) }, true},
		"not of this run":    {func(s *export.Sample) { s.Same = false }, true},
		"committed too late": {func(s *export.Sample) { s.Plan.Evidence.Size = 9; recommit(t, s); again(s, sampleNonce) }, false},
		"other evidence":     {func(s *export.Sample) { s.Plan.Evidence.Root = "AAAA"; recommit(t, s); again(s, sampleNonce) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := parcel{}
			for k, b := range whole {
				p[k] = slices.Clone(b)
			}
			d := p.dossier(t)
			c.change(&d.Samples[0])
			p.setDossier(d)
			p.seal(t, manifestSigner(t, 7), nil)
			path := saved(t, p.zip(t))
			if r := verified(t, path, options(t)); r.Verdict != Invalid || !slices.Contains(codes(r), SampleMismatch) {
				t.Errorf("%s with %v", r.Verdict, r.Problems)
			}
			if python() == "" || !c.python {
				return
			}
			if got, said := runPython(t, path, key); got != Invalid || !strings.Contains(said, "SAMPLE_MISMATCH") {
				t.Errorf("verify.py: %s\n%s", got, said)
			}
		})
	}
}

// A plan that was never drawn cannot be left out.
func TestAnAbandonedDrawCannotBeHidden(t *testing.T) {
	t.Parallel()
	p := unpacked(t, written(t, theWorld().input(t)))
	d := p.dossier(t)
	d.Samples = nil
	p.setDossier(d)
	p.seal(t, manifestSigner(t, 7), nil)
	if r := verified(t, saved(t, p.zip(t)), options(t)); !slices.Contains(codes(r), SampleMismatch) {
		t.Errorf("%s with %v", r.Verdict, r.Problems)
	}
}

func recommit(t *testing.T, s *export.Sample) {
	t.Helper()
	c, err := s.Plan.Commitment()
	if err != nil {
		t.Fatal(err)
	}
	s.Commitment = c.String()
}

func remake(t *testing.T, s *export.Sample) {
	t.Helper()
	if err := s.Plan.Make(SampleRows(theWorld().dossier().Items(), s.Plan.Test)); err != nil {
		t.Fatal(err)
	}
	recommit(t, s)
}
