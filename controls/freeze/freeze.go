package freeze

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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
	f := &freezer{in: &in, dir: lines, assign: assign, people: newPeople(), notes: newNotes(), tables: map[string]*Table{}, tails: map[string]*tail{}}
	for _, t := range tables {
		f.tables[t.Name], f.tails[t.Name] = t, newTail()
	}
	out := &Frozen{Database: filepath.Join(dir, DatabaseName)}
	if err := f.writeAndBuild(ctx, out.Database, tables, system); err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	built = out.Database
	out.Tables = f.reports
	slices.SortFunc(out.Tables, func(a, b TableReport) int { return strings.Compare(a.Name, b.Name) })
	f.notes.into(out)
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
	tails   map[string]*tail // by table
	assign  *assigner
	people  *People
	notes   *notes
	reports []TableReport
}

// writeAndBuild writes the lines of every table and builds the database from
// them while they are written. After an error there is no database.
func (f *freezer) writeAndBuild(ctx context.Context, database string, tables []*Table, system map[string][][]any) error {
	files := make([]TableFile, len(tables))
	for i, t := range tables {
		files[i] = FileOf(f.dir, t)
		files[i].Open = func() (io.ReadCloser, error) { return &tailReader{tail: f.tails[t.Name], path: files[i].Name}, nil }
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	built := make(chan error, 1)
	go func() {
		err := Build(ctx, database, files)
		if err != nil {
			cancel() // what is still to be written is of no use
		}
		built <- err
	}()
	writeErr := f.writeAll(ctx, system)
	for _, t := range f.tails {
		t.end(cmp.Or(writeErr, errNotWritten))
	}
	buildErr := <-built
	switch {
	case writeErr == nil:
		return buildErr
	case errors.Is(writeErr, context.Canceled) && buildErr != nil && !errors.Is(buildErr, context.Canceled):
		return buildErr
	case buildErr == nil:
		return errors.Join(writeErr, os.Remove(database))
	}
	return writeErr
}

var errNotWritten = errors.New("nothing wrote it")

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
	w, err := f.newTableWriter(t)
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
