package app

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/evidence/store"
)

// desk is a workspace without sources, its store, and two people's keys.
func desk(t *testing.T) (a *App, ann, bo string) {
	t.Helper()
	dir := t.TempDir()
	w, err := workspace.Parse(dir, []byte("schema: tieout/workspace/v1\nentity: {name: Larkspur}\nengagement: {type: 2, from: 2026-01-01, to: 2026-06-30, zone: UTC}\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), filepath.Join(dir, "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	quiet := func(string, ...any) {}
	a = &App{WS: w, Store: s, Clock: FixedClock(time.Date(2026, 7, 6, 9, 0, 0, 0, time.UTC)), Say: quiet, Event: func(string, any) {}, Catalog: &controls.Catalog{
		Controls: []controls.Control{{ID: "X-01", Primary: []string{"CC6.1"}, Manual: []controls.ManualPoint{{ID: "X-01.M1", Words: "the policy"}}, Tests: []controls.Test{
			{ID: "X-01.T1", Control: "X-01", Kind: controls.PerItem}, {ID: "X-01.T2", Control: "X-01", Kind: controls.Indicator},
		}}},
	}}
	keys := map[string]string{}
	for _, name := range []string{"ann", "bo"} {
		k, err := ledger.NewKeyring(name, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys[name] = filepath.Join(dir, name+".key")
		if err := k.Save(keys[name]); err != nil {
			t.Fatal(err)
		}
	}
	return a, keys["ann"], keys["bo"]
}

// runOf makes a run with the items, and numbers what deviates in it.
func runOf(t *testing.T, a *App, id string, items ...controls.Item) *Run {
	t.Helper()
	run := &Run{ID: id, At: a.Clock(), dir: t.TempDir(), Results: []controls.Result{{Test: "X-01.T1", Component: "m1", State: controls.Deviation}}}
	f, err := os.Create(filepath.Join(run.dir, itemsFile))
	if err != nil {
		t.Fatal(err)
	}
	buf := bufio.NewWriter(f)
	for _, i := range items {
		line, err := canon.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		buf.Write(append(line, '\n'))
	}
	if err := buf.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.numberNow(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	return run
}

func item(test, key string, s controls.State) controls.Item {
	return controls.Item{Test: test, Key: key, Component: "m1", State: s, Facts: map[string]any{"note": `"state":"deviation"`}}
}

func ids(t *testing.T, a *App, run *Run) (now, earlier string) {
	t.Helper()
	n, e, err := a.Deviations(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range n {
		now += x.ID + "=" + x.Item + " "
	}
	for _, x := range e {
		earlier += x.ID + "=" + x.Item + " (" + x.Now + ") "
	}
	return now, earlier
}

func TestANumberIsGivenOnce(t *testing.T) {
	t.Parallel()
	a, _, _ := desk(t)
	bad, good := controls.Deviation, controls.Pass
	first := runOf(t, a, "r1", item("X-01.T1", "c", bad), item("X-01.T1", "d", good), item("X-01.T1", "e", bad), item("X-01.T2", "signal", bad))
	if now, earlier := ids(t, a, first); now != "DEV-0001=c DEV-0002=e " || earlier != "" {
		t.Errorf("first: %q, %q", now, earlier)
	}
	second := runOf(t, a, "r2", item("X-01.T1", "a", bad), item("X-01.T1", "c", good), item("X-01.T1", "e", bad))
	if now, earlier := ids(t, a, second); now != "DEV-0002=e DEV-0003=a " || earlier != "DEV-0001=c (no deviation found by this test) " {
		t.Errorf("second: %q, %q", now, earlier)
	}
	third := runOf(t, a, "r3", item("X-01.T1", "c", bad))
	if now, earlier := ids(t, a, third); now != "DEV-0001=c " || earlier != "DEV-0002=e (no longer among the items of the test) DEV-0003=a (no longer among the items of the test) " {
		t.Errorf("third: %q, %q", now, earlier)
	}
	third.Results[0].State = controls.NotTested
	if _, earlier := ids(t, a, third); !strings.Contains(earlier, "not looked at") {
		t.Errorf("a test that was not tested: %q", earlier)
	}
	third.Results = nil
	if _, earlier := ids(t, a, third); !strings.Contains(earlier, "no result") {
		t.Errorf("a test without a result: %q", earlier)
	}
	head, err := a.Store.Head(t.Context())
	if err != nil || head.Size != 2 {
		t.Errorf("%d entries for three runs of which the last had nothing new, %v", head.Size, err)
	}
}

func TestManyDeviationsAreNumberedFast(t *testing.T) {
	t.Parallel()
	a, _, _ := desk(t)
	var items []controls.Item
	for i := range 18_000 {
		items = append(items, item("X-01.T1", fmt.Sprintf("chg-%05d", i), controls.Deviation))
	}
	run := runOf(t, a, "r1", items...)
	began := time.Now()
	now, _, err := a.Deviations(t.Context(), run)
	if err != nil || len(now) != 18_000 || now[17_999].ID != "DEV-18000" {
		t.Fatalf("%d, %v", len(now), err)
	}
	if err := a.numberNow(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(began); d > 20*time.Second {
		t.Errorf("18,000 deviations took %s", d)
	}
	t.Logf("listed and numbered again in %s", time.Since(began))
}

func TestADamagedRegisterIsNotReadAsAShortOne(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string]string{
		"number left out": `{"component":"m1","id":"DEV-0002","item":"a","test":"X-01.T1"}`,
		"number twice":    `{"component":"m1","id":"DEV-0001","item":"a","test":"X-01.T1"}` + "\n" + `{"component":"m1","id":"DEV-0001","item":"b","test":"X-01.T1"}`,
		"item twice":      `{"component":"m1","id":"DEV-0001","item":"a","test":"X-01.T1"}` + "\n" + `{"component":"m1","id":"DEV-0002","item":"a","test":"X-01.T1"}`,
		"cut":             `{"component":"m1","id":"DEV-0001","it`,
	} {
		a, _, _ := desk(t)
		blob, _, err := a.Store.Put(t.Context(), strings.NewReader(lines))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Store.Append(t.Context(), store.Entry{Type: entryDeviations, At: a.Clock(), Blobs: []evidence.Digest{blob}, JSON: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		if _, err := a.register(t.Context()); err == nil {
			t.Errorf("%s: the register was read", name)
		}
	}
}

func TestWhatIsStatedIsKeptWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	a, ann, bo := desk(t)
	runOf(t, a, "r1", item("X-01.T1", "c", controls.Deviation))
	before, err := a.Store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.State(t.Context(), ann, func(d *Desk) error {
		return d.Determine(t.Context(), []string{"DEV-0001", "DEV-0002"}, statement.Confirmed, "It is one.", "", nil)
	})
	if after, e := a.Store.Head(t.Context()); err == nil || e != nil || after != before {
		t.Errorf("half of it was kept: %v", err)
	}
	made, err := a.State(t.Context(), ann, func(d *Desk) error { return d.Attest(t.Context(), "X-01", "It is so.", "owner") })
	if err != nil || len(made) != 1 || made[0].Index != before.Size {
		t.Fatalf("%+v, %v", made, err)
	}
	if _, err := a.State(t.Context(), bo, func(d *Desk) error { return d.Review(t.Context(), "ATT-0001", "", "") }); err != nil {
		t.Error(err)
	}
	b, err := a.Book(t.Context())
	if err != nil || len(b.All()) != 2 || b.All()[0].Index != before.Size {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestAStatementByAnotherKeyThanItsEntryNamesIsRefused(t *testing.T) {
	t.Parallel()
	a, ann, bo := desk(t)
	if _, err := a.State(t.Context(), ann, func(d *Desk) error { return d.Attest(t.Context(), "X-01", "It is so.", "") }); err != nil {
		t.Fatal(err)
	}
	s, err := a.Store.Last(t.Context(), entryStatement, "ATT-0001")
	if err != nil {
		t.Fatal(err)
	}
	annKey, _ := ledger.LoadKeyring(ann)
	boKey, _ := ledger.LoadKeyring(bo)
	s.JSON = bytes.Replace(s.JSON, []byte(annKey.VerifierKey(ledger.RoleStatement)), []byte(boKey.VerifierKey(ledger.RoleStatement)), 1)
	if _, err := a.Store.Append(t.Context(), s.Entry); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Book(t.Context()); err == nil {
		t.Error("it was read")
	}
}

func TestAnOperatorsKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a", "own.key")
	k, path, err := NewOperator("ann", file)
	if err != nil || path != file || k.Name() != "ann" {
		t.Fatalf("%v, %s, %v", k, path, err)
	}
	if _, _, err := NewOperator("bo", file); err == nil {
		t.Error("a key was replaced")
	}
	if got, err := LoadOperator(file); err != nil || got.VerifierKey(ledger.RoleStatement) != k.VerifierKey(ledger.RoleStatement) {
		t.Errorf("%v", err)
	}
	if _, err := LoadOperator(file + "x"); err == nil || !strings.Contains(err.Error(), "--operator NAME") {
		t.Errorf("%v", err)
	}
}
