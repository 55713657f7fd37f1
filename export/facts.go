package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
)

// DeviationFacts says in words which attributes an item lacks, and the row:
// what a register's DeviationLine carries as its facts.
func DeviationFacts(t controls.Test, item controls.Item) string {
	text := item.Reason
	if text == "" {
		for _, a := range t.Attributes {
			if item.Letters[a.Letter] == controls.LetterFalse {
				text += a.Letter + ": " + a.Words + " "
			}
		}
	}
	var row []string
	for _, k := range slices.Sorted(maps.Keys(item.Facts)) {
		if v := item.Facts[k]; v != nil && !strings.HasSuffix(k, "_us") {
			row = append(row, fmt.Sprintf("%s=%v", k, v))
		}
	}
	if len(row) > 0 {
		text = strings.TrimSpace(text) + " Row: " + strings.Join(row, ", ")
	}
	return strings.TrimSpace(text)
}
