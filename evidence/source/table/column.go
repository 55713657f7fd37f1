package table

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// configure reads how a mapping gives the column.
func (c *column) configure(raw strictyaml.Raw, element bool) error {
	var what any
	if err := raw.Decode(&what); err != nil {
		return err
	}
	var f columnFile
	switch v := what.(type) {
	case string:
		f.From = v
	case map[string]any:
		if err := raw.Decode(&f); err != nil {
			return err
		}
	default:
		return errors.New("want a path, or keys such as from, first, const")
	}
	c.lower, c.sha256, c.split, c.layout, c.unit, c.enum, c.keep = f.Lower, f.SHA256, f.Split, f.Layout, f.Unit, f.Enum, f.Keep
	if f.Match != "" {
		re, err := parsePattern(f.Match, 1)
		if err != nil {
			return err
		}
		c.match = re
	}
	if f.Empty != "" {
		if f.Empty != "list" || c.schema.Type != evidence.List {
			return errors.New("empty takes list alone, and is for columns that hold one")
		}
		c.empty = true
	}
	if f.Zone != "" {
		zone, err := loadZone(f.Zone)
		if err != nil {
			return err
		}
		c.zone = zone
	}
	if err := c.checkForm(); err != nil {
		return err
	}
	return c.origin(&f, element)
}

// checkForm refuses what says nothing about a column of this type: it would be
// a mistake that nobody sees.
func (c *column) checkForm() error {
	t := c.schema.Type
	if (c.unit != "" || c.layout != "") && t != evidence.Time {
		return fmt.Errorf("unit and layout are for times, and this is %s", t)
	}
	if _, known := epochUnits[c.unit]; c.unit != "" && c.unit != "rfc3339" && !known {
		units := slices.Sorted(maps.Keys(epochUnits))
		return fmt.Errorf("unit %q: want rfc3339 or one of %v", c.unit, units)
	}
	if c.unit != "" && c.layout != "" {
		return errors.New("state unit or layout, not both")
	}
	if c.split != "" && t != evidence.List {
		return fmt.Errorf("split is for lists, and this is %s", t)
	}
	if c.sha256 && t != evidence.Text && t != evidence.List {
		return fmt.Errorf("sha256 is for texts, and this is %s", t)
	}
	if c.keep && (c.enum == nil || len(c.schema.Enum) > 0) {
		return errors.New("keep is for an enum on a column that takes any text")
	}
	for _, to := range c.enum {
		if _, err := (&column{schema: c.schema, split: ",", zone: c.zone}).convert(to); err != nil || to == "" {
			return fmt.Errorf("enum gives %q, which the column does not take", to)
		}
	}
	return nil
}

// origin reads where the value comes from; exactly one way must be stated.
func (c *column) origin(f *columnFile, element bool) error {
	ways := 0
	var paths []string
	if f.From != "" {
		ways++
		paths = []string{f.From}
	}
	if f.Parent != "" {
		ways++
		paths, c.parent = []string{f.Parent}, true
		if !element {
			return errors.New("parent is for mappings with 'each:'")
		}
	}
	if len(f.First) > 0 {
		ways++
		paths = f.First
	}
	if len(f.Join) > 0 {
		ways++
		if len(f.Join) < 2 || c.schema.Type != evidence.Text {
			return errors.New("join is for texts, and joins two values or more")
		}
		paths, c.join, c.by = f.Join, true, cmp.Or(f.By, "/")
	}
	if len(f.Cases) > 0 {
		ways++
		if err := c.choose(f); err != nil {
			return err
		}
	} else if f.Else != "" {
		return errors.New("else is for cases")
	}
	if f.By != "" && !c.join {
		return errors.New("by is for join")
	}
	if f.Const != "" {
		ways++
		v, err := c.convert(f.Const)
		if err != nil {
			return fmt.Errorf("const: %w", err)
		}
		c.fixed = v
	}
	if f.None {
		ways++
		if c.schema.Null != evidence.NullNone {
			return fmt.Errorf("none: NULL in this column is %s, so there cannot be none", c.schema.Null)
		}
	}
	if ways != 1 {
		return errors.New("state exactly one of from, parent, first, join, cases, const, none")
	}
	for _, text := range paths {
		p, err := parsePath(text)
		if err != nil {
			return err
		}
		if p.every {
			return fmt.Errorf("%s: [*] is for conditions, a column takes one value", text)
		}
		c.from = append(c.from, p)
	}
	return nil
}

// choose reads the cases of a column. What no case fits and no else covers is
// a value that is not known, not a fact.
func (c *column) choose(f *columnFile) error {
	plain := column{schema: c.schema, zone: c.zone, split: ","}
	value := func(text string) (any, error) {
		v, err := plain.convert(text)
		if err == nil && v == nil {
			err = errors.New("it is empty")
		}
		return v, err
	}
	if f.Else != "" {
		v, err := value(f.Else)
		if err != nil {
			return fmt.Errorf("else: %w", err)
		}
		c.fixed = v
	}
	for _, one := range f.Cases {
		w, err := compileWhere(one.whereFile)
		if err != nil {
			return fmt.Errorf("cases: %w", err)
		}
		v, err := value(one.Then)
		if err != nil {
			return fmt.Errorf("cases: then: %w", err)
		}
		c.cases = append(c.cases, choice{w, v})
	}
	return nil
}

// paths are the places that the column is read from or decided by.
func (c *column) paths() []fieldPath {
	out := c.from
	for i := range c.cases {
		out = append(out[:len(out):len(out)], c.cases[i].when.paths()...)
	}
	return out
}
