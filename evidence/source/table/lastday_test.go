package table

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// TestALastDayBelongsToWhatItEnds reads reports whose coverage is stated by
// days: a bare date ends at the next midnight, a moment is what it says.
func TestALastDayBelongsToWhatItEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	body := `{"report_id":"r1","vendor_id":"v","covers_from":"2025-07-01","covers_until":"2026-06-30"}` + "\n" +
		`{"report_id":"r2","vendor_id":"v","covers_from":"2025-07-01","covers_until":"2026-06-30T12:00:00Z"}` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "r.jsonl"), []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	spec, _ := source.Of("table")
	_, k := sourcetest.Pull(t, spec, "{id: r, type: table, files: r.jsonl, mapping: native, kind: vendor_report, zone: Europe/Berlin}", dir)
	want := map[string]string{"r1": "2026-06-30T22:00:00.000000Z", "r2": "2026-06-30T12:00:00.000000Z"}
	for _, r := range sourcetest.Records(t, k) {
		if until, ok := r.Value("covers_until").(evidence.Instant); !ok || until.String() != want[r.Text("report_id")] {
			t.Errorf("%s ends %v", r.Text("report_id"), r.Value("covers_until"))
		}
		if from, ok := r.Value("covers_from").(evidence.Instant); !ok || !strings.HasPrefix(from.String(), "2025-06-30T22") {
			t.Errorf("%s begins %v", r.Text("report_id"), r.Value("covers_from"))
		}
	}
	if len(k.Lines) != 2 {
		t.Errorf("%d records", len(k.Lines))
	}
}
