package bundle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
)

const childTarget = "TIEOUT_BUNDLE_TEST_TARGET"

func TestEqualInputsGiveEqualBytes(t *testing.T) {
	if target := os.Getenv(childTarget); target != "" {
		if _, err := Write(t.Context(), target, theWorld().input(t)); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Parallel()
	first := must(os.ReadFile(written(t, theWorld().input(t))))
	for _, env := range [][]string{{"TZ=UTC", "LANG=C", "GOMAXPROCS=1"}, {"TZ=Pacific/Kiritimati", "LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8", "GOMAXPROCS=2"}} {
		target := filepath.Join(t.TempDir(), "other name.zip")
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestEqualInputsGiveEqualBytes$")
		cmd.Env = append(append(os.Environ(), env...), childTarget+"="+target)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if !bytes.Equal(first, must(os.ReadFile(target))) {
			t.Errorf("%v: other bytes", env)
		}
	}
	in := theWorld().input(t)
	in.Dir = true
	folder := written(t, in)
	for name, b := range unpacked(t, saved(t, first)) {
		if got, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name))); err != nil || !bytes.Equal(got, b) {
			t.Errorf("%s in the folder is not that of the zip file: %v", name, err)
		}
	}
}

// nothingLeft checks that a failed writing left only what was there before.
func nothingLeft(t testing.TB, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// fullDisk writes until it has taken so many bytes over all files.
type fullDisk struct{ left int64 }

var errFull = errors.New("no space left on device")

func (d *fullDisk) create(name string) (io.WriteCloser, error) {
	f, err := createFile(name)
	if err != nil {
		return nil, err
	}
	return &fullFile{f, d}, nil
}

type fullFile struct {
	io.WriteCloser
	disk *fullDisk
}

func (f *fullFile) Write(p []byte) (int, error) {
	if f.disk.left < int64(len(p)) {
		return 0, errFull
	}
	f.disk.left -= int64(len(p))
	return f.WriteCloser.Write(p)
}

func TestAFullDiskLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, dir := range []bool{false, true} {
		in := theWorld().input(t)
		in.Dir = dir
		room := int64(0)
		for ; ; room = room*3/2 + 1 {
			folder := t.TempDir()
			_, err := write(t.Context(), filepath.Join(folder, "p"), in, (&fullDisk{room}).create)
			if err == nil {
				break
			}
			if !errors.Is(err, errFull) {
				t.Fatal(err)
			}
			nothingLeft(t, folder)
		}
		if room < 100_000 {
			t.Errorf("written with room for %d bytes", room)
		}
	}
}

func TestWhatFailsWhileReadingLeavesNothing(t *testing.T) {
	t.Parallel()
	failing := errors.New("the source is gone")
	for name, c := range map[string]struct {
		change func(*Input)
		says   string
	}{
		"items": {func(in *Input) {
			in.Dossier.Items = func() iter.Seq2[controls.Item, error] {
				return func(yield func(controls.Item, error) bool) { yield(controls.Item{}, failing) }
			}
		}, "gone"},
		"file": {func(in *Input) { in.Files[0].Open = func() (io.ReadCloser, error) { return nil, failing } }, "gone"},
		"leaves": {func(in *Input) {
			in.Ledger.Leaves = func() iter.Seq2[ledger.Hash, error] {
				return func(yield func(ledger.Hash, error) bool) { yield(ledger.Hash{}, failing) }
			}
		}, "gone"},
		"document": {func(in *Input) {
			in.Documents = func(*export.Dossier, evidence.Digest) []Document {
				return []Document{{Path: "report.pdf", Write: func(io.Writer) error { return failing }}}
			}
		}, "gone"},
		"table":            {func(in *Input) { in.Tables = in.Tables[1:] }, "names it as the lines of table"},
		"no table":         {func(in *Input) { in.Tables = nil }, "frozen tables"},
		"other evidence":   {func(in *Input) { in.Files[0].Open = opened([]byte("[]")) }, "EV-000001"},
		"evidence missing": {func(in *Input) { in.Files = in.Files[1:] }, "EV-000001"},
		"file twice":       {func(in *Input) { in.Files = append(in.Files, in.Files[0]) }, "evidence/EV-000001.json"},
		"path upward":      {func(in *Input) { in.Files[0].Path = "evidence/../x" }, "evidence/../x"},
		"path of ours":     {func(in *Input) { in.Files[0].Path = "manifest.json" }, "manifest.json"},
		"path of a sheet":  {func(in *Input) { in.Files[0].Path = "csv/deviations.csv" }, "csv/deviations.csv"},
		"document's path": {func(in *Input) {
			in.Documents = func(*export.Dossier, evidence.Digest) []Document {
				return []Document{{Path: "evidence/x", Write: writeBytes(nil)}}
			}
		}, "evidence/x"},
		"deviation hidden": {func(in *Input) { in.Dossier.Deviations = in.Dossier.Deviations[1:] }, "DEVIATION_MISSING"},
		"command in tests": {func(in *Input) { in.TestsSQL = []byte("SELECT 1;\n.shell rm x\n") }, "begins with a dot"},
		"no result":        {func(in *Input) { in.Dossier.Results = nil }, "no result"},
		"no key":           {func(in *Input) { in.Signer = nil }, "key"},
		"another key":      {func(in *Input) { in.Signer = keyring(t, 7).Signer(ledger.RoleCheckpoint) }, "not for manifests"},
		"slug":             {func(in *Input) { in.Slug = "a\nb" }, "short name"},
		"other ledger":     {func(in *Input) { in.Dossier.Run.LedgerSize++ }, "LEDGER_MISMATCH"},
		"database":         {func(in *Input) { in.Database += "x" }, "populations.sqlite"},
		"auditor's column": {func(in *Input) {
			in.Sheets = func(*export.Dossier) []export.Sheet {
				return []export.Sheet{{Name: "S", File: "s", Columns: []export.SheetColumn{{Key: "a", Type: export.TextCell}, {Key: "b", Type: export.AuditCell}}, Rows: func() iter.Seq2[[]any, error] {
					return func(yield func([]any, error) bool) { yield([]any{"x", "no exceptions noted"}, nil) }
				}}}
			}
		}, "auditor's"},
	} {
		for _, dir := range []bool{false, true} {
			in := theWorld().input(t)
			in.Dir = dir
			c.change(&in)
			folder := t.TempDir()
			_, err := Write(t.Context(), filepath.Join(folder, "p"), in)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v, want %q", name, err, c.says)
			}
			nothingLeft(t, folder)
		}
	}
}

func TestAFileThatChangesBetweenTheTwoReadingsIsNotPacked(t *testing.T) {
	t.Parallel()
	in := theWorld().input(t)
	reads := 0
	in.Files[1].Open = func() (io.ReadCloser, error) {
		reads++
		return opened([]byte(strings.Repeat("{}", reads)))()
	}
	folder := t.TempDir()
	if _, err := Write(t.Context(), filepath.Join(folder, "p"), in); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Error(err)
	}
	nothingLeft(t, folder)
}

func TestACancelledWritingLeavesNothing(t *testing.T) {
	t.Parallel()
	for n := range 12 {
		ctx, cancel := context.WithCancel(t.Context())
		in := theWorld().input(t)
		plain, calls := in.Tables, 0
		in.Tables = nil
		for _, table := range plain {
			in.Tables = append(in.Tables, TableFile{table.Name, func() (io.ReadCloser, error) {
				if calls++; calls == n*10+1 {
					cancel()
				}
				return table.Open()
			}})
		}
		folder := t.TempDir()
		_, err := Write(ctx, filepath.Join(folder, "p"), in)
		cancel()
		if ctx.Err() != nil && calls > n*10 && !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at table %d: %v", n*10+1, err)
		}
		if err != nil {
			nothingLeft(t, folder)
		}
	}
}

func TestAPackageIsNeverReplaced(t *testing.T) {
	t.Parallel()
	for _, dir := range []bool{false, true} {
		in := theWorld().input(t)
		in.Dir = dir
		target := saved(t, []byte("sealed"))
		if _, err := Write(t.Context(), target, in); err == nil || !strings.Contains(err.Error(), "never replaced") {
			t.Error(err)
		}
		if b := must(os.ReadFile(target)); string(b) != "sealed" {
			t.Errorf("it holds %q", b)
		}
	}
}

func TestHostileTextLosesNothingInTheData(t *testing.T) {
	t.Parallel()
	odd := exporttest.Odd + "\ufeff\u2028\u200b\U000E0041,\";\r\n'=＝"
	in := theWorld().input(t)
	strange := exporttest.Strange(odd)
	d := in.Dossier
	d.Entity.Name, d.Entity.System, d.Run.PreparedBy, d.Run.ID = odd, odd, odd, odd
	d.Samples[0].Same = false // the items below are others
	d.Incomplete, d.Limits, d.NotIncluded = []string{odd}, []string{odd}, []export.NotIncluded{{What: odd, Why: odd, How: odd}}
	d.Components, d.Reliance = strange.Components, strange.Reliance
	d.Evidence[0].Title, d.Deviations[0].Facts, d.Pulls[0].Error, d.Manual[0].Words = odd, odd, odd, odd
	d.Policies = append(d.Policies, controls.Policy{Param: "leaver_max", Value: odd, ApprovedBy: odd})
	d.Policies = append(d.Policies, controls.Policy{Param: "approved_regions", Value: []string{odd, ""}}, controls.Policy{Param: "x", Value: 0.1})
	first := true
	items := d.Items
	d.Items = func() iter.Seq2[controls.Item, error] {
		return func(yield func(controls.Item, error) bool) {
			first = true
			for it, err := range items() {
				if first {
					first = false
					it.Reason, it.At, it.Record = odd, odd, odd
					it.Facts = map[string]any{odd: odd, "list": []any{odd, nil, int64(1), 0.5, true}, "map": map[string]any{odd: int64(9007199254740993)}}
				}
				if !yield(it, err) {
					return
				}
			}
		}
	}
	path := written(t, in)
	o := options(t)
	o.Reperform = nil // no table gives such items
	r := verified(t, path, o)
	if r.Verdict != Valid {
		t.Fatalf("%+v", r.Problems)
	}
	var text bytes.Buffer
	if err := r.Text(&text); err != nil || bytes.ContainsAny(text.Bytes(), "\x1b\x00\r") || strings.Contains(text.String(), "\u202e") {
		t.Errorf("the report prints hostile text as it is: %q, %v", text.String(), err)
	}
	p := unpacked(t, path)
	back := p.dossier(t)
	if again, want := must(canon.Marshal(back)), must(canon.Marshal(d)); !bytes.Equal(again, want) {
		t.Error("the dossier came back as another one")
	}
	if got, ok := back.Policies[len(back.Policies)-2].Value.([]string); !ok || got[0] != odd {
		t.Errorf("a list of a policy came back as %#v", back.Policies[len(back.Policies)-2].Value)
	}
	for it, err := range itemsOf(opened(p[ItemsPath]))() {
		if err != nil || it.Reason != odd || it.Facts[odd] != odd || it.Facts["map"].(map[string]any)[odd] != int64(9007199254740993) {
			t.Errorf("an item came back as %+v, %v", it, err)
		}
		break
	}
	if bytes.ContainsAny(p[ReadmePath], "\x00\x1b\r") {
		t.Error("README.txt holds control characters")
	}
}
