package bundle

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/controls/sample"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
)

const tool = "tieout v0.1.0"

// world is everything that one package is made of.
type world struct {
	dossier func() *export.Dossier // a new one each time
	items   []controls.Item
	catalog *controls.Catalog
	tables  []TableFile
	db      string
	sql     []byte
	leaves  []ledger.Hash
	entries []LedgerEntry
	lists   []LedgerList
	raw     []byte
	people  *exporttest.People // ledger entries 4, 5 and 6
	sample  export.Sample      // entries 8, 9 and 10
}

func keyring(t testing.TB, b byte) *ledger.Keyring {
	t.Helper()
	k, err := ledger.NewKeyring("pemberwick", bytes.NewReader(bytes.Repeat([]byte{b}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func opened(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

// theWorld is made once: freezing and testing takes the longest of all.
var theWorld = sync.OnceValue(makeWorld)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func instant(s string) evidence.Instant { return must(evidence.ParseInstant(s)) }

// makeWorld freezes a few deployments and changes of the fictional lender, runs
// two controls of the catalogue on them and makes a dossier of the outcome.
func makeWorld() *world {
	dir := must(os.MkdirTemp("", "tieout-bundle-test-*"))
	worldDir = dir
	w := &world{raw: []byte(`[{"deployment_id":"d1"}]` + "\n")}
	full := must(catalog.Load())
	w.catalog = &controls.Catalog{Criteria: full.Criteria, Params: full.Params, Digest: full.Digest}
	for _, c := range full.Controls {
		if c.ID == "AI-CHG-01" || c.ID == "AI-CHG-02" {
			w.catalog.Controls = append(w.catalog.Controls, c)
		}
	}
	base := exporttest.Dossier()
	window := base.Engagement.Window
	var policies []controls.Policy
	for _, p := range full.Params {
		if p.Default != nil {
			policies = append(policies, controls.Policy{Param: p.Name, Value: must(catalog.ParamValue(p, p.Default)), Default: true})
		}
	}
	records := map[evidence.Kind][]*evidence.Record{}
	add := func(kind evidence.Kind, values map[string]any) {
		r := kinds.New(kind)
		r.Source, r.ObservedAt, r.Item, r.Raw = "git", window.To-1, int64(len(records[kind])+1), evidence.DigestOf(w.raw)
		for name, v := range values {
			if c, _, ok := r.Schema.Column(name); ok && c.Type == evidence.Time {
				v = instant(v.(string))
			}
			if err := r.Set(name, v); err != nil {
				panic(err)
			}
		}
		r.NativeID = fmt.Sprint(r.Value(r.Schema.Key[0]))
		r.ID = evidence.RecordID(kind, r.Source, "", "", r.NativeID)
		records[kind] = append(records[kind], r)
	}
	for i, version := range []string{"2026.1", "latest", "2026.2", "=1+1", "2026.3"} {
		add("deployment", map[string]any{"deployment_id": fmt.Sprintf("d%d", i+1), "component_id": "loan-limit", "environment": "production", "model_version": version, "artifact_sha256": "aa", "started_at": "2026-02-01T00:00:00Z"})
	}
	add("deployment", map[string]any{"deployment_id": "d6", "component_id": "claims-helper", "environment": "production", "model_version": "5", "started_at": "2026-03-01T00:00:00Z"})
	for i, version := range []string{"2026.1", "2026.2"} {
		add("model_version", map[string]any{"model": fmt.Sprint("m", i), "version": version, "component_id": "loan-limit", "artifact_sha256": "aa", "created_at": "2025-12-01T00:00:00Z"})
	}
	add("change", map[string]any{"change_id": "c1", "component_id": "loan-limit", "change_kind": "model", "environment": "production", "deployed_at": "2026-03-01T10:00:00Z", "author_ids": []string{"ann"}, "approver_ids": []string{"ann"}, "approved_at": "2026-03-01T09:00:00Z"})
	frozen := must(freeze.Freeze(context.Background(), filepath.Join(dir, "frozen"), freeze.Input{
		Window: window, Zone: time.UTC, Components: base.Components, Params: full.Params, Policies: policies, ObsKinds: catalog.Observed(w.catalog),
		Records: func(k evidence.Kind) iter.Seq2[*evidence.Record, error] {
			sorted := slices.SortedFunc(slices.Values(records[k]), func(a, b *evidence.Record) int { return cmp.Compare(a.ID, b.ID) })
			return func(yield func(*evidence.Record, error) bool) {
				for _, r := range sorted {
					if !yield(r, nil) {
						return
					}
				}
			}
		},
	}))
	gap := evidence.Gap{Kind: "change", Columns: []string{"approver_ids"}, Component: "claims-helper", From: window.From, To: window.To, Reason: evidence.GapPermission, Source: "git", Detail: "403 Forbidden"}
	outcome := must(evaluate.Run(context.Background(), evaluate.Input{Database: frozen.Database, Catalog: w.catalog, Components: base.Components, Categories: base.Engagement.Categories, Window: window, Gaps: []evidence.Gap{gap}}, func(i controls.Item) error {
		w.items = append(w.items, i)
		return nil
	}))
	w.db, w.sql = frozen.Database, catalog.TestsSQL(w.catalog)
	for _, t := range frozen.Tables {
		w.tables = append(w.tables, TableFile{Name: t.Name, Open: func() (io.ReadCloser, error) { return os.Open(t.Path) }})
	}
	w.state()
	w.makeLedger()
	w.dossier = func() *export.Dossier { return w.makeDossier(frozen, outcome, policies, gap) }
	return w
}

// state lets people provide a policy, and rebut the first deviation with it.
func (w *world) state() {
	w.people = exporttest.NewPeople(4)
	doc := w.people.Provide()
	first := w.items[slices.IndexFunc(w.items, func(i controls.Item) bool { return i.State == controls.Deviation })]
	w.people.Say("bo.lind", statement.Statement{
		Kind: statement.Determination, Decision: statement.Rebutted, Subject: "DEV-0001", Text: "A tag, not a name of a version.", Documents: []string{doc.Subject},
		Deviation: &statement.Item{Test: first.Test, Component: first.Component, Item: first.Key},
	})
	w.people.Say("ann.keller", statement.Statement{Kind: statement.Attestation, Subject: "ATT-0001", Concerns: []string{"AI-CHG-01"}, Text: "Tags are never moved."})
}

// signed is what the people's file in a package holds.
func (w *world) signed() []byte {
	var out []byte
	for i, s := range w.people.Book.All() {
		out = append(out, StatementLine(s.Key, s.Index, w.people.Notes[i])...)
	}
	return out
}

// makeLedger makes a ledger in which entry 3 is the pull, and those after it
// are the statements.
func (w *world) makeLedger() {
	list := []byte(evidence.DigestOf(w.raw).String() + "\n")
	w.lists = []LedgerList{{SHA256: evidence.DigestOf(list), Open: opened(list)}}
	for i := range 11 {
		leaf := []byte(fmt.Sprintf(`{"json":{"n":%d},"schema":"tieout/entry/v1","type":"run"}`, i))
		if i == 3 {
			leaf = []byte(`{"json":{"source":"git"},"lists":["` + evidence.DigestOf(list).String() + `"],"schema":"tieout/entry/v1","type":"pull"}`)
		}
		if i == 2 {
			leaf = fmt.Appendf(nil, `{"json":{"report":"%s","source":"decisions"},"schema":"tieout/entry/v1","type":"log"}`, evidence.DigestOf(logReport()))
		}
		if n := i - 4; n >= 0 && n < len(w.people.Notes) {
			leaf = fmt.Appendf(nil, `{"json":{"statement_sha256":"%s"},"schema":"tieout/entry/v1","type":"statement"}`, evidence.DigestOf(w.people.Notes[n]))
		}
		if i >= 8 {
			leaf = w.sampleLeaf(i)
		}
		w.entries = append(w.entries, LedgerEntry{Index: int64(i), Leaf: leaf})
		w.leaves = append(w.leaves, tlog.RecordHash(leaf))
	}
}

// logReport is the report on the log of the dossier.
func logReport() []byte {
	l := exporttest.Dossier().Logs[0]
	out := &integrity.Log{
		Path: l.Path, Profile: l.Profile, Verdict: integrity.Verdict(l.Verdict), Records: l.Records, Bytes: l.Bytes, SHA256: must(evidence.ParseDigest(l.SHA256)), Head: l.Head,
		Axes:   integrity.Axes{Integrity: l.Integrity, Continuity: l.Continuity, Authenticity: l.Authenticity, Anchoring: l.Anchoring},
		Counts: map[integrity.Code]int64{},
	}
	for code, n := range l.Counts {
		out.Counts[integrity.Code(code)] = n
	}
	return must(json.Marshal(&integrity.Report{Logs: []*integrity.Log{out}}))
}

// sampleNonce is what the auditor of the world answered.
const sampleNonce = "00112233445566778899aabbccddeeff"

// sampleLeaf plans a sample of deployments, draws it, and enlarges it.
func (w *world) sampleLeaf(i int) []byte {
	s := &w.sample
	rows := SampleRows(func(yield func(controls.Item, error) bool) {
		for _, it := range w.items {
			if !yield(it, nil) {
				return
			}
		}
	}, "AI-CHG-01.T1")
	if i == 8 {
		head := w.headAt(7)
		s.ID, s.LedgerIndex, s.Same, s.Sealed, s.Evidence = "SP-0001", 8, true, true, []string{"EV-000001"}
		s.Plan = sample.Plan{Run: exporttest.Dossier().Run.ID, Test: "AI-CHG-01.T1", By: sample.ByComponent, Size: 2, Reserves: 1, Evidence: sample.Evidence{Origin: "pemberwick", Size: head.Size, Root: head.Root.String()}}
		if err := s.Plan.Make(rows); err != nil {
			panic(err)
		}
		s.Commitment = must(s.Plan.Commitment()).String()
		return fmt.Appendf(nil, `{"json":{"commitment":"%s"},"schema":"tieout/entry/v1","type":"sample_plan"}`, s.Commitment)
	}
	d := export.SampleDraw{Nonce: sampleNonce, Size: int64(i - 7), LedgerIndex: int64(i)}
	s.Draws = append(s.Draws, d)
	s.Picks = must(s.Plan.Draw(must(sample.ParseNonce(sampleNonce)), s.Grown(), rows))
	return fmt.Appendf(nil, `{"json":{"commitment":"%s","nonce":"%s","plan":"SP-0001","schema":"tieout/sample-draw/v1","size":%d},"schema":"tieout/entry/v1","type":"sample_draw"}`, s.Commitment, d.Nonce, d.Size)
}

func (w *world) headAt(n int) ledger.Head {
	t := &tree{}
	for _, h := range w.leaves[:n] {
		t.add(h)
	}
	return must(t.head())
}

func (w *world) checkpoint(head ledger.Head, s note.Signer) []byte {
	return must(ledger.FormatCheckpoint(ledger.Checkpoint{Origin: ledger.Origin("pemberwick"), Head: head}, s))
}

func (w *world) makeDossier(frozen *freeze.Frozen, outcome *evaluate.Outcome, policies []controls.Policy, gap evidence.Gap) *export.Dossier {
	d := exporttest.Dossier()
	d.Controls, d.Params, d.Policies, d.Gaps = w.catalog.Controls, w.catalog.Params, policies, []evidence.Gap{gap}
	d.Results, d.NotApplicable, d.Deviations, d.Criteria = slices.Clone(outcome.Results), nil, nil, nil
	for _, n := range outcome.NotApplicable {
		d.NotApplicable = append(d.NotApplicable, export.NotApplicable{Control: n.Control, Component: n.Component, Reason: n.Reason})
	}
	tests := map[string]controls.Test{}
	for _, c := range w.catalog.Controls {
		for _, t := range c.Tests {
			tests[t.ID] = t
		}
	}
	for _, i := range w.items {
		if i.State == controls.Deviation {
			d.Deviations = append(d.Deviations, export.DeviationLine{
				ID: fmt.Sprintf("DEV-%04d", len(d.Deviations)+1), Test: i.Test, Control: strings.Split(i.Test, ".")[0], Item: i.Key, Component: i.Component, At: i.At, Record: i.Record,
				Facts: export.DeviationFacts(tests[i.Test], i), Letters: i.Letters, Determination: "open",
			})
		}
	}
	for i := range d.ReliesOn { // of a control that this world does not have
		d.ReliesOn[i].Items, d.ReliesOn[i].Deviation, d.ReliesOn[i].Indeterminate = 0, 0, 0
	}
	for _, c := range w.catalog.Criteria {
		line := export.CriterionLine{Criterion: c, InScope: true}
		for _, k := range d.Controls {
			if slices.Contains(k.Primary, c.ID) {
				line.Primary = append(line.Primary, k.ID)
				for _, r := range d.Results {
					if r.Control == k.ID {
						line.Counts.Add(r.State)
					}
				}
			}
		}
		d.Criteria = append(d.Criteria, line)
	}
	d.Tables, d.Populations = nil, d.Populations[:1]
	for _, t := range frozen.Tables {
		d.Tables = append(d.Tables, export.Table{Name: t.Name, Rows: t.Rows, File: "data/tables/" + t.Name + ".jsonl", SHA256: t.SHA256.String()})
		if t.Name == "change" {
			d.Populations[0].SHA256 = t.SHA256.String()
		}
	}
	d.Evidence = []export.EvidenceItem{{ID: "EV-000001", Title: "Deployments", Source: "git", File: "evidence/EV-000001.json", Bytes: int64(len(w.raw)), SHA256: evidence.DigestOf(w.raw).String(), LedgerIndex: 3}}
	d.Pulls = d.Pulls[:1]
	d.Pulls[0].LedgerIndex = 3
	head := w.headAt(len(w.leaves))
	d.Run.Tool, d.Run.Engine, d.Run.DatabaseSHA = tool, "SQLite "+frozen.Engine, frozen.SHA256.String()
	d.Run.LedgerOrigin, d.Run.LedgerSize, d.Run.LedgerRoot = ledger.Origin("pemberwick"), head.Size, head.Root.String()
	d.Earlier = nil
	d.Samples = []export.Sample{w.sample}
	d.TakeStatements(w.people.Book)
	d.Items = func() iter.Seq2[controls.Item, error] {
		return func(yield func(controls.Item, error) bool) {
			for _, i := range w.items {
				i.Letters, i.Facts = maps.Clone(i.Letters), maps.Clone(i.Facts)
				if !yield(i, nil) {
					return
				}
			}
		}
	}
	return d
}

// input is what the package of the world is written from.
func (w *world) input(t testing.TB) Input {
	k := keyring(t, 7)
	d := w.dossier()
	return Input{
		Slug: "pemberwick", Dossier: d, Sheets: export.Sheets, Tables: w.tables, Database: w.db, TestsSQL: w.sql, Signer: k.Signer(ledger.RoleManifest),
		Files: []File{
			{Path: "evidence/EV-000001.json", Open: opened(w.raw)}, {Path: "logs/decisions.json", Open: opened(logReport())},
			{Path: "manual/DOC-0001.pdf", Open: opened(exporttest.Policy)}, {Path: export.StatementsFile, Open: opened(w.signed())},
			{Path: "catalog/catalog.json", Open: opened(must(canon.Marshal(w.catalog)))},
		},
		Ledger: &Ledger{
			Checkpoint: w.checkpoint(w.headAt(len(w.leaves)), k.Signer(ledger.RoleCheckpoint)), Entries: w.entries, Lists: w.lists,
			Leaves: func() iter.Seq2[ledger.Hash, error] {
				return func(yield func(ledger.Hash, error) bool) {
					for _, h := range w.leaves {
						if !yield(h, nil) {
							return
						}
					}
				}
			},
		},
		Documents: documents,
	}
}

// documents stand in for a report and a workbook: they print what encoders do.
func documents(d *export.Dossier, root evidence.Digest) []Document {
	return []Document{
		{Format: "pdf", Path: "report.pdf", Write: func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%%PDF %s %s %d results\n", root, d.Entity.Name, len(d.Results))
			return err
		}},
		{Format: "xlsx", Path: "workbook.xlsx", Write: func(w io.Writer) error {
			for it, err := range d.Items() {
				if err != nil {
					return err
				}
				if _, err := fmt.Fprintf(w, "%s %d %s %v\n", it.Test, it.No, it.Key, it.Facts); err != nil {
					return err
				}
			}
			return nil
		}},
	}
}

// options verify as this program would, with the key pinned.
func options(t testing.TB) VerifyOptions {
	k := keyring(t, 7)
	return VerifyOptions{
		Keys: []note.Verifier{k.Verifier(ledger.RoleManifest), k.Verifier(ledger.RoleCheckpoint)}, Tool: tool, TempDir: t.TempDir(),
		Sheets: export.Sheets, Documents: documents, TestsSQL: catalog.TestsSQL, Catalog: theWorld().catalog, Recount: evaluate.Recount, Reperform: evaluate.Run,
	}
}

func written(t testing.TB, in Input) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "package.zip")
	if in.Dir {
		name = filepath.Join(t.TempDir(), "package")
	}
	if _, err := Write(t.Context(), name, in); err != nil {
		t.Fatal(err)
	}
	return name
}

func verified(t testing.TB, path string, o VerifyOptions) *Report {
	t.Helper()
	r, err := Verify(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func codes(r *Report) []Code {
	var out []Code
	for _, p := range r.Problems {
		if !slices.Contains(out, p.Code) {
			out = append(out, p.Code)
		}
	}
	return out
}
