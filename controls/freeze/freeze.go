package freeze

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// Input is what a period is frozen from.
type Input struct {
	Window     evidence.Window
	Zone       *time.Location
	Components []controls.Component
	Match      []Match
	Outside    []string // components that management leaves out: their rows are nobody's, and no surprise
	Params     []controls.Param
	Policies   []controls.Policy
	Expected   []controls.Expected
	Gaps       []evidence.Gap
	ObsKinds   []evidence.Kind // kinds whose every observation some test reads

	// Records yields all observations of a kind over all pulls, in ascending
	// order of _id, moment and item (Merge gives that), each in a record of
	// its own. It is called once per kind.
	Records func(kind evidence.Kind) iter.Seq2[*evidence.Record, error]
}

// Names of what Freeze writes below its folder.
const (
	TablesDir    = "tables"
	DatabaseName = "populations.sqlite"
)

// Freeze writes dir/tables/<table>.jsonl for every table, builds
// dir/populations.sqlite from those files, and says what it found. Neither may
// exist before; after an error neither does.
func Freeze(ctx context.Context, dir string, in Input) (_ *Frozen, err error) {
	if in.Window.From >= in.Window.To || in.Zone == nil || in.Records == nil {
		return nil, errors.New("freeze: a period, a zone and records are needed")
	}
	tables, err := Tables(in.Params, in.ObsKinds)
	if err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	assign, err := newAssigner(in.Components, in.Match)
	if err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	system, err := systemRows(&in)
	if err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	lines := filepath.Join(dir, TablesDir)
	if err := os.Mkdir(lines, 0o700); err != nil {
		return nil, fmt.Errorf("freeze: a period is frozen into a folder of its own: %w", err)
	}
	built := ""
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(lines))
			if built != "" {
				err = errors.Join(err, os.Remove(built))
			}
		}
	}()
	f := &freezer{in: &in, dir: lines, assign: assign, people: newPeople(), notes: newNotes(), tables: map[string]*Table{}}
	files := make([]TableFile, len(tables))
	for i, t := range tables {
		f.tables[t.Name] = t
		files[i] = FileOf(lines, t)
	}
	if err := f.writeAll(ctx, system); err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	out := &Frozen{Database: filepath.Join(dir, DatabaseName), Tables: f.reports}
	slices.SortFunc(out.Tables, func(a, b TableReport) int { return strings.Compare(a.Name, b.Name) })
	f.notes.into(out)
	if err := Build(ctx, out.Database, files); err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	built = out.Database
	if out.SHA256, err = digestOfFile(out.Database); err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	if out.Engine, err = EngineVersion(ctx); err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	return out, nil
}

// freezer writes the tables of one period.
type freezer struct {
	in      *Input
	dir     string
	tables  map[string]*Table
	assign  *assigner
	people  *People
	notes   *notes
	reports []TableReport
}

func (f *freezer) writeAll(ctx context.Context, system map[string][][]any) error {
	for _, name := range []string{"component", "gap", "p", "param", "period", "slot"} {
		if err := f.writeRows(f.tables[name], system[name]); err != nil {
			return err
		}
	}
	for _, k := range peopleKinds {
		s, ok := kinds.Of(k)
		if !ok {
			return fmt.Errorf("kind %s, which people are found by, does not exist", k)
		}
		if err := f.writeKind(ctx, s); err != nil {
			return err
		}
	}
	for _, s := range kinds.All() {
		if slices.Contains(peopleKinds, s.Kind) {
			continue
		}
		if err := f.writeKind(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (f *freezer) writeRows(t *Table, rows [][]any) (err error) {
	w, err := newTableWriter(f.dir, t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	for _, row := range rows {
		copy(w.row, row)
		if err := w.write(); err != nil {
			return err
		}
	}
	if err := w.close(); err != nil {
		return err
	}
	f.reports = append(f.reports, w.report())
	return nil
}
