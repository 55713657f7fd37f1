package app

import (
	"iter"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/canon"
)

// ItemsOf yields the items of one test of the run, in their order.
func (r *Run) ItemsOf(test string) iter.Seq2[controls.Item, error] {
	return r.itemsWhere("test", test, func(i controls.Item) bool { return i.Test == test })
}

// ItemsNamed yields the items of every test that have the key.
func (r *Run) ItemsNamed(key string) iter.Seq2[controls.Item, error] {
	return r.itemsWhere("item", key, func(i controls.Item) bool { return i.Key == key })
}

// itemsWhere yields the items for which is holds. Only lines with the member
// and its value are parsed.
func (r *Run) itemsWhere(member, value string, is func(controls.Item) bool) iter.Seq2[controls.Item, error] {
	return func(yield func(controls.Item, error) bool) {
		text, err := canon.Marshal(map[string]string{member: value})
		if err != nil {
			yield(controls.Item{}, err)
			return
		}
		for i, err := range r.itemsWith([]byte(strings.Trim(string(text), "{}\n"))) {
			if (err != nil || is(i)) && !yield(i, err) {
				return
			}
		}
	}
}
