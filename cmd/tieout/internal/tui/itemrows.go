package tui

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/tieout/tieout/controls"
)

// itemRow is as much of an item as its line shows. The facts stay in the file
// until somebody opens the item.
type itemRow struct {
	key, component, at, letters string
	state                       controls.State
	no                          int64
	hay                         string
}

// itemRows are the items of one test, as far as they are read.
type itemRows struct {
	test string
	all  bool // of every component
	list []itemRow
}

func (r *itemRows) len() int         { return len(r.list) }
func (r *itemRows) hay(i int) string { return r.list[i].hay }

func (r *itemRows) target(i int) target { return itemTarget(r.test, r.list[i].key, r.list[i].no) }

func itemTarget(test, key string, no int64) target {
	return target{kind: atItem, id: test, sub: key, no: no}
}

// line leaves out what there is no room for: the time first, then the
// component, never the item and its state.
func (r *itemRows) line(i, w int) line {
	x := r.list[i]
	k := markOf(x.state)
	parts := []part{{fit(k.letter+" "+k.short, 12), k.tone}}
	room := w - 12
	var after []part
	add := func(s string, n int, t tone) {
		after = append(after, part{" " + fit(shown(s), n), t})
		room -= n + 1
	}
	if r.all && w >= 74 {
		add(x.component, 16, plain)
	}
	if w >= 96 {
		add(cut(x.at, 19), 19, faint)
	}
	if n := min(24, width(x.letters)); room-n > 20 {
		add(x.letters, n, plain)
	}
	parts = append(parts, part{fit(shown(x.key), room), plain})
	return line{open: r.target(i), parts: append(parts, after...)}
}

// pager reads items in pages. Pages are asked for one after the other, by
// commands, and it may be closed at any time.
type pager struct {
	mu   sync.Mutex
	next func() (controls.Item, error, bool)
	stop func()
	done bool
}

// pageSize is how many items a command reads before the screen shows them.
const pageSize = 5000

// itemPage is what a command read. Rows are of the component asked for.
type itemPage struct {
	from *pager
	rows []itemRow
	read int
	done bool
	err  error
}

func newPager(seq iter.Seq2[controls.Item, error]) *pager {
	p := &pager{}
	p.next, p.stop = iter.Pull2(seq)
	return p
}

func (p *pager) page(component string) itemPage {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := itemPage{from: p}
	for !p.done && out.read < pageSize {
		i, err, more := p.next()
		if !more || err != nil {
			out.err = err
			p.end()
			break
		}
		out.read++
		if component == "" || i.Component == component {
			out.rows = append(out.rows, rowOf(i))
		}
	}
	out.done = p.done
	return out
}

func (p *pager) end() {
	if !p.done {
		p.done = true
		p.stop()
	}
}

func (p *pager) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
}

func rowOf(i controls.Item) itemRow {
	letters := make([]string, 0, len(i.Letters))
	for l := range i.Letters {
		letters = append(letters, l)
	}
	slices.Sort(letters)
	for n, l := range letters {
		letters[n] = l + sign(i.Letters[l])
	}
	r := itemRow{key: i.Key, component: i.Component, at: i.At, letters: strings.Join(letters, " "), state: i.State, no: i.No}
	r.hay = strings.ToLower(strings.Join([]string{r.key, r.component, r.at, markOf(i.State).short, r.letters, i.Reason}, "\n"))
	return r
}

// sign is a letter's value in one character.
func sign(v string) string {
	switch v {
	case controls.LetterTrue:
		return "+"
	case controls.LetterFalse:
		return "-"
	default:
		return "?"
	}
}

const signs = "A+ true  A- false  A? field missing"

// orders of the items, by name. Items come in by number, and are put into the
// first order when all are here.
var orders = []struct {
	name string
	cmp  func(a, b *itemRow) int
}{
	{"worst first", func(a, b *itemRow) int { return cmp.Or(cmp.Compare(a.state, b.state), cmp.Compare(a.no, b.no)) }},
	{"by number", func(a, b *itemRow) int { return cmp.Compare(a.no, b.no) }},
	{"by item", func(a, b *itemRow) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.no, b.no)) }},
	{"by time", func(a, b *itemRow) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.no, b.no)) }},
}

// sorted returns the view in the order. It is given copies and changes nothing
// that the screen shows meanwhile.
func sorted(list []itemRow, view []int32, order int) []int32 {
	slices.SortFunc(view, func(a, b int32) int { return orders[order].cmp(&list[a], &list[b]) })
	return view
}
