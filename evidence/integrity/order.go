package integrity

import (
	"slices"
)

// edgeOf returns the only chain of a file, or nil where there is none or there
// are several.
func (f *fileResult) edgeOf() *stretch {
	if len(f.chains) != 1 {
		return nil
	}
	return f.chains[""]
}

// leads reports whether the chain of file b goes on where that of a ends.
func (p *plan) leads(a, b *fileResult) bool {
	x, y := a.edgeOf(), b.edgeOf()
	if x == nil || y == nil || p.prev == nil {
		return false
	}
	return p.follows(x.last, y.first)
}

// ordered returns the files in the order of their links. Files that no link
// joins keep the order of their names, or that of their numbers where they have
// them.
func (p *plan) ordered(files []*fileResult) (out []*fileResult, moved bool) {
	fits := true
	for i := 1; i < len(files); i++ {
		fits = fits && p.leads(files[i-1], files[i])
	}
	if fits || p.prev == nil || p.rotation != goesOn || p.partition != none {
		return files, false
	}
	next := make([]int, len(files))
	led := make([]bool, len(files))
	behind := map[string][]int{} // files by what their first record names
	for j, f := range files {
		if e := f.edgeOf(); e != nil {
			behind[string(e.first.prev)] = append(behind[string(e.first.prev)], j)
		}
	}
	for i, f := range files {
		next[i] = -1
		e := f.edgeOf()
		if e == nil {
			continue
		}
		for _, j := range behind[string(p.names(e.last))] {
			if i != j && !led[j] && p.leads(f, files[j]) {
				next[i], led[j] = j, true
				break
			}
		}
	}
	var runs [][]int
	used := make([]bool, len(files))
	follow := func(i int) {
		var r []int
		for ; i >= 0 && !used[i]; i = next[i] {
			used[i] = true
			r = append(r, i)
		}
		if len(r) > 0 {
			runs = append(runs, r)
		}
	}
	for i := range files {
		if !led[i] {
			follow(i)
		}
	}
	for i := range files { // files that lead to one another in a circle
		follow(i)
	}
	slices.SortStableFunc(runs, func(a, b []int) int {
		x, y := files[a[0]].edgeOf(), files[b[0]].edgeOf()
		if x == nil || y == nil || !x.first.hasSeq || !y.first.hasSeq || x.first.seq == y.first.seq {
			return a[0] - b[0]
		}
		if x.first.seq < y.first.seq {
			return -1
		}
		return 1
	})
	at := 0
	for _, r := range runs {
		for _, i := range r {
			moved = moved || i != at
			at++
			out = append(out, files[i])
		}
	}
	return out, moved
}
