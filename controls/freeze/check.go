package freeze

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tieout/tieout/evidence"
)

// check reports what is wrong with the values of a row whose types are right.
func (t *Table) check(row []any) error {
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.PersonOf != "" {
			if err := checkPersons(c, row[c.of], row[i]); err != nil {
				return err
			}
		}
		if row[i] == nil {
			if c.Required {
				return fmt.Errorf("%s is missing, and table %s requires it", c.Name, t.Name)
			}
			continue
		}
		if len(c.enum.Enum) > 0 {
			if err := c.enum.Check(row[i]); err != nil {
				return err
			}
		}
	}
	if t.schema == nil {
		return nil
	}
	return t.checkEnvelope(row)
}

// checkPersons sees to it that persons stand beside the identities they were
// found for: none without an identity, and as many in a list as there.
func checkPersons(c *Column, identities, persons any) error {
	if persons != nil && identities == nil {
		return fmt.Errorf("%s is given, but %s is not", c.Name, c.PersonOf)
	}
	of, isList := identities.([]string)
	if !isList {
		return nil
	}
	if list, ok := persons.([]string); !ok || len(list) != len(of) {
		return fmt.Errorf("%s has not as many elements as %s", c.Name, c.PersonOf)
	}
	return nil
}

func (t *Table) checkEnvelope(row []any) error {
	if _, err := evidence.ParseDigest(row[t.raw].(string)); err != nil {
		return fmt.Errorf("_raw: %w", err)
	}
	if row[t.missing] == nil {
		return nil
	}
	list := row[t.missing].([]string)
	if len(list) == 0 || !slices.IsSorted(list) {
		return errors.New("_missing is empty or not sorted: it is left out, or names columns in order")
	}
	for _, name := range list {
		if _, _, ok := t.schema.Column(name); !ok {
			return fmt.Errorf("_missing names %q, which is no column of kind %s", name, t.schema.Kind)
		}
	}
	return nil
}
