package bundle

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// No word about versions keeps the database from being looked at.
func TestNoVersionExcusesAnotherDatabase(t *testing.T) {
	t.Parallel()
	whole := unpacked(t, written(t, theWorld().input(t)))
	junk := []byte("a database that nobody compares")
	altered := slices.Clone(whole[DatabasePath])
	altered[len(altered)-1] ^= 1
	const other, elsewhere = "tieout v9.0.0", "SQLite 3.99.0"
	for name, c := range map[string]struct {
		engine   string
		database []byte
		tool     string // that verifies
		want     Verdict
		says     string
	}{
		"this tool with another engine":   {elsewhere, whole[DatabasePath], tool, Invalid, "SQLite 3.99.0"},
		"this tool, another database":     {elsewhere, altered, tool, Invalid, "built from data/tables"},
		"this tool, junk":                 {elsewhere, junk, tool, Invalid, "built from data/tables"},
		"another tool, the same database": {elsewhere, whole[DatabasePath], other, Valid, ""},
		"another tool, another database":  {elsewhere, altered, other, Indeterminate, "populations.sqlite"},
		"its engine is this one":          {"", altered, other, Indeterminate, "populations.sqlite"},
		"another tool, junk":              {elsewhere, junk, other, Invalid, "no SQLite database"},
		"another tool, cut":               {elsewhere, altered[:len(altered)-1], other, Invalid, "no SQLite database"},
		"another tool, with more":         {elsewhere, append(slices.Clone(altered), 0), other, Invalid, "no SQLite database"},
	} {
		path := forgedFrom(t, whole, func(p parcel, d *export.Dossier) {
			if c.engine != "" {
				d.Run.Engine = c.engine
			}
			p[DatabasePath] = bytes.Clone(c.database)
			d.Run.DatabaseSHA = evidence.DigestOf(c.database).String()
		})
		o := options(t)
		o.Sheets, o.Documents, o.Tool = nil, nil, c.tool // the database alone is to be what tells
		r := verified(t, path, o)
		told := strings.Join(r.NotChecked, " ")
		for _, p := range r.Problems {
			told += " " + p.Note
		}
		if r.Verdict != c.want || !strings.Contains(told, c.says) {
			t.Errorf("%s: %s, %+v, %v", name, r.Verdict, r.Problems, r.NotChecked)
		}
	}
}
