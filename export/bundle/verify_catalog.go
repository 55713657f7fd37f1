package bundle

import (
	"bytes"
	"fmt"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/canon"
)

// controls compares the package's controls with those of the program's own
// catalogue: a control that management left out or reworded would otherwise
// not be missed by anybody who knows the catalogue by its ids.
func (v *verifier) controls() error {
	if v.o.NoRebuild || v.o.Catalog == nil {
		return nil
	}
	held := map[string]controls.Control{}
	for _, c := range v.d.Controls {
		held[c.ID] = c
	}
	why := ""
	for _, want := range v.o.Catalog.Controls {
		got, ok := held[want.ID]
		if !ok {
			why = fmt.Sprintf("control %s of the catalogue is not there", want.ID)
			break
		}
		a, err := defined(got)
		if err != nil {
			return err
		}
		b, err := defined(want)
		if err != nil {
			return err
		}
		if !bytes.Equal(a, b) {
			why = fmt.Sprintf("control %s is not as the catalogue has it: %s", want.ID, firstDifference(a, b))
			break
		}
	}
	v.rebuilt("catalog", DossierPath, why == "", why)
	return nil
}

// defined is what the catalogue says of a control. What its tests read is found
// out anew by each evaluation.
func defined(c controls.Control) ([]byte, error) {
	tests := make([]controls.Test, len(c.Tests))
	for i, t := range c.Tests {
		t.Reads, t.Params = nil, nil
		tests[i] = t
	}
	c.Tests = tests
	return canon.Marshal(c)
}
