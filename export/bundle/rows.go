package bundle

import (
	"fmt"
	"iter"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/csv"
)

// rowWriter spells the rows of a sheet twice: as a line of canonical JSON, in
// which an empty cell is left out, and as the line of its CSV twin.
type rowWriter struct {
	sheet   *export.Sheet
	keys    []string
	members []int // positions of the columns, in the canonical order of their keys
}

func newRowWriter(s *export.Sheet) (*rowWriter, error) {
	w := &rowWriter{sheet: s}
	seen := map[string]bool{}
	for i, c := range s.Columns {
		if c.Key == "" || seen[c.Key] {
			return nil, fmt.Errorf("column %d: key %q is empty or stands twice", i+1, c.Key)
		}
		seen[c.Key] = true
		w.keys = append(w.keys, c.Key)
		w.members = append(w.members, i)
	}
	if len(w.keys) < 2 {
		return nil, fmt.Errorf("%d columns: a CSV line needs two, or an empty cell looks like an empty line", len(w.keys))
	}
	slices.SortFunc(w.members, func(a, b int) int { return canon.Compare(w.keys[a], w.keys[b]) })
	return w, nil
}

// appendRow appends the row's lines.
func (w *rowWriter) appendRow(json, twin []byte, row []any) (jsonOut, twinOut []byte, err error) {
	if len(row) != len(w.keys) {
		return nil, nil, fmt.Errorf("%d cells for %d columns", len(row), len(w.keys))
	}
	json = append(json, '{')
	first := true
	for _, i := range w.members {
		v := row[i]
		if v == nil {
			continue
		}
		if w.sheet.Columns[i].Type == export.AuditCell {
			return nil, nil, fmt.Errorf("column %s is the auditor's and holds something", w.keys[i])
		}
		if !first {
			json = append(json, ',')
		}
		first = false
		json = append(canon.AppendString(json, w.keys[i]), ':')
		if at, ok := v.(evidence.Instant); ok {
			v = at.String()
		}
		if json, err = canon.Append(json, v); err != nil {
			return nil, nil, fmt.Errorf("column %s: %w", w.keys[i], err)
		}
	}
	if twin, err = csv.AppendRow(twin, row); err != nil {
		return nil, nil, err
	}
	return append(json, '}', '\n'), twin, nil
}

// notIncludedSheet is what not_included.csv holds.
func notIncludedSheet(d *export.Dossier) *export.Sheet {
	return &export.Sheet{
		Columns: []export.SheetColumn{{Key: "what"}, {Key: "why"}, {Key: "how_to_obtain"}},
		Rows: func() iter.Seq2[[]any, error] {
			return func(yield func([]any, error) bool) {
				for _, n := range d.NotIncluded {
					if !yield([]any{n.What, n.Why, n.How}, nil) {
						return
					}
				}
			}
		},
	}
}
