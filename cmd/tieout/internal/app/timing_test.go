package app

import (
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source/engine"
)

func instant(t *testing.T, s string) evidence.Instant {
	t.Helper()
	i, err := evidence.ParseInstant(s)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func dateOf(t *testing.T, s string) (d controls.Date) {
	t.Helper()
	if err := d.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOnlyWhatGoesOnAfterAPullIsInterim(t *testing.T) {
	t.Parallel()
	end := instant(t, "2026-07-01T00:00:00Z")
	before, after := end-1, end
	readers := map[string][]string{"change": {"T1"}, "endpoint": {"T2"}, "sign_in": nil, "worker": {"T3"}}
	pull := func(source string, started evidence.Instant, kind evidence.Kind, asOf ...evidence.Instant) *engine.Result {
		return &engine.Result{Source: source, Started: started, AsOf: asOf, Kinds: []engine.KindCount{{Kind: kind}}}
	}
	got := interim([]*engine.Result{
		pull("a", before, "change"), pull("b", after, "change"), pull("c", before, "endpoint"), pull("d", before, "sign_in"),
		pull("e", after, "worker", before), pull("f", after, "worker", after), pull(selfSource, before, "change"),
	}, readers, end)
	if len(got) != 2 || got[0].Source != "a" || got[1].Source != "e" {
		t.Errorf("got %+v, want the changes of a, and the workers of e whose file ends early", got)
	}
	err := mayBeFinal(got)
	if err == nil || !strings.Contains(err.Error(), "change, worker: run 'tieout collect --source a --source e'") {
		t.Errorf("got %v", err)
	}
	if err := mayBeFinal(nil); err != nil {
		t.Errorf("nothing is interim, and still: %v", err)
	}
}

func TestOnlyARecordThatWatchesAndReachesFarEnoughCarriesAState(t *testing.T) {
	t.Parallel()
	window := evidence.Window{From: instant(t, "2026-01-01T00:00:00Z"), To: instant(t, "2026-07-01T00:00:00Z")}
	seen := instant(t, "2026-07-05T00:00:00Z")
	type event struct{ at, object string }
	made, later := event{"2025-06-01T00:00:00Z", "e1"}, event{"2026-07-09T00:00:00Z", "other"}
	gap := []evidence.Gap{{Kind: recordKind, From: window.From, To: window.To, Reason: evidence.GapPullFailed, Source: "audit"}}
	for name, c := range map[string]struct {
		events []event
		gaps   []evidence.Gap
		record string
		want   string
	}{
		"carried":           {[]event{made, later}, nil, "audit", ""},
		"by its own later":  {[]event{{"2026-07-05T00:00:01Z", "e1"}}, nil, "audit", ""},
		"no record":         {[]event{made, later}, nil, "", "state as_of"},
		"cut short":         {[]event{made}, nil, "audit", "not known to reach as far"},
		"never named":       {[]event{later}, nil, "audit", "never names it"},
		"changed in period": {[]event{made, {"2026-03-01T00:00:00Z", "e1"}, later}, nil, "audit", "has changes"},
		"changed after it":  {[]event{made, {"2026-07-03T00:00:00Z", "e1"}, later}, nil, "audit", "has changes"},
		"changed at sight":  {[]event{made, {"2026-07-05T00:00:00Z", "e1"}, later}, nil, "audit", "has changes"},
		"nobody knows what": {[]event{made, {"2026-03-01T00:00:00Z", ""}, later}, nil, "audit", "has changes"},
		"nobody knows when": {[]event{made, {"", "e1"}, later}, nil, "audit", "has changes"},
		"gap":               {[]event{made, later}, gap, "audit", "gaps in the period"},
	} {
		h := &history{
			window: window, last: map[string]evidence.Instant{}, named: map[[2]string][]evidence.Instant{}, blank: map[string][]evidence.Instant{},
			odd: map[[2]string]bool{}, asked: map[string]map[string]bool{"audit": {"e1": true}},
		}
		for _, e := range c.events {
			r := kinds.New(recordKind)
			r.Source = "audit"
			if e.at != "" {
				if err := r.Set("at", instant(t, e.at)); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.Set("resource_id", e.object); err != nil {
				t.Fatal(err)
			}
			h.add(r)
		}
		why := h.refuses(freeze.Late{Kind: "endpoint", Source: "scan", Key: "e1", Seen: seen}, c.record, c.gaps)
		if (why == "") != (c.want == "") || !strings.Contains(why, c.want) {
			t.Errorf("%s: got %q, want %q", name, why, c.want)
		}
	}
}

func TestDaysThatNoReportCovers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to, first, last string
		covered, gap          int
	}{
		{"2025-04-01", "2026-03-31", "2026-01-01", "2026-06-30", 90, 91},
		{"2026-02-01", "2026-02-28", "2026-01-01", "2026-06-30", 28, 153},
		{"2025-01-01", "2026-12-31", "2026-01-01", "2026-06-30", 181, 0},
		{"2024-01-01", "2024-12-31", "2026-01-01", "2026-06-30", 0, 181},
		{"", "", "2026-01-01", "2026-06-30", 0, 181},
		{"2025-01-01", "2026-06-30", "2026-06-30", "2026-06-30", 1, 0},
		{"2025-01-01", "2026-06-20", "2026-06-30", "2026-06-30", 0, 10},
		{"2026-07-01", "2026-12-31", "2026-06-30", "2026-06-30", 0, 1},
		{"", "", "2026-06-30", "2026-06-30", 0, 1},
	} {
		covered, gap := reportDays(controls.ReliesOn{ReportFrom: dateOf(t, c.from), ReportTo: dateOf(t, c.to)}, dateOf(t, c.first), dateOf(t, c.last))
		if covered != c.covered || gap != c.gap {
			t.Errorf("report %s to %s over %s to %s: %d covered, %d not; want %d and %d", c.from, c.to, c.first, c.last, covered, gap, c.covered, c.gap)
		}
	}
}
