package freeze

import (
	"slices"
	"testing"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

func window(from, to string) evidence.Window { return evidence.Window{From: at(from), To: at(to)} }

func ticks(t *testing.T, every string, w evidence.Window, zone *time.Location) []string {
	t.Helper()
	slots, err := Slots([]controls.Expected{{Test: "T", Every: every}}, w, zone)
	if err != nil {
		t.Fatalf("%s: %v", every, err)
	}
	var out []string
	for i, s := range slots {
		if s.No != int64(i+1) || s.To <= s.From || i > 0 && s.From != slots[i-1].To {
			t.Errorf("%s: slot %+v", every, s)
		}
		out = append(out, s.From.Time().In(zone).Format("01-02 15:04 -07"))
	}
	return out
}

func TestSlotsFollowTheWallClock(t *testing.T) {
	t.Parallel()
	berlin, santiago := mustZone("Europe/Berlin"), mustZone("America/Santiago")
	for _, c := range []struct {
		name, every string
		w           evidence.Window
		zone        *time.Location
		want        []string
	}{
		{"quarterly", "0 0 1 1,4,7,10 *", halfYear(), newYork, []string{"01-01 00:00 -05", "04-01 00:00 -04"}},
		{"the end is outside", "0 0 1 7 *", halfYear(), newYork, nil},
		{"skipped hour, west", "30 2 * * *", window("2026-03-07T05:00:00Z", "2026-03-10T04:00:00Z"), newYork, []string{"03-07 02:30 -05", "03-08 03:00 -04", "03-09 02:30 -04"}},
		{"repeated hour, west", "30 1 * * *", window("2026-10-31T04:00:00Z", "2026-11-03T05:00:00Z"), newYork, []string{"10-31 01:30 -04", "11-01 01:30 -04", "11-02 01:30 -05"}},
		{"skipped hour, east", "30 2 * * *", window("2026-03-28T00:00:00Z", "2026-03-30T22:00:00Z"), berlin, []string{"03-28 02:30 +01", "03-29 03:00 +02", "03-30 02:30 +02"}},
		{"repeated hour, east", "30 2 * * *", window("2026-10-24T00:00:00Z", "2026-10-26T22:00:00Z"), berlin, []string{"10-24 02:30 +02", "10-25 02:30 +02", "10-26 02:30 +01"}},
		{"several in a skipped hour", "*/30 * * * *", window("2026-03-08T06:30:00Z", "2026-03-08T08:30:00Z"), newYork, []string{"03-08 01:30 -05", "03-08 03:00 -04", "03-08 03:30 -04", "03-08 04:00 -04"}},
		{"skipped midnight", "@daily", window("2026-09-05T04:00:00Z", "2026-09-08T03:00:00Z"), santiago, []string{"09-05 00:00 -04", "09-06 01:00 -03", "09-07 00:00 -03"}},
	} {
		want(t, c.name, ticks(t, c.every, c.w, c.zone), c.want...)
	}
}

func TestSlotsOfOneTestAreNumberedTogether(t *testing.T) {
	t.Parallel()
	slots, err := Slots([]controls.Expected{{Test: "B", Every: "0 0 1 2 *"}, {Test: "A", Every: "0 0 1 4 *"}, {Test: "B", Every: "0 0 1 1 *"}}, halfYear(), newYork)
	if err != nil || len(slots) != 3 || slots[0].Test != "A" || slots[1].No != 1 || slots[1].From != halfYear().From || slots[2].No != 2 {
		t.Errorf("%+v, %v", slots, err)
	}
}

func TestSchedulesThatMeanNothingAreRefused(t *testing.T) {
	t.Parallel()
	for _, every := range []string{"", "often", "0 0 30 2 *", "@every 1s", "TZ=", "CRON_TZ=UTC 0 0 * * *", "0 0 0 * * *"} {
		if slots, err := Slots([]controls.Expected{{Test: "T", Every: every}}, halfYear(), newYork); err == nil {
			t.Errorf("%q: %d slots", every, len(slots))
		}
	}
	if _, err := Slots([]controls.Expected{{Test: "T", Every: "* * * * *"}}, window("2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"), time.UTC); err == nil {
		t.Error("ten years of minutes were taken")
	}
	twice := controls.Expected{Test: "T", Every: "@daily"}
	if _, err := Slots([]controls.Expected{twice, twice}, halfYear(), newYork); err == nil {
		t.Error("one schedule twice was taken")
	}
}

var someParams = []controls.Param{
	{Name: "leaver_max", Type: "duration"}, {Name: "min_tls", Type: "rank"}, {Name: "share", Type: "real"},
	{Name: "roles", Type: "list"}, {Name: "region", Type: "text"}, {Name: "unset", Type: "int"}, {Name: "later", Type: "int"},
}

func TestEachStretchOfPolicyHasItsRowInP(t *testing.T) {
	t.Parallel()
	in := world{}.input()
	in.Params = someParams
	in.Policies = []controls.Policy{
		{Param: "leaver_max", Value: int64(7), From: at("2026-03-01T00:00:00Z"), ApprovedBy: "Ann"},
		{Param: "leaver_max", Value: int64(9), From: at("2025-03-01T00:00:00Z")},
		{Param: "leaver_max", Value: int64(8), From: halfYear().To},
		{Param: "min_tls", Value: int64(13), Default: true}, {Param: "share", Value: 2.0},
		{Param: "roles", Value: []string{"b", "a"}}, {Param: "roles", Value: []string{"b", "a"}, From: at("2026-02-01T00:00:00Z"), ApprovedBy: "stated anew"},
		{Param: "region", Value: "eu", From: at("2026-03-01T00:00:00Z")}, {Param: "later", Value: int64(1), From: halfYear().To},
	}
	_, db := freezeOf(t, in)
	want(t, "p", query(t, db, "SELECT from_at, to_at, leaver_max_us, min_tls, share, roles, region, unset, later FROM p ORDER BY from_at"),
		`0001-01-01T00:00:00.000000Z|2025-03-01T00:00:00.000000Z|-|13|2|["b","a"]|-|-|-`,
		`2025-03-01T00:00:00.000000Z|2026-03-01T00:00:00.000000Z|9|13|2|["b","a"]|-|-|-`,
		`2026-03-01T00:00:00.000000Z|9999-12-31T23:59:59.999999Z|7|13|2|["b","a"]|eu|-|-`)
	want(t, "the period", query(t, db, "SELECT DISTINCT p.start_at, p.end_at FROM p"), query(t, db, "SELECT start_at, end_at FROM period")...)
	want(t, "param", query(t, db, "SELECT value, effective_from, approved_by, is_default FROM param WHERE param = 'leaver_max' ORDER BY effective_from"),
		"9|2025-03-01T00:00:00.000000Z|-|0", "7|2026-03-01T00:00:00.000000Z|Ann|0", "8|2026-07-01T04:00:00.000000Z|-|0")
	want(t, "default", query(t, db, "SELECT param, value FROM param WHERE is_default"), "min_tls|13")
	for _, wrong := range [][]controls.Policy{
		{{Param: "nosuch", Value: int64(1)}}, {{Param: "min_tls", Value: "1.3"}}, {{Param: "region", Value: ""}},
		{{Param: "min_tls", Value: int64(12)}, {Param: "min_tls", Value: int64(13)}},
	} {
		in.Policies = wrong
		if _, err := Freeze(t.Context(), t.TempDir(), in); err == nil {
			t.Errorf("taken: %+v", wrong)
		}
	}
}

func TestParameterNamesAreNoSQL(t *testing.T) {
	t.Parallel()
	for _, p := range []controls.Param{{Name: `x" TEXT); DROP TABLE p; --`, Type: "int"}, {Name: "start_us", Type: "int"}, {Name: "a", Type: "blob"}, {Type: "int"}} {
		if _, err := Tables([]controls.Param{p}, nil); err == nil {
			t.Errorf("taken: %+v", p)
		}
	}
	if _, err := Tables([]controls.Param{{Name: "a_us", Type: "int"}, {Name: "a", Type: "duration"}}, nil); err == nil {
		t.Error("two parameters in one column were taken")
	}
}

func TestGapsAreNumberedWhateverTheirOrder(t *testing.T) {
	t.Parallel()
	gaps := []evidence.Gap{
		{Kind: "grant", From: 5, To: 9, Reason: evidence.GapPermission, Detail: "b"},
		{Kind: "change", Columns: []string{"ticket"}, Component: "fraud", From: 5, To: 9, Reason: evidence.GapNotProvided, Rows: 3},
		{Kind: "grant", From: 5, To: 9, Reason: evidence.GapPermission, Detail: "a"},
	}
	rows := gapRows(gaps)
	slices.Reverse(gaps)
	for i, again := range gapRows(gaps) {
		for n := range again {
			if !same(again[n], rows[i][n]) {
				t.Errorf("row %d: %v, then %v", i, rows[i], again)
			}
		}
	}
	in := world{}.input()
	in.Gaps = gaps
	_, db := freezeOf(t, in)
	got := query(t, db, "SELECT gap_no, kind, column_names, component_id, from_us, reason, detail, row_count FROM gap ORDER BY gap_no")
	want(t, "gaps", got, `1|change|["ticket"]|fraud|5|not_provided|-|3`, "2|grant|-|-|5|permission|a|-", "3|grant|-|-|5|permission|b|-")
}
