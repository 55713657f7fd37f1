package table

import (
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go"
)

// shape is the tree of columns of a Parquet file, with what it takes to put
// rows together again from flat values.
type shape struct {
	name     string
	optional bool
	repeated bool
	list     bool // a group that stands for a list: its inside is repeated
	pairs    bool // a group that stands for a map
	fields   []*shape
	leaves   int
	value    func(parquet.Value) any // of a leaf
}

var errLongRow = fmt.Errorf("a row longer than %d bytes", maxRow)

var errLevels = errors.New("values stand where the columns do not allow them")

func shapeOf(s *parquet.Schema) (*shape, error) {
	root := &shape{}
	return root, root.add(s)
}

func (s *shape) add(n parquet.Node) error {
	s.optional, s.repeated = n.Optional(), n.Repeated()
	if n.Leaf() {
		s.leaves, s.value = 1, valueOf(n.Type())
		return nil
	}
	seen := map[string]bool{}
	for _, field := range n.Fields() {
		if seen[field.Name()] {
			return errors.New("two columns have one name: rename one of them")
		}
		seen[field.Name()] = true
		f := &shape{name: field.Name()}
		if err := f.add(field); err != nil {
			return err
		}
		s.fields = append(s.fields, f)
		s.leaves += f.leaves
	}
	if t := n.Type().LogicalType(); t != nil && len(s.fields) == 1 && s.fields[0].repeated {
		_, list := t.Value.(*parquetList)
		_, pairs := t.Value.(*parquetMap)
		s.list, s.pairs = list, pairs && len(s.fields[0].fields) == 2
	}
	return nil
}

// row puts one row together.
func (s *shape) row(values parquet.Row) (any, error) {
	size := 0
	for i := range values {
		size += 8
		if k := values[i].Kind(); k == parquet.ByteArray || k == parquet.FixedLenByteArray {
			size += len(values[i].ByteArray())
		}
	}
	if size > maxRow {
		return nil, errLongRow
	}
	columns := make([][]parquet.Value, s.leaves)
	for i := 0; i < len(values); {
		c := values[i].Column()
		j := i + 1
		for j < len(values) && values[j].Column() == c {
			j++
		}
		if c < 0 || c >= len(columns) || columns[c] != nil {
			return nil, errLevels
		}
		columns[c] = values[i:j]
		i = j
	}
	for _, c := range columns {
		if len(c) == 0 {
			return nil, errLevels
		}
	}
	return s.inside(columns, 0, 0)
}

// build gives the value of a node whose parent is there at the levels.
func (s *shape) build(columns [][]parquet.Value, rep, def int) (any, error) {
	switch {
	case s.repeated:
		return s.elements(columns, rep, def)
	case s.optional:
		if columns[0][0].DefinitionLevel() <= def {
			return nil, nil
		}
		return s.inside(columns, rep, def+1)
	}
	return s.inside(columns, rep, def)
}

// elements cuts the values of a repeated node where each element begins.
func (s *shape) elements(columns [][]parquet.Value, rep, def int) (any, error) {
	out := []any{}
	if columns[0][0].DefinitionLevel() <= def {
		return out, nil
	}
	for len(columns[0]) > 0 {
		one := make([][]parquet.Value, len(columns))
		for i, c := range columns {
			if len(c) == 0 {
				return nil, errLevels
			}
			n := 1
			for n < len(c) && c[n].RepetitionLevel() > rep+1 {
				n++
			}
			one[i], columns[i] = c[:n], c[n:]
		}
		v, err := s.inside(one, rep+1, def+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// inside gives the value of a node that is there.
func (s *shape) inside(columns [][]parquet.Value, rep, def int) (any, error) {
	if s.value != nil {
		if len(columns[0]) != 1 {
			return nil, errLevels
		}
		if columns[0][0].IsNull() {
			return nil, nil
		}
		return s.value(columns[0][0]), nil
	}
	m := make(map[string]any, len(s.fields))
	at := 0
	for _, f := range s.fields {
		v, err := f.build(append([][]parquet.Value(nil), columns[at:at+f.leaves]...), rep, def)
		if err != nil {
			return nil, err
		}
		m[f.name] = v
		at += f.leaves
	}
	switch {
	case s.list:
		return s.plainList(m), nil
	case s.pairs:
		return s.plainMap(m), nil
	}
	return m, nil
}

// plainList takes away the two layers that Parquet wraps a list in.
func (s *shape) plainList(m map[string]any) any {
	f := s.fields[0]
	list, ok := m[f.name].([]any)
	if !ok || len(f.fields) != 1 {
		return m[f.name]
	}
	for i, e := range list {
		if g, ok := e.(map[string]any); ok {
			list[i] = g[f.fields[0].name]
		}
	}
	return list
}

// plainMap gives a map with texts as keys as an object; others stay a list of
// pairs.
func (s *shape) plainMap(m map[string]any) any {
	f := s.fields[0]
	list, ok := m[f.name].([]any)
	if !ok {
		return m[f.name]
	}
	out := make(map[string]any, len(list))
	for _, e := range list {
		g, ok := e.(map[string]any)
		if !ok {
			return list
		}
		key, ok := g[f.fields[0].name].(string)
		if _, twice := out[key]; !ok || twice {
			return list
		}
		out[key] = g[f.fields[1].name]
	}
	return out
}
