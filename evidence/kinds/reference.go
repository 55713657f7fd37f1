package kinds

import (
	"fmt"
	"strings"

	"github.com/tieout/tieout/evidence"
)

// Reference returns the page docs/records.md, made from the schema files.
func Reference() string {
	var b strings.Builder
	b.WriteString("# Records\n\nOne kind a section, made from `evidence/kinds/*.yaml`; a test compares the two.\n\n")
	b.WriteString("NULL has one meaning per column. **required**: there is always a value. **none**: there is nothing, as the words say. " +
		"**unknown**: the value is not known, and a test that needs it is indeterminate. What was there but could not be read is named in `_missing`.\n\n" +
		"Times are UTC RFC 3339 text of fixed width; in the frozen database each has a twin `<name>_us` in microseconds. " +
		"Columns marked with a person have a twin `<name>_person` with the resolved worker id, NULL where nobody could be resolved.\n")
	for _, s := range All() {
		fmt.Fprintf(&b, "\n## %s\n\n%s. %s Shape: %s. Key: %s.", s.Kind, s.Title, s.Words, s.Shape, strings.Join(s.Key, ", "))
		if s.At != "" {
			fmt.Fprintf(&b, " Placed in a period by `%s`.", s.At)
		}
		if s.Standard != "" {
			fmt.Fprintf(&b, " Names follow %s.", s.Standard)
		}
		b.WriteString("\n\n| column | type | NULL | holds |\n|---|---|---|---|\n")
		for _, c := range s.Columns {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.Name, columnType(c), c.Null, strings.ReplaceAll(c.Words, "|", `\|`))
		}
	}
	return b.String()
}

func columnType(c evidence.Column) string {
	t := string(c.Type)
	if len(c.Enum) > 0 {
		t = strings.Join(c.Enum, ", ")
	}
	if c.Person {
		t += " (person)"
	}
	return t
}
