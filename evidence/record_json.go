package evidence

import (
	"fmt"
	"slices"

	"github.com/tieout/tieout/evidence/canon"
)

// AppendJSON appends the record's canonical line, without a line end: a flat
// object whose envelope members begin with an underscore and whose other
// members are the columns. A NULL is left out; what could not be read is named
// in _missing.
func (r *Record) AppendJSON(dst []byte) ([]byte, error) {
	m := make(map[string]any, len(r.Values)+10)
	if r.AsOfStated {
		m["_as_of_stated"] = true
	}
	m["_id"] = r.ID
	if r.Instance != "" {
		m["_instance"] = r.Instance
	}
	m["_item"] = r.Item
	m["_kind"] = string(r.Schema.Kind)
	if len(r.Missing) > 0 {
		m["_missing"] = r.Missing
	}
	m["_native_id"] = r.NativeID
	m["_observed_at"] = r.ObservedAt.String()
	m["_raw"] = r.Raw.String()
	if r.Scope != "" {
		m["_scope"] = r.Scope
	}
	m["_source"] = r.Source
	for i, c := range r.Schema.Columns {
		switch v := r.Values[i].(type) {
		case nil:
		case Instant:
			m[c.Name] = v.String()
		default:
			m[c.Name] = v
		}
	}
	return canon.Append(dst, m)
}

// DecodeRecord reads a line that AppendJSON wrote. Anything that AppendJSON
// would not have written is an error.
func DecodeRecord(line []byte, schemaOf func(Kind) (*Schema, bool)) (*Record, error) {
	m, err := canon.ParseObject(line)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	kind, _ := m["_kind"].(string)
	s, ok := schemaOf(Kind(kind))
	if !ok {
		return nil, fmt.Errorf("record of unknown kind %q", kind)
	}
	r := NewRecord(s)
	for name, v := range m {
		if err := r.decode(name, v); err != nil {
			return nil, fmt.Errorf("record of kind %s, %s: %w", kind, name, err)
		}
	}
	slices.Sort(r.Missing)
	return r, r.Check()
}

func (r *Record) decode(name string, v any) error {
	text, isText := v.(string)
	switch name {
	case "_kind":
		return nil
	case "_id":
		r.ID = text
	case "_instance":
		r.Instance = text
	case "_native_id":
		r.NativeID = text
	case "_scope":
		r.Scope = text
	case "_source":
		r.Source = text
	case "_observed_at":
		return r.ObservedAt.UnmarshalText([]byte(text))
	case "_raw":
		return r.Raw.UnmarshalText([]byte(text))
	case "_as_of_stated":
		r.AsOfStated, isText = v.(bool)
	case "_item":
		n, isNumber := v.(canon.Number)
		if !isNumber {
			return fmt.Errorf("want a number, not %T", v)
		}
		i, err := n.Int64()
		r.Item = i
		return err
	case "_missing":
		list, err := texts(v)
		r.Missing = list
		return err
	default:
		return r.decodeColumn(name, v)
	}
	if !isText {
		return fmt.Errorf("want another type than %T", v)
	}
	return nil
}

func (r *Record) decodeColumn(name string, v any) error {
	c, i, ok := r.Schema.Column(name)
	if !ok {
		return fmt.Errorf("kind %s has no such column", r.Schema.Kind)
	}
	value, err := c.FromJSON(v)
	if err != nil {
		return err
	}
	r.Values[i] = value
	return c.Check(value)
}

// FromJSON turns a parsed JSON value into the column's Go value, without
// guessing: the JSON type must be the column's.
func (c Column) FromJSON(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch c.Type {
	case Time:
		if s, ok := v.(string); ok {
			return ParseInstant(s)
		}
	case Int:
		if n, ok := v.(canon.Number); ok {
			return n.Int64()
		}
	case Real:
		if n, ok := v.(canon.Number); ok {
			return n.Float64()
		}
	case List:
		return texts(v)
	case Bool:
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case Text, Decimal:
		if s, ok := v.(string); ok {
			return s, nil
		}
	}
	return nil, fmt.Errorf("%s: a JSON %T is no %s", c.Name, v, c.Type)
}

func texts(v any) ([]string, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("want a list, not %T", v)
	}
	out := make([]string, len(list))
	for i, e := range list {
		if out[i], ok = e.(string); !ok {
			return nil, fmt.Errorf("want texts in the list, not %T", e)
		}
	}
	return out, nil
}
