package catalog

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/statement"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// Tests returns every test of a catalogue, in order.
func Tests(c *controls.Catalog) []controls.Test {
	var out []controls.Test
	for _, k := range c.Controls {
		out = append(out, k.Tests...)
	}
	return out
}

// Observed returns the kinds of which some test reads every observation, which
// the freeze must be asked for.
func Observed(c *controls.Catalog) []evidence.Kind {
	var out []evidence.Kind
	for _, t := range Tests(c) {
		for _, s := range kinds.All() {
			if table := string(s.Kind) + freeze.ObsSuffix; !slices.Contains(out, s.Kind) && statement.Mentions(t.ItemSQL+t.ExcludedSQL, table) {
				out = append(out, s.Kind)
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestsSQL returns the statements of a package: for each test its counts, in
// plain SQL that any sqlite3 from 3.35 on runs on the frozen database.
func TestsSQL(c *controls.Catalog) []byte {
	var b bytes.Buffer
	b.WriteString("-- Run as: sqlite3 -safe -readonly populations.sqlite < tests.sql\n")
	for _, t := range Tests(c) {
		fmt.Fprintf(&b, "\n-- %s: %s\n", t.ID, strings.Join(strings.Fields(t.Words), " "))
		for line := range strings.Lines(t.CountSQL) {
			if strings.HasPrefix(line, ".") {
				b.WriteByte(' ') // a line that begins with a point is a command to sqlite3
			}
			b.WriteString(line)
		}
		b.WriteString(";\n")
	}
	return b.Bytes()
}
