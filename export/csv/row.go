package csv

import (
	"fmt"
	"strconv"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// AppendRow appends the line of a row: one value per column, each nil, string,
// int64, float64, bool or evidence.Instant. Numbers are spelled as in
// canonical JSON, a moment is a text, and nil is a cell without anything.
func AppendRow(dst []byte, row []any) ([]byte, error) {
	for i, v := range row {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch v := v.(type) {
		case nil:
		case string:
			dst = AppendText(dst, v)
		case evidence.Instant:
			dst = AppendText(dst, v.String())
		case int64:
			dst = strconv.AppendInt(dst, v, 10)
		case bool:
			dst = strconv.AppendBool(dst, v)
		case float64:
			var err error
			if dst, err = canon.AppendFloat(dst, v); err != nil {
				return nil, fmt.Errorf("column %d: %w", i+1, err)
			}
		default:
			return nil, fmt.Errorf("column %d: a cell cannot hold a Go %T", i+1, v)
		}
	}
	return append(dst, lineEnd...), nil
}
