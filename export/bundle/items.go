package bundle

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/sample"
	"github.com/tieout/tieout/evidence/canon"
)

// maxLine bounds a line of a file of rows, its line end included.
const maxLine = 16 << 20

// appendItem appends the line of an item: its canonical JSON.
func appendItem(dst []byte, it controls.Item) ([]byte, error) {
	m := map[string]any{
		"component": it.Component, "facts": nil, "item": it.Key, "letters": nil, "no": it.No, "state": it.State.String(), "test": it.Test,
	}
	for name, v := range map[string]string{"at": it.At, "reason": it.Reason, "record": it.Record} {
		if v != "" {
			m[name] = v
		}
	}
	if it.Letters != nil {
		letters := make(map[string]any, len(it.Letters))
		for k, v := range it.Letters {
			letters[k] = v
		}
		m["letters"] = letters
	}
	if it.Facts != nil {
		m["facts"] = it.Facts
	}
	line, err := canon.Append(dst, m)
	if err != nil { // a fact of a type that only encoding/json spells
		b, err := canon.Marshal(it)
		return append(append(dst, b...), '\n'), err
	}
	return append(line, '\n'), nil
}

// parseItem reads the line of an item, without its line end.
func parseItem(line []byte) (controls.Item, error) {
	m, err := canon.ParseObject(line)
	if err != nil {
		return controls.Item{}, err
	}
	it := controls.Item{}
	text := func(name string) string {
		s, _ := m[name].(string)
		return s
	}
	it.Test, it.Key, it.Component, it.Record, it.At, it.Reason = text("test"), text("item"), text("component"), text("record"), text("at"), text("reason")
	if err := it.State.UnmarshalText([]byte(text("state"))); err != nil {
		return it, err
	}
	if n, ok := m["no"].(canon.Number); ok {
		if it.No, err = n.Int64(); err != nil {
			return it, fmt.Errorf("no: %w", err)
		}
	}
	if letters, ok := m["letters"].(map[string]any); ok {
		it.Letters = make(map[string]string, len(letters))
		for k, v := range letters {
			it.Letters[k], _ = v.(string)
		}
	}
	if facts, ok := m["facts"].(map[string]any); ok {
		it.Facts = facts
		for k, v := range facts {
			facts[k] = fact(v)
		}
	}
	// What was passed over above, such as an unknown member, is missing here.
	again, err := appendItem(make([]byte, 0, len(line)+1), it)
	if err != nil {
		return it, err
	}
	if !bytes.Equal(again[:len(again)-1], line) {
		return it, errors.New("it is not the canonical JSON of an item")
	}
	return it, nil
}

// fact gives a fact's numbers their Go types. Lists stay as they are.
func fact(v any) any {
	switch v := v.(type) {
	case canon.Number:
		return number(v)
	case []any:
		for i := range v {
			v[i] = fact(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = fact(v[k])
		}
	}
	return v
}

// itemsOf yields the items that a file of lines holds.
func itemsOf(open func() (io.ReadCloser, error)) func() iter.Seq2[controls.Item, error] {
	return func() iter.Seq2[controls.Item, error] {
		return func(yield func(controls.Item, error) bool) {
			r, err := open()
			if err != nil {
				yield(controls.Item{}, fmt.Errorf("read the items: %w", err))
				return
			}
			defer func() { _ = r.Close() }() // only read from
			n := 0
			for line, err := range linesOf(r) {
				n++
				it := controls.Item{}
				if err == nil {
					if it, err = parseItem(line); err != nil {
						err = fmt.Errorf("%w: %w", errForm, err)
					}
				}
				if err != nil {
					yield(controls.Item{}, fmt.Errorf("read the items: %s, line %d: %w", ItemsPath, n, err))
					return
				}
				if !yield(it, nil) {
					return
				}
			}
		}
	}
}

// errForm is the error of bytes that are read well and are not of their form. It
// is a finding, unlike an error of a disk that could not be read.
var errForm = errors.New("it has not the form that it should have")

// linesOf yields lines without their ends. A line is valid until the next one
// is asked for. After an error there is none.
func linesOf(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		buf := bufio.NewReaderSize(r, 64<<10)
		var long []byte
		for {
			line, err := buf.ReadSlice('\n')
			if errors.Is(err, bufio.ErrBufferFull) {
				long = append(long, line...)
				if len(long) > maxLine {
					yield(nil, fmt.Errorf("the line is longer than %d bytes: %w", maxLine, errForm))
					return
				}
				continue
			}
			if len(long) > 0 {
				long = append(long, line...)
				line, long = long, long[:0]
			}
			switch {
			case err == io.EOF && len(line) == 0: // a wrapped one is a file that was cut, not its end
				return
			case err == io.EOF:
				yield(nil, fmt.Errorf("the last line has no line end: %w", errForm))
				return
			case err != nil:
				yield(nil, err)
				return
			}
			if !yield(bytes.TrimSuffix(line, []byte{'\n'}), nil) {
				return
			}
		}
	}
}

// ItemLine returns the line of an item in data/items.jsonl, without its line
// end: what a sample's population is made of.
func ItemLine(it controls.Item) ([]byte, error) {
	line, err := appendItem(nil, it)
	return bytes.TrimSuffix(line, []byte("\n")), err
}

// SampleRows yields the items of a test as a sample is drawn from them.
func SampleRows(items iter.Seq2[controls.Item, error], test string) sample.Rows {
	return func(yield func(sample.Row, error) bool) {
		for it, err := range items {
			if err == nil && it.Test != test {
				continue
			}
			var line []byte
			if err == nil {
				line, err = ItemLine(it)
			}
			if !yield(sample.Row{Component: it.Component, Item: it.Key, At: it.At, Line: line}, err) {
				return
			}
		}
	}
}
