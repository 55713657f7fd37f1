package freeze

import (
	"fmt"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// A row is one value per column of its table: nil, string, int64, float64,
// bool, evidence.Instant or []string. In a list of persons "" is an identity
// that nobody could be found for.

// appendLine appends the row's canonical line with its line end.
func (t *Table) appendLine(dst []byte, row []any) ([]byte, error) {
	start := len(dst)
	dst = append(dst, '{')
	first := true
	for _, i := range t.members {
		if row[i] == nil {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, t.labels[i]...)
		var err error
		if dst, err = appendValue(dst, row[i], t.Columns[i].PersonOf != ""); err != nil {
			return nil, fmt.Errorf("table %s, column %s: %w", t.Name, t.Columns[i].Name, err)
		}
	}
	dst = append(dst, '}', '\n')
	if len(dst)-start > MaxLine {
		return nil, fmt.Errorf("table %s: a row of %d bytes, at most %d can be frozen", t.Name, len(dst)-start, MaxLine)
	}
	return dst, nil
}

func appendValue(dst []byte, v any, persons bool) ([]byte, error) {
	switch v := v.(type) {
	case evidence.Instant:
		return append(v.Append(append(dst, '"')), '"'), nil
	case []string:
		return appendList(dst, v, persons), nil
	case string, int64, float64, bool:
		return canon.Append(dst, v)
	}
	return nil, fmt.Errorf("no spelling for Go type %T", v)
}

// appendList appends a JSON array of texts. Of persons, "" is null.
func appendList(dst []byte, list []string, persons bool) []byte {
	dst = append(dst, '[')
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		if persons && e == "" {
			dst = append(dst, "null"...)
			continue
		}
		dst = canon.AppendString(dst, e)
	}
	return append(dst, ']')
}

// appendSQL appends the row's values as the database takes them, the twins of
// times among them.
func (t *Table) appendSQL(dst []any, row []any) []any {
	for i := range t.Columns {
		c := &t.Columns[i]
		switch v := row[i].(type) {
		case evidence.Instant:
			dst = append(dst, v.String())
			if c.Twin != "" {
				dst = append(dst, int64(v))
			}
			continue
		case []string:
			dst = append(dst, string(appendList(nil, v, c.PersonOf != "")))
		case bool:
			n := int64(0)
			if v {
				n = 1
			}
			dst = append(dst, n)
		default:
			dst = append(dst, v)
		}
		if c.Twin != "" { // a time that is not there
			dst = append(dst, nil)
		}
	}
	return dst
}
