package app

import (
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/canon"
)

// appendItem appends the canonical line of an item with its line end: the bytes
// that canon.Marshal gives, without the way through reflection and back. A run
// writes a line for every item, so its spelling is much of what a run costs.
func appendItem(dst []byte, i *controls.Item) ([]byte, error) {
	letters := make(map[string]any, len(i.Letters))
	for letter, value := range i.Letters {
		letters[letter] = value
	}
	// A canonical object has its members in the order of their names.
	text := func(name, value string) {
		if value != "" {
			dst = canon.AppendString(append(dst, `,"`+name+`":`...), value)
		}
	}
	tree := func(name string, value any) (err error) {
		dst, err = canon.Append(append(dst, `,"`+name+`":`...), value)
		return err
	}
	start := len(dst)
	text("at", i.At)
	dst = canon.AppendString(append(dst, `,"component":`...), i.Component)
	if err := tree("facts", i.Facts); err != nil {
		return nil, err
	}
	dst = canon.AppendString(append(dst, `,"item":`...), i.Key)
	if err := tree("letters", letters); err != nil {
		return nil, err
	}
	if err := tree("no", i.No); err != nil {
		return nil, err
	}
	text("reason", i.Reason)
	text("record", i.Record)
	dst = canon.AppendString(append(dst, `,"state":`...), i.State.String())
	dst = canon.AppendString(append(dst, `,"test":`...), i.Test)
	dst[start] = '{'
	return append(dst, '}', '\n'), nil
}
