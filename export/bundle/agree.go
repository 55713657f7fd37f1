package bundle

import (
	"fmt"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// checkContent reports where the dossier does not agree with itself, with the
// items, or with the files that it names. The writer asks it before it signs,
// the verifier asks it again.
func checkContent(d *export.Dossier, m *Manifest, t *tally) []Problem {
	c := &contentCheck{d: d, signals: t.signals, files: map[string]FileEntry{}, rows: map[string]int64{}}
	for _, f := range m.Files {
		c.files[f.Path] = f
	}
	for _, r := range m.Rows {
		c.rows[r.Path] = r.Rows
	}
	c.found = t.compare(d)
	c.status()
	c.criteria()
	c.tables()
	c.evidence()
	c.manual()
	return c.found
}

type contentCheck struct {
	d       *export.Dossier
	signals map[string]bool // tests that are indicators
	files   map[string]FileEntry
	rows    map[string]int64
	found   []Problem
}

func (c *contentCheck) bad(code Code, path, format string, args ...any) {
	c.found = append(c.found, Problem{code, path, fmt.Sprintf(format, args...)})
}

// status checks what the package says of itself.
func (c *contentCheck) status() {
	if !slices.Contains([]string{"draft", "interim", "final"}, c.d.Stage) {
		c.bad(ManifestInvalid, DossierPath, "stage %.60q: want draft, interim or final", c.d.Stage)
	}
	for _, r := range c.d.Results {
		if (r.State == controls.NoState) != c.signals[r.Test] {
			c.bad(CountMismatch, DossierPath, "%s for %s: a result has no state if its test is an indicator, and only then", r.Test, r.Component)
		}
	}
	if !c.d.Complete {
		return
	}
	if n := len(c.d.Incomplete); n > 0 {
		c.bad(CountMismatch, DossierPath, "it is marked complete, yet names %d reasons why it is not", n)
	}
	for _, l := range c.d.Logs {
		if l.Verdict == "broken" || l.Verdict == "indeterminate" || l.Verdict == "verified_with_gaps" {
			c.bad(CountMismatch, DossierPath, "it is marked complete, yet the log of source %s is %s", l.Source, l.Verdict)
		}
	}
	for _, r := range c.d.Results {
		if r.State == controls.NotTested {
			c.bad(CountMismatch, DossierPath, "it is marked complete, yet %s for %s is not tested", r.Test, r.Component)
			return
		}
	}
}

// criteria counts the results of each criterion's primary controls again.
func (c *contentCheck) criteria() {
	byControl := map[string]export.StateCounts{}
	for _, r := range c.d.Results {
		n := byControl[r.Control]
		n.Add(r.State)
		byControl[r.Control] = n
	}
	for _, line := range c.d.Criteria {
		var sum export.StateCounts
		for _, id := range line.Primary {
			n := byControl[id]
			sum.Deviation += n.Deviation
			sum.Indeterminate += n.Indeterminate
			sum.NotTested += n.NotTested
			sum.NotOccurring += n.NotOccurring
			sum.NotDue += n.NotDue
			sum.Pass += n.Pass
		}
		if sum != line.Counts {
			c.bad(CountMismatch, DossierPath, "criterion %s states the counts %+v, the results of its primary controls give %+v", line.ID, line.Counts, sum)
		}
	}
}

// tables checks that the tables named are the tables there.
func (c *contentCheck) tables() {
	named := map[string]bool{}
	for _, t := range c.d.Tables {
		named[t.File] = true
		f, ok := c.files[t.File]
		switch {
		case !ok || f.Role != RoleTable || t.File != "data/tables/"+t.Name+".jsonl":
			c.bad(FileMissing, t.File, "the dossier names it as the lines of table %s", t.Name)
		case f.SHA256.String() != t.SHA256:
			c.bad(HashMismatch, t.File, "the dossier states SHA-256 %s, the file has %s", t.SHA256, f.SHA256)
		case c.rows[t.File] != t.Rows:
			c.bad(CountMismatch, t.File, "the dossier states %d rows, the file has %d", t.Rows, c.rows[t.File])
		}
	}
	for _, f := range c.sorted(RoleTable) {
		if !named[f.Path] {
			c.bad(FileExtra, f.Path, "the dossier names no such table")
		}
	}
	for _, p := range c.d.Populations {
		if f, ok := c.files[p.File]; p.File != "" && (!ok || f.SHA256.String() != p.SHA256) {
			c.bad(HashMismatch, p.File, "population %s names it with SHA-256 %s", p.ID, p.SHA256)
		}
	}
	if f := c.files[DatabasePath]; f.SHA256.String() != c.d.Run.DatabaseSHA {
		c.bad(HashMismatch, DatabasePath, "the dossier states SHA-256 %s, the file has %s", c.d.Run.DatabaseSHA, f.SHA256)
	}
}

// evidence checks that the raw files named are the raw files there.
func (c *contentCheck) evidence() {
	named := map[string]bool{}
	for _, e := range c.d.Evidence {
		if e.File == "" {
			if e.Withheld == "" {
				c.bad(FileMissing, "", "evidence %s is not in the package, and no reason says why", e.ID)
			}
			continue
		}
		named[e.File] = true
		f, ok := c.files[e.File]
		switch digest, err := evidence.ParseDigest(e.SHA256); {
		case !ok || f.Role != RoleEvidence:
			c.bad(FileMissing, e.File, "the dossier names it as evidence %s", e.ID)
		case err != nil || f.SHA256 != digest:
			c.bad(HashMismatch, e.File, "evidence %s is stated with SHA-256 %s, the file has %s", e.ID, e.SHA256, f.SHA256)
		case f.Bytes != e.Bytes:
			c.bad(SizeMismatch, e.File, "evidence %s is stated with %d bytes, the file has %d", e.ID, e.Bytes, f.Bytes)
		}
	}
	for _, f := range c.sorted(RoleEvidence) {
		if !named[f.Path] {
			c.bad(FileExtra, f.Path, "the dossier names no such evidence")
		}
	}
	for _, l := range c.d.Logs {
		if f, ok := c.files[l.ReportFile]; l.ReportFile != "" && (!ok || f.Role != RoleLog) {
			c.bad(FileMissing, l.ReportFile, "the dossier names it as the report on the log of source %s", l.Source)
		}
	}
}

func (c *contentCheck) sorted(r Role) []FileEntry {
	var out []FileEntry
	for _, f := range c.files {
		if f.Role == r {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, comparePaths)
	return out
}
