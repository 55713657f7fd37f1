package demo

import (
	"iter"

	"github.com/tieout/tieout/controls"
)

// Found is what a run found of what was planted.
type Found struct {
	Planted, FoundPlants, Missed int
	Plants                       []FoundPlant
	Unexpected                   []controls.Item // deviating items that nobody planted
}

// FoundPlant is one planted problem and what became of it.
type FoundPlant struct {
	Plant
	Finds []FoundItems
}

// FoundItems is what one test had to report of a plant.
type FoundItems struct {
	Find
	Missing []string // items that it did not report
}

// Compare holds the deviating items of a run against the table of plants. What
// a test that only signals shows beyond them is nothing unexpected.
func Compare(plants []Plant, items iter.Seq2[controls.Item, error], signals map[string]bool) (*Found, error) {
	deviating := map[[2]string]bool{}
	expected := map[[2]string]bool{}
	for _, p := range plants {
		for _, f := range p.Finds {
			for _, key := range f.Items {
				expected[[2]string{f.Test, key}] = true
			}
		}
	}
	out := &Found{Planted: len(plants)}
	for i, err := range items {
		if err != nil {
			return nil, err
		}
		if i.State != controls.Deviation {
			continue
		}
		key := [2]string{i.Test, i.Key}
		deviating[key] = true
		if !expected[key] && !signals[i.Test] {
			out.Unexpected = append(out.Unexpected, i)
		}
	}
	for _, p := range plants {
		fp := FoundPlant{Plant: p}
		whole := true
		for _, f := range p.Finds {
			fi := FoundItems{Find: f}
			for _, key := range f.Items {
				if !deviating[[2]string{f.Test, key}] {
					fi.Missing = append(fi.Missing, key)
				}
			}
			whole = whole && len(fi.Missing) == 0
			fp.Finds = append(fp.Finds, fi)
		}
		if whole {
			out.FoundPlants++
		} else {
			out.Missed++
		}
		out.Plants = append(out.Plants, fp)
	}
	return out, nil
}
