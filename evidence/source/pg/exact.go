package pg

import (
	"slices"

	"github.com/tieout/tieout/evidence/canon"
)

// AppendExact appends the value as canonical JSON whose numbers keep every
// digit that the server gave.
func AppendExact(dst []byte, v any) []byte {
	switch v := v.(type) {
	case canon.Number:
		return append(dst, v...)
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendExact(dst, e)
		}
		return append(dst, ']')
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.SortFunc(names, canon.Compare)
		dst = append(dst, '{')
		for i, name := range names {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(canon.AppendString(dst, name), ':')
			dst = AppendExact(dst, v[name])
		}
		return append(dst, '}')
	case string:
		return canon.AppendString(dst, v)
	case bool:
		if v {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	}
	return append(dst, "null"...)
}
