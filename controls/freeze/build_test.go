package freeze

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/kinds"
)

func tableNamed(t testing.TB, name string) *Table {
	t.Helper()
	tables, err := Tables(someParams, []evidence.Kind{"worker"})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(tables, func(t *Table) bool { return t.Name == name })
	return tables[i]
}

func fileOfText(t *Table, text string) TableFile {
	return TableFile{Table: t, Name: t.Name + ".jsonl", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

func workerLine(id, more string) string {
	return `{"_id":"` + id + `","_item":1,"_observed_at":"2026-01-01T00:00:00.000000Z","_raw":"` + zeros + `","_source":"s"` + more + `,"worker_id":"w"}` + "\n"
}

func TestHostileLinesAreRefusedByFileAndLine(t *testing.T) {
	t.Parallel()
	table := tableNamed(t, "worker")
	good := workerLine("a", "")
	for name, c := range map[string]struct{ text, says string }{
		"unknown member":    {workerLine("b", `,"admin":true`), "admin"},
		"member twice":      {workerLine("b", `,"role":"x","role":"x"`), "twice or out of order"},
		"members unsorted":  {workerLine("b", `,"role":"x","email":"x"`), "out of order"},
		"twin":              {workerLine("b", `,"started_at":"2026-01-01T00:00:00.000000Z","started_at_us":1`), "started_at_us"},
		"wrong type":        {workerLine("b", `,"role":1`), "role"},
		"null":              {workerLine("b", `,"role":null`), "role"},
		"empty text":        {workerLine("b", `,"role":""`), "empty"},
		"outside the enum":  {strings.Replace(workerLine("b", ""), `"w"}`, `"w","worker_kind":"robot"}`, 1), "robot"},
		"narrow time":       {workerLine("b", `,"started_at":"2026-01-01T00:00:00Z"`), "six decimals"},
		"offset":            {workerLine("b", `,"started_at":"2026-01-01T00:00:00.000000+00:00"`), "six decimals"},
		"nanoseconds":       {workerLine("b", `,"started_at":"2026-01-01T00:00:00.000000001Z"`), "six decimals"},
		"no such day":       {workerLine("b", `,"started_at":"2026-02-30T00:00:00.000000Z"`), "2026-02-30"},
		"required":          {strings.Replace(workerLine("b", ""), `,"worker_id":"w"`, "", 1), "worker_id"},
		"no raw":            {strings.Replace(workerLine("b", ""), zeros, "x", 1), "_raw"},
		"float for int":     {strings.Replace(workerLine("b", ""), `"_item":1`, `"_item":1.0`, 1), "_item"},
		"int too big":       {strings.Replace(workerLine("b", ""), `"_item":1`, `"_item":9223372036854775808`, 1), "_item"},
		"same key":          {workerLine("a", ""), "twice"},
		"unsorted":          {workerLine("A", ""), "sorted"},
		"no line end":       {strings.TrimSuffix(workerLine("b", ""), "\n"), "cut"},
		"carriage return":   {strings.Replace(workerLine("b", ""), "\n", "\r\n", 1), "after the object"},
		"white space":       {strings.Replace(workerLine("b", ""), ",", ", ", 1), "want a text"},
		"empty line":        {"\n", "object"},
		"byte order mark":   {"\ufeff" + workerLine("b", ""), "object"},
		"not UTF-8":         {workerLine("b", ",\"role\":\"\xff\""), "UTF-8"},
		"lone surrogate":    {workerLine("b", `,"role":"\ud800"`), "surrogate"},
		"needless escape":   {workerLine("b", `,"role":"\u0041"`), "canonical"},
		"escaped solidus":   {workerLine("b", `,"role":"\/"`), "canonical"},
		"escaped name":      {workerLine("b", `,"\u0072ole":"x"`), "canonical"},
		"bare control":      {workerLine("b", ",\"role\":\"\x01\""), "control"},
		"array":             {"[]\n", "object"},
		"long line":         {workerLine("b", `,"role":"`+strings.Repeat("x", MaxLine)+`"`), "longer"},
		"missing not there": {strings.Replace(workerLine("b", ""), `"_observed_at"`, `"_missing":["nosuch"],"_observed_at"`, 1), "nosuch"},
		"missing empty":     {strings.Replace(workerLine("b", ""), `"_observed_at"`, `"_missing":[],"_observed_at"`, 1), "_missing"},
	} {
		dir := t.TempDir()
		err := Build(t.Context(), filepath.Join(dir, "x.sqlite"), []TableFile{fileOfText(table, good+c.text)})
		if err == nil || !strings.Contains(err.Error(), "worker.jsonl, line 2") || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: left behind %v, %v", name, left, err)
		}
	}
}

func TestPersonsMustFitTheirIdentities(t *testing.T) {
	t.Parallel()
	table := tableNamed(t, "change")
	line := func(more string) string {
		return `{"_id":"a","_item":1,"_observed_at":"2026-01-01T00:00:00.000000Z","_raw":"` + zeros + `","_source":"s"` + more + "}\n"
	}
	for more, ok := range map[string]bool{
		`,"author_ids":["a","b"],"author_ids_person":[null,"W1"],"change_id":"c"`: true,
		`,"author_ids":[],"author_ids_person":[],"change_id":"c"`:                 true,
		`,"change_id":"c","deployed_by":"x","deployed_by_person":"W1"`:            true,
		`,"change_id":"c","deployed_by":"x"`:                                      true,
		`,"change_id":"c","deployed_by_person":"W1"`:                              false,
		`,"author_ids":["a","b"],"author_ids_person":["W1"],"change_id":"c"`:      false,
		`,"author_ids":["a"],"change_id":"c"`:                                     false,
		`,"author_ids":["a"],"author_ids_person":[""],"change_id":"c"`:            false,
		`,"author_ids":[null],"author_ids_person":[null],"change_id":"c"`:         false,
	} {
		err := Build(t.Context(), filepath.Join(t.TempDir(), "x.sqlite"), []TableFile{fileOfText(table, line(more))})
		if (err == nil) != ok {
			t.Errorf("%s: %v", more, err)
		}
	}
}

func TestThePeriodHasExactlyOneRow(t *testing.T) {
	t.Parallel()
	line := func(day string) string {
		return `{"end_at":"2026-07-01T00:00:00.000000Z","start_at":"2026-01-0` + day + `T00:00:00.000000Z"}` + "\n"
	}
	for text, ok := range map[string]bool{"": false, line("1"): true, line("1") + line("2"): false} {
		err := Build(t.Context(), filepath.Join(t.TempDir(), "x.sqlite"), []TableFile{fileOfText(tableNamed(t, "period"), text)})
		if (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestTheStretchesOfPLeaveNoMomentOut takes rows of table p away and moves
// them. An item that falls into no stretch, or into two, would be judged by
// none or by either.
func TestTheStretchesOfPLeaveNoMomentOut(t *testing.T) {
	t.Parallel()
	row := func(from, to, start string) string {
		return `{"end_at":"2026-07-01T00:00:00.000000Z","from_at":"` + from + `T00:00:00.000000Z","start_at":"` + start + `T00:00:00.000000Z","to_at":"` + to + `"}` + "\n"
	}
	const first, spring, first1st, last, start = "0001-01-01", "2026-03-01", "2026-03-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "2026-01-01"
	for text, says := range map[string]string{
		row(first, last, start):                                "",
		row(first, first1st, start) + row(spring, last, start): "",
		"":                          "leave out",
		row(first, first1st, start): "leave out",
		row(spring, last, start):    "does not begin at",
		row(first, first1st, start) + row("2026-03-02", last, start):         "does not begin at",
		row(first, first1st, start) + row("2026-02-28", last, start):         "does not begin at",
		row(first, last, start) + row(spring, last, start):                   "does not begin at",
		row(first, first1st, start) + row(spring, last, "2026-02-01"):        "another than that of the row before",
		row(first, first1st, start) + row(spring, first1st, start):           "does not begin at",
		row(spring, last, start) + row(first, first1st, start):               "does not begin at",
		row(first, first1st, start) + row(first, last, start):                "twice",
		row(first, "0001-01-01T00:00:00.000000Z", start):                     "does not begin at",
		row(first, first1st, start) + row(spring, last, start) + "{}" + "\n": "line 3",
	} {
		err := Build(t.Context(), filepath.Join(t.TempDir(), "x.sqlite"), []TableFile{fileOfText(tableNamed(t, "p"), text)})
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: want %q, got %v", text, says, err)
		}
	}
	period := `{"end_at":"2026-07-01T00:00:00.000000Z","start_at":"2026-01-02T00:00:00.000000Z"}` + "\n"
	err := Build(t.Context(), filepath.Join(t.TempDir(), "x.sqlite"), []TableFile{fileOfText(tableNamed(t, "p"), row(first, last, start)), fileOfText(tableNamed(t, "period"), period)})
	if err == nil || !strings.Contains(err.Error(), "different periods") {
		t.Errorf("two periods: %v", err)
	}
}

func TestBuildOverwritesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.sqlite")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Build(t.Context(), path, nil); err == nil {
		t.Error("built over a file")
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "mine" {
		t.Errorf("%q, %v", b, err)
	}
	table := fileOfText(tableNamed(t, "worker"), "")
	if err := Build(t.Context(), path+"2", []TableFile{table, table}); err == nil {
		t.Error("one table twice was taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Build(ctx, path+"3", []TableFile{table}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// variety is a world with every kind, every type and any text in it.
func variety() world {
	w := world{}
	texts := []string{"a", "\x00", "\u202e\u200b", "\U0001F600\ue000", "'\"; DROP TABLE p; --", "=1+1", "line\nend\u2028", "é e\u0301", strings.Repeat("long ", 3000)}
	for _, s := range kinds.All() {
		for n := range 300 {
			values := map[string]any{}
			for i, c := range s.Columns {
				text := texts[(n+i)%len(texts)] + strconv.Itoa(n)
				switch {
				case c.Null != evidence.NullRequired && (n+i)%4 == 0:
				case len(c.Enum) > 0:
					values[c.Name] = c.Enum[n%len(c.Enum)]
				case c.Type == evidence.Text || c.Type == evidence.Decimal:
					values[c.Name] = text
				case c.Type == evidence.Int:
					values[c.Name] = int64(n) << (n % 50)
				case c.Type == evidence.Real:
					values[c.Name] = float64(n) / 7 * 1e15
				case c.Type == evidence.Bool:
					values[c.Name] = n%2 == 0
				case c.Type == evidence.Time:
					values[c.Name] = evidence.Instant(1_767_225_600_000_000 + int64(n)*1_234_567)
				case c.Type == evidence.List:
					values[c.Name] = []string{text, "", "b"}[:n%4%3]
				}
			}
			w.add(s.Kind, "2026-02-01T00:00:00Z", values)
		}
	}
	return w
}

func TestEqualLinesGiveEqualBytesInEveryProcess(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("FREEZE_AGAIN"); dir != "" { // the child
		in := variety().input()
		in.Params, in.ObsKinds = someParams, []evidence.Kind{"change"}
		if _, err := Freeze(t.Context(), dir, in); err != nil {
			t.Fatal(err)
		}
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var first string
	for _, env := range [][]string{{"TZ=UTC", "GOMAXPROCS=1", "GOGC=20"}, {"TZ=Asia/Kathmandu", "GOMAXPROCS=4", "LANG=tr_TR.UTF-8"}} {
		dir := filepath.Join(t.TempDir(), "f")
		cmd := exec.CommandContext(t.Context(), exe, "-test.run=^"+t.Name()+"$")
		cmd.Env = append(append(os.Environ(), env...), "FREEZE_AGAIN="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", env, err, out)
		}
		d, err := digestOfFile(filepath.Join(dir, DatabaseName))
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = d.String()
		} else if first != d.String() {
			t.Errorf("%v: %s, before %s", env, d, first)
		}
	}
}

func TestTheLinesAloneRebuildTheDatabase(t *testing.T) {
	t.Parallel()
	in := variety().input()
	in.Params, in.ObsKinds = someParams, []evidence.Kind{"change"}
	f, db := freezeOf(t, in)
	tables, err := Tables(in.Params, in.ObsKinds)
	if err != nil {
		t.Fatal(err)
	}
	var files []TableFile
	for _, table := range slices.Backward(tables) {
		files = append(files, FileOf(filepath.Dir(f.table(t, "p").Path), table))
	}
	again := filepath.Join(t.TempDir(), "again.sqlite")
	if err := Build(t.Context(), again, files); err != nil {
		t.Fatal(err)
	}
	if d, err := digestOfFile(again); err != nil || d != f.SHA256 {
		t.Errorf("%s, frozen %s, %v", d, f.SHA256, err)
	}
	for _, r := range f.Tables {
		b, err := os.ReadFile(r.Path)
		if err != nil || evidence.DigestOf(b) != r.SHA256 || int64(len(b)) != r.Bytes || int64(bytes.Count(b, []byte{'\n'})) != r.Rows {
			t.Errorf("%s: the report is of other lines, %v", r.Name, err)
		}
		for line := range bytes.Lines(b) {
			if !canon.IsCanonical(bytes.TrimSuffix(line, []byte{'\n'})) {
				t.Errorf("%s: not canonical: %.200s", r.Name, line)
			}
		}
	}
	want(t, "text", query(t, db, `SELECT count(*) FROM worker WHERE worker_id = char(0) || '1'`), "1")
	checkHeader(t, again)
	checkShell(t, again, f)
}

// checkHeader sees to it that the file's header says nothing of this run.
func checkHeader(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b[18] != 1 || b[19] != 1 || !bytes.Equal(b[24:28], []byte{0, 0, 0, 1}) || !bytes.Equal(b[92:96], []byte{0, 0, 0, 1}) {
		t.Errorf("header: % x", b[:100])
	}
}

// checkShell opens the file as an auditor does.
func checkShell(t *testing.T, path string, f *Frozen) {
	t.Helper()
	shell, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Log("NOT CHECKED: there is no sqlite3 on this machine, so nobody opened the file with another engine")
		return
	}
	out, err := exec.CommandContext(t.Context(), shell, "-safe", "-readonly", path, "PRAGMA integrity_check; SELECT count(*) FROM change_obs; SELECT count(*) FROM p").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want(t, "sqlite3", strings.Fields(string(out)), "ok", strconv.FormatInt(f.table(t, "change_obs").Rows, 10), "1")
}
