package bundle

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tieout/tieout/export"
)

// What the dossier says of a log is what the report in the package says, and
// that is the report that the ledger names.
func TestNobodyCanCallABrokenLogIntact(t *testing.T) {
	t.Parallel()
	whole := unpacked(t, written(t, theWorld().input(t)))
	intact := func(_ parcel, d *export.Dossier) {
		d.Logs[0].Verdict, d.Logs[0].Integrity, d.Logs[0].Findings, d.Logs[0].Counts = "verified", "intact", nil, map[string]int64{}
	}
	for name, c := range map[string]struct {
		change func(parcel, *export.Dossier)
		code   Code
		says   string
	}{
		"in the dossier": {intact, CountMismatch, "the dossier states the verdict"},
		"in the report too": {func(p parcel, d *export.Dossier) {
			intact(p, d)
			p["logs/decisions.json"] = []byte(strings.NewReplacer(`"broken"`, `"verified"`, `"HASH_MISMATCH":1`, ``).Replace(string(p["logs/decisions.json"])))
		}, LedgerMismatch, "the last one on it"},
		"fewer records":   {func(_ parcel, d *export.Dossier) { d.Logs[0].Records-- }, CountMismatch, "the records"},
		"another head":    {func(_ parcel, d *export.Dossier) { d.Logs[0].Head = "x" }, CountMismatch, "the head"},
		"findings":        {func(_ parcel, d *export.Dossier) { d.Logs[0].Counts = nil }, CountMismatch, "counts the findings"},
		"left out":        {func(_ parcel, d *export.Dossier) { d.Logs = nil }, CountMismatch, "reports on 1 logs"},
		"no report":       {func(p parcel, _ *export.Dossier) { p["logs/decisions.json"] = []byte("x") }, CountMismatch, "no report on a log"},
		"an empty report": {func(p parcel, _ *export.Dossier) { p["logs/decisions.json"] = []byte(`{"logs":[null]}`) }, CountMismatch, "leaves it empty"},
		"called complete": {func(_ parcel, d *export.Dossier) { d.Complete, d.Incomplete = true, nil }, CountMismatch, "the log of source decisions is broken"},
		"report by another": {func(p parcel, _ *export.Dossier) {
			p["logs/decisions.json"] = bytes.TrimSpace(append(p["logs/decisions.json"], ' '))
			p["logs/decisions.json"] = append(p["logs/decisions.json"], '\n')
		}, LedgerMismatch, "the last one on it"},
	} {
		p := parcel{}
		for k, b := range whole {
			p[k] = bytes.Clone(b)
		}
		if r := verified(t, forgedFrom(t, p, c.change), options(t)); r.Verdict != Invalid || !says(r, c.code, c.says) {
			t.Errorf("%s: %s, %+v", name, r.Verdict, r.Problems)
		}
	}
}
