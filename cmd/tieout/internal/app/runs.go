package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/store"
)

// Run is one freeze of the period with what the tests said of it.
type Run struct {
	Schema        string                   `json:"schema"` // tieout/run/v1
	ID            string                   `json:"id"`
	At            evidence.Instant         `json:"at"`
	Tool          string                   `json:"tool"`
	Type          int                      `json:"engagement_type"`
	Window        evidence.Window          `json:"window"`
	ConfigDigest  evidence.Digest          `json:"config_sha256"`
	CatalogDigest string                   `json:"catalog_sha256"`
	Ledger        ledger.Head              `json:"ledger"` // before the run itself was entered
	Frozen        *freeze.Frozen           `json:"frozen"`
	Gaps          []evidence.Gap           `json:"gaps"`
	Results       []controls.Result        `json:"results"`
	NotApplicable []evaluate.NotApplicable `json:"not_applicable"`
	ItemsSHA256   evidence.Digest          `json:"items_sha256"`
	Pulls         []int64                  `json:"pulls"` // ledger entries of every pull that was frozen
	Carried       []Carried                `json:"carried,omitempty"`
	Twice         []Twice                  `json:"twice,omitempty"`
	Relied        []evaluate.Relied        `json:"relied,omitempty"`
	Walkthroughs  []evaluate.Walkthrough   `json:"walkthroughs,omitempty"` // of an engagement of type 1
	Restated      *Restated                `json:"restated,omitempty"`     // against the freeze before; nil of the first

	dir string
}

const runSchema = "tieout/run/v1"

// Names inside a run's folder.
const (
	runFile   = "run.json"
	itemsFile = "items.jsonl"
)

// Dir is the folder of the run, with the frozen database and the items.
func (r *Run) Dir() string { return r.dir }

// Database is the frozen file.
func (r *Run) Database() string { return filepath.Join(r.dir, freeze.DatabaseName) }

func (a *App) runsDir() string { return filepath.Join(a.WS.StateDir(), "runs") }

// keepRun names the run, gives its folder that name, and enters it into the
// journal.
func (a *App) keepRun(ctx context.Context, run *Run) (*Run, error) {
	id := evidence.DigestOf(evidence.LengthPrefixed(
		run.At.String(), run.Tool, run.Frozen.SHA256.String(), run.CatalogDigest, run.ConfigDigest.String(), run.ItemsSHA256.String(), run.Ledger.Root.String(),
	))
	run.ID = run.At.Time().Format("20060102T150405Z") + "-" + id.String()[:8]
	run.Frozen.Database = freeze.DatabaseName
	for i := range run.Frozen.Tables {
		run.Frozen.Tables[i].Path = filepath.ToSlash(filepath.Join(freeze.TablesDir, filepath.Base(run.Frozen.Tables[i].Path)))
	}
	body, err := canon.Marshal(run)
	if err != nil {
		return nil, fmt.Errorf("keep the run: %w", err)
	}
	if err := os.WriteFile(filepath.Join(run.dir, runFile), body, 0o600); err != nil {
		return nil, fmt.Errorf("keep the run: %w", err)
	}
	final := filepath.Join(a.runsDir(), run.ID)
	if _, missing := os.Stat(final); missing == nil { // the same run was made before
		err = os.RemoveAll(run.dir)
	} else {
		err = os.Rename(run.dir, final)
	}
	if err != nil {
		return nil, fmt.Errorf("keep the run: %w", err)
	}
	run.dir = final
	return run, a.enterRun(ctx, run, body)
}

// enterRun enters the run into the journal, once, with numbers for what
// deviates and has none yet.
func (a *App) enterRun(ctx context.Context, run *Run, body []byte) error {
	entries, err := a.numberDeviations(ctx, run)
	if err != nil {
		return err
	}
	if _, err := a.Store.Last(ctx, entryRun, run.ID); errors.Is(err, evidence.ErrNotFound) {
		entry, err := a.runEntry(ctx, run, body)
		if err != nil {
			return fmt.Errorf("keep the run: %w", err)
		}
		entries = append(entries, entry)
	} else if err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	if _, err := a.Store.Append(ctx, entries...); err != nil {
		return fmt.Errorf("keep the run: %w", err)
	}
	return nil
}

func (a *App) runEntry(ctx context.Context, run *Run, body []byte) (store.Entry, error) {
	blob, _, err := a.Store.Put(ctx, bytes.NewReader(body))
	if err != nil {
		return store.Entry{}, err
	}
	scope, err := a.keepScope(ctx)
	if err != nil {
		return store.Entry{}, err
	}
	fields, err := run.entry(scope)
	if err != nil {
		return store.Entry{}, err
	}
	entry, err := canon.Marshal(fields)
	return store.Entry{Type: entryRun, Key: run.ID, At: run.At, Blobs: []evidence.Digest{blob, scope}, JSON: entry}, err
}

// LastRun returns the newest run, or nil.
func (a *App) LastRun(ctx context.Context) (*Run, error) {
	id := ""
	for s, err := range a.Store.Entries(ctx, entryRun, 0) {
		if err != nil {
			return nil, fmt.Errorf("find the last run: %w", err)
		}
		id = s.Key
	}
	if id == "" {
		return nil, nil
	}
	return a.loadRun(id)
}

func (a *App) loadRun(id string) (*Run, error) {
	dir := filepath.Join(a.runsDir(), id)
	body, err := os.ReadFile(filepath.Join(dir, runFile))
	if err != nil {
		return nil, fmt.Errorf("read run %s: %w; run 'tieout test' to make one anew", id, err)
	}
	run := &Run{dir: dir}
	if err := json.Unmarshal(body, run); err != nil {
		return nil, fmt.Errorf("read run %s: %w", id, err)
	}
	return run, nil
}

// Items yields the items of the run in their order.
func (r *Run) Items() iter.Seq2[controls.Item, error] { return r.itemsWith(nil) }

// deviating yields the items of the run that deviate, in their order.
func (r *Run) deviating() iter.Seq2[controls.Item, error] {
	return func(yield func(controls.Item, error) bool) {
		for i, err := range r.itemsWith([]byte(`"state":"deviation"`)) {
			if (err != nil || i.State == controls.Deviation) && !yield(i, err) {
				return
			}
		}
	}
}

// itemsWith yields the items whose lines hold the text, as canonical JSON
// spells it. The others are not even parsed: most of many items are of no
// interest to who asks.
func (r *Run) itemsWith(text []byte) iter.Seq2[controls.Item, error] {
	return func(yield func(controls.Item, error) bool) {
		f, err := os.Open(filepath.Join(r.dir, itemsFile))
		if err != nil {
			yield(controls.Item{}, fmt.Errorf("read the items of run %s: %w", r.ID, err))
			return
		}
		defer func() { _ = f.Close() }() // only read from
		in := bufio.NewReaderSize(f, 256<<10)
		for {
			line, err := in.ReadBytes('\n')
			if errors.Is(err, io.EOF) && len(line) == 0 {
				return
			}
			var i controls.Item
			if err == nil {
				if !bytes.Contains(line, text) {
					continue
				}
				i, err = parseItem(line)
			}
			if err != nil {
				yield(controls.Item{}, fmt.Errorf("read the items of run %s: %w", r.ID, err))
				return
			}
			if !yield(i, nil) {
				return
			}
		}
	}
}

func parseItem(line []byte) (controls.Item, error) {
	var i controls.Item
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	if err := dec.Decode(&i); err != nil {
		return i, err
	}
	for k, v := range i.Facts {
		i.Facts[k] = exact(v)
	}
	return i, nil
}

// exact makes an int64 or a float64 of a number as it was written.
func exact(v any) any {
	n, ok := v.(json.Number)
	if !ok {
		return v
	}
	if i, err := n.Int64(); err == nil {
		return i
	}
	if f, err := n.Float64(); err == nil {
		return f
	}
	return n.String()
}
