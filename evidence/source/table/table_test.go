package table

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

func spec(t testing.TB) source.Spec {
	t.Helper()
	return sourcetest.Spec(t, "table")
}

func workspace(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// pulled is what one pull over invented files gave.
type pulled struct {
	*engine.Result
	records []*evidence.Record
}

func pull(t *testing.T, files map[string]string, config string) pulled {
	t.Helper()
	return pullDir(t, workspace(t, files), config)
}

func pullDir(t *testing.T, dir, config string) pulled {
	t.Helper()
	res, k := sourcetest.Pull(t, spec(t), config, dir)
	return pulled{Result: res, records: sourcetest.Records(t, k)}
}

func (p pulled) count(k evidence.Kind) engine.KindCount {
	for _, c := range p.Kinds {
		if c.Kind == k {
			return c
		}
	}
	return engine.KindCount{}
}

// gap returns the gaps of the reason.
func (p pulled) gap(reason evidence.GapReason) []evidence.Gap {
	var out []evidence.Gap
	for _, g := range p.Gaps {
		if g.Reason == reason {
			out = append(out, g)
		}
	}
	return out
}

const grants = "grant_id,principal_id,resource_id,role,privileged,request_id,requested_role,approved_by,approved_at,granted_at,revoked_at\n"

const grantConfig = "{id: grants, type: table, files: '*.csv', mapping: native, kind: grant}"

func TestACSVOfOwnColumnNamesGivesRecords(t *testing.T) {
	t.Parallel()
	p := pull(t, map[string]string{"grants.csv": "\xef\xbb\xbf" + grants +
		"G1,ann,registry,\"author, senior\",true,,,\"bo\r\nb\",2026-01-01T00:00:00Z,2026-01-01T01:00:00+01:00,\r\n" +
		"G2,cy,registry,\"say \"\"hi\"\"\",FALSE,R1,reader,,,,2026-02-01T00:00:00Z\r\n"}, grantConfig)
	if len(p.Gaps) > 0 || p.Error != "" || len(p.records) != 2 {
		t.Fatalf("%+v %s", p.Gaps, p.Error)
	}
	slices.SortFunc(p.records, func(a, b *evidence.Record) int { return strings.Compare(a.NativeID, b.NativeID) })
	a, b := p.records[0], p.records[1]
	if a.Text("role") != "author, senior" || a.Text("approved_by") != "bo\nb" || a.Value("revoked_at") != nil || a.Value("privileged") != true {
		t.Errorf("%v", a.Values)
	}
	if a.Value("approved_at") != a.Value("granted_at") {
		t.Error("the zone of a time was not taken into account")
	}
	if b.Text("role") != `say "hi"` || b.Value("privileged") != false || b.Item != 4 || a.Item != 2 {
		t.Errorf("%v, item %d", b.Values, b.Item)
	}
	if a.ObservedAt != sourcetest.Now || a.AsOfStated || a.Raw != p.Pages[0].SHA256 || a.Source != "under-test" {
		t.Errorf("%+v", a)
	}
}

func TestBadRowsAreRejectedAndListedNeverDropped(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows   string
		put    int64
		reason string
		line   int64
	}{
		"too few cells":       {"G1,ann,registry\nG2,ann,registry,r,,,,,,,\n", 1, "3 cells", 2},
		"too many cells":      {"G1,ann,registry,r,,,,,,,,,\n", 0, "13 cells", 2},
		"no key":              {",ann,registry,r,,,,,,,\n", 0, "grant_id is required and empty", 2},
		"white space as key":  {"  ,ann,registry,r,,,,,,,\n", 0, "grant_id: nothing but white space", 2},
		"a zero byte in one":  {"G\x001,ann,registry,r,,,,,,,\n", 0, "grant_id: a zero byte inside", 2},
		"key not UTF-8":       {"\"\nG\xff\",ann,registry,r,,,,,,,\n", 0, "grant_id: bytes that are not UTF-8", 2},
		"last line half done": {"G1,ann,registry,r,,,,,,,\nG2,an", 1, "2 cells", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pull(t, map[string]string{"g.csv": grants + c.rows}, grantConfig)
			k := p.count("grant")
			if k.Put != c.put || k.Rejected != 1 || len(p.Rejected) != 1 || !strings.Contains(p.Rejected[0].Reason, c.reason) || p.Rejected[0].Item != c.line {
				t.Errorf("%+v %+v", k, p.Rejected)
			}
			if g := p.gap(evidence.GapRejected); len(g) != 1 || len(g[0].Columns) > 0 || g[0].Rows != 1 {
				t.Errorf("gaps: %+v", p.Gaps)
			}
		})
	}
}

func TestAFileThatStopsMakingSenseIsCutNotGuessed(t *testing.T) {
	t.Parallel()
	good := "G1,ann,registry,r,,,,,,,\n"
	for name, c := range map[string]struct{ body, what string }{
		"quote out of place":    {grants + good + "G2,a\"nn,registry,r,,,,,,,\n" + "G3,ann,registry,r,,,,,,,\n", "quotation mark inside"},
		"text behind a quote":   {grants + good + "G2,\"a\"nn,registry,r,,,,,,,\n", "behind the quotation mark"},
		"quote that stays open": {grants + good + "G2,\"ann,registry,r,,,,,,,\nG3,ann,registry,r,,,,,,,\n", "does not end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pull(t, map[string]string{"g.csv": c.body}, grantConfig)
			if p.count("grant").Put != 1 || p.Error != "" {
				t.Errorf("%+v %s", p.count("grant"), p.Error)
			}
			if g := p.gap(evidence.GapTruncated); len(g) != 1 || !strings.Contains(g[0].Detail, c.what) || g[0].From != sourcetest.Window.From {
				t.Errorf("gaps: %+v", p.Gaps)
			}
			if !strings.Contains(p.Pages[0].Error, c.what) {
				t.Errorf("page: %+v", p.Pages[0])
			}
		})
	}
}

func TestAFileThatCannotBeReadIsAGapOfTheWholeKind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, body, what string
		reason           evidence.GapReason
	}{
		"empty":            {"g.csv", "", "not even a header", evidence.GapTruncated},
		"header twice":     {"g.csv", "grant_id,grant_id\n", "names column 2 as an earlier one", evidence.GapTruncated},
		"no key column":    {"g.csv", "principal_id,resource_id\na,b\n", "no column grant_id", evidence.GapPullFailed},
		"UTF-16":           {"g.csv", "\xff\xfeg\x00r\x00", "UTF-16", evidence.GapTruncated},
		"not packed":       {"g.csv.gz", grants, "unpack", evidence.GapTruncated},
		"unknown codec":    {"g.txt", grants, "state codec", evidence.GapPullFailed},
		"JSON half done":   {"g.json", `[{"grant_id":"1"`, "no JSON", evidence.GapTruncated},
		"JSON key twice":   {"g.json", `[{"grant_id":"1","grant_id":"2"}]`, "twice", evidence.GapTruncated},
		"JSON object":      {"g.json", `{"grants":[]}`, "'items:'", evidence.GapTruncated},
		"nothing matches":  {"other/g.csv", grants, `nothing matches "g.*"`, evidence.GapPullFailed},
		"a line too long":  {"g.csv", grants + strings.Repeat("x", maxRow+1), "longer than", evidence.GapTruncated},
		"a quoted monster": {"g.csv", grants + "\"" + strings.Repeat("x\n", maxRow/2+1), "quotation mark missing", evidence.GapTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pull(t, map[string]string{c.file: c.body}, strings.Replace(grantConfig, "*.csv", "g.*", 1))
			if g := p.gap(c.reason); len(g) != 1 || len(g[0].Columns) > 0 || !strings.Contains(g[0].Detail, c.what) {
				t.Errorf("gaps: %+v", p.Gaps)
			}
			if c.reason == evidence.GapPullFailed && !strings.Contains(p.Error, c.what) {
				t.Errorf("error: %s", p.Error)
			}
		})
	}
}

func TestPackedFiles(t *testing.T) {
	t.Parallel()
	pack := func(s string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	body := grants + strings.Repeat("G1,ann,registry,r,,,,,,,\n", 3)
	p := pull(t, map[string]string{
		"one.csv.gz":  pack(grants) + pack("G2,ann,registry,r,,,,,,,\n"),
		"two.csv.zst": string(enc.EncodeAll([]byte(body), nil)),
	}, strings.Replace(grantConfig, "*.csv", "*.csv.*", 1))
	if k := p.count("grant"); k.Put != 2 || k.Duplicates != 2 || p.Error != "" || len(p.gap(evidence.GapTruncated)) > 0 {
		t.Fatalf("%+v %+v %s", k, p.Gaps, p.Error)
	}
	var random strings.Builder
	for i := range 2000 {
		random.WriteString("G" + strings.Repeat(string(rune('a'+i%26)), i%17+1) + ",ann,registry,r,,,,,,,\n")
	}
	for name, whole := range map[string]string{"h.csv.gz": pack(grants + random.String()), "h.csv.zst": string(enc.EncodeAll([]byte(grants+random.String()), nil))} {
		p = pull(t, map[string]string{name: whole[:len(whole)-9]}, strings.Replace(grantConfig, "*.csv", "*.csv.*", 1))
		if g := p.gap(evidence.GapTruncated); len(g) != 1 || p.Pages[0].Error == "" {
			t.Errorf("%s cut short: %+v", name, p.Gaps)
		}
	}
}

func TestAValueThatCannotBeReadIsMissingNotNull(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ cell, why string }{
		"no zone":          {"2026-01-01 10:00:00", "zone"},
		"a day without":    {"2026-02-30T00:00:00Z", "not a time"},
		"words":            {"soon", "not a time"},
		"white space":      {"   ", "white space"},
		"leap second":      {"2026-06-30T23:59:60Z", "not a time"},
		"year out of line": {"0000-01-01T00:00:00Z", "outside"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := "G1,ann,registry,r,maybe,,,," + c.cell + ",,\nG2,ann,registry,r,true,,,,2026-01-01T00:00:00Z,,\n"
			p := pull(t, map[string]string{"g.csv": grants + rows}, grantConfig)
			var first *evidence.Record
			for _, r := range p.records {
				if r.NativeID == "G1" {
					first = r
				}
			}
			if first == nil || !slices.Equal(first.Missing, []string{"approved_at", "privileged"}) || first.Value("approved_at") != nil {
				t.Fatalf("%+v", first)
			}
			if len(p.Unparsable) != 2 || p.Unparsable[0].Rows != 1 || !strings.Contains(p.Unparsable[0].Examples[0].Reason, c.why) {
				t.Errorf("%+v", p.Unparsable)
			}
			if len(p.Gaps) > 0 {
				t.Errorf("one value became a gap of its column: %+v", p.Gaps)
			}
		})
	}
}

func TestAColumnOfWhichNothingCanBeReadIsAGap(t *testing.T) {
	t.Parallel()
	p := pull(t, map[string]string{"g.csv": grants + "G1,ann,registry,r,,,,,2026-01-01,,\nG2,ann,registry,r,,,,,2026-01-02,,\n"}, grantConfig)
	g := p.gap(evidence.GapUnparsable)
	if len(g) != 1 || !slices.Equal(g[0].Columns, []string{"approved_at"}) || !strings.Contains(g[0].Detail, "zone:") || g[0].Rows != 2 {
		t.Errorf("%+v", p.Gaps)
	}
}

func TestAColumnThatAFileLacksIsAGapOfThatColumn(t *testing.T) {
	t.Parallel()
	p := pull(t, map[string]string{
		"a.csv": grants + "G1,ann,registry,r,,,,,,,2026-01-01T00:00:00Z\n",
		"b.csv": "grant_id,principal_id,resource_id,colour\nG2,bob,registry,red\n",
	}, grantConfig)
	g := p.gap(evidence.GapNotProvided)
	if len(g) != 1 || !slices.Contains(g[0].Columns, "revoked_at") || slices.Contains(g[0].Columns, "principal_id") || !strings.Contains(g[0].Detail, "b.csv") {
		t.Errorf("%+v", p.Gaps)
	}
	if !slices.Equal(p.Unread, []string{"colour"}) {
		t.Errorf("unread: %v", p.Unread)
	}
}

func TestConflictsAreListedAndTheirColumnsMissing(t *testing.T) {
	t.Parallel()
	p := pull(t, map[string]string{"g.csv": grants + "G1,ann,registry,r,,,,,,,\nG1,ann,registry,r,,,,,,,\nG1,ann,registry,admin,,,,,,,\n"}, grantConfig)
	k := p.count("grant")
	if k.Put != 1 || k.Duplicates != 1 || k.Conflicts != 1 || len(p.Conflicts) != 1 || !slices.Equal(p.Conflicts[0].Columns, []string{"role"}) {
		t.Fatalf("%+v %+v", k, p.Conflicts)
	}
	if r := p.records[0]; r.Value("role") != nil || !slices.Equal(r.Missing, []string{"role"}) {
		t.Errorf("%+v", r)
	}
	if g := p.gap(evidence.GapUnparsable); len(g) != 1 || !slices.Equal(g[0].Columns, []string{"role"}) {
		t.Errorf("%+v", p.Gaps)
	}
}

func TestNoRowsIsNoGap(t *testing.T) {
	t.Parallel()
	for file, body := range map[string]string{"g.csv": "grant_id,principal_id,resource_id\n", "g.json": "[]", "g.jsonl": "\n"} {
		p := pull(t, map[string]string{file: body}, strings.Replace(grantConfig, "*.csv", "g.*", 1))
		if len(p.Gaps) > 0 || p.Error != "" || p.count("grant").Put != 0 || len(p.Pages) != 1 {
			t.Errorf("%s: %+v %s", file, p.Gaps, p.Error)
		}
	}
}

func TestLinksOutOfTheWorkspaceAreRefused(t *testing.T) {
	t.Parallel()
	outside := workspace(t, map[string]string{"secret.csv": grants, "d/x.csv": grants})
	dir := workspace(t, map[string]string{"in/real.csv": grants + "G1,ann,registry,r,,,,,,,\n"})
	for link, to := range map[string]string{"out.csv": filepath.Join(outside, "secret.csv"), "fine.csv": "in/real.csv", "sub": filepath.Join(outside, "d")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	p := pullDir(t, dir, grantConfig)
	if p.count("grant").Put != 1 || !strings.Contains(p.Error, "out.csv") || len(p.gap(evidence.GapPullFailed)) != 1 {
		t.Errorf("%+v %s", p.Gaps, p.Error)
	}
	p = pullDir(t, dir, strings.Replace(grantConfig, "*.csv", "*/*.csv", 1))
	if p.count("grant").Put != 1 || !strings.Contains(p.Error, "sub: ") {
		t.Errorf("a linked directory was left out in silence: %q", p.Error)
	}
}
