package table

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
)

var (
	errOdd      = errors.New("something of another shape stands where the mapping looks")
	errNoCase   = errors.New("a row that none of the mapping's cases fits")
	errNotTaken = errors.New("a value that the kind does not take")
)

// tally counts, for each rule, which columns the rows gave. A column that a
// file does not have is a gap: its NULL would be read as a fact.
type tally struct {
	rules   []*rule
	current map[*rule]*ruleTally // of the file that is being read
	total   map[*rule]*ruleTally
	lacks   map[*rule]map[string]string // column → first file that lacks it
}

type ruleTally struct {
	rows    int64
	columns []columnTally
}

type columnTally struct {
	present        bool
	values, failed int64
	reason         string
}

func newTally(mappings []*mapping) *tally {
	t := &tally{total: map[*rule]*ruleTally{}, current: map[*rule]*ruleTally{}, lacks: map[*rule]map[string]string{}}
	for _, m := range mappings {
		for _, r := range m.rules {
			t.rules = append(t.rules, r)
			t.total[r] = &ruleTally{columns: make([]columnTally, len(r.columns))}
			t.current[r] = &ruleTally{columns: make([]columnTally, len(r.columns))}
			t.lacks[r] = map[string]string{}
		}
	}
	return t
}

func (t *tally) of(r *rule) *ruleTally { return t.current[r] }

// done ends a file. Of a CSV file the header says what it has. In JSON a
// member that is left out is NULL, as long as some row of the source has it.
func (f *fileReader) done() {
	for _, r := range f.tally.rules {
		now, sum := f.tally.current[r], f.tally.total[r]
		sum.rows += now.rows
		for i := range now.columns {
			c, s := &now.columns[i], &sum.columns[i]
			name := r.columns[i].schema.Name
			if _, already := f.tally.lacks[r][name]; f.names != nil && now.rows > 0 && !c.present && !already {
				f.tally.lacks[r][name] = f.name
			}
			s.present = s.present || c.present
			s.values += c.values
			s.failed += c.failed
			if s.reason == "" {
				s.reason = c.reason
			}
		}
		f.tally.current[r] = &ruleTally{columns: make([]columnTally, len(r.columns))}
	}
}

// report hands what was counted to the engine.
func (t *tally) report(env source.Env, out source.Sink) error {
	for _, r := range t.rules {
		sum := t.total[r]
		if sum.rows == 0 {
			continue // nothing is shown, so no NULL can be misread
		}
		lacking := map[string]string{} // column → who lacks it
		for _, c := range r.schema.Columns {
			lacking[c.Name] = "the mapping"
		}
		for i := range sum.columns {
			c, name := &sum.columns[i], r.columns[i].schema.Name
			file, lacks := t.lacks[r][name]
			switch {
			case lacks:
				lacking[name] = file
			case !c.present:
				lacking[name] = "any row"
			default:
				delete(lacking, name)
				env.Provides(r.schema.Kind, name)
			}
			if err := c.report(r, name, out); err != nil {
				return err
			}
		}
		if len(lacking) == 0 {
			continue
		}
		var words []string
		columns := slices.Sorted(maps.Keys(lacking))
		for _, name := range columns {
			words = append(words, name+" (not in "+lacking[name]+")")
		}
		err := out.Gap(evidence.Gap{
			Kind: r.schema.Kind, Columns: columns, Reason: evidence.GapNotProvided,
			Detail: "nothing gives " + strings.Join(words, ", ") + "; where there is none, state it: 'none: true' in the mapping, or 'absent: none' for the source",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// report says when no value of a column could be read: that is a mapping that
// does not fit, rather than a bad row.
func (c *columnTally) report(r *rule, name string, out source.Sink) error {
	col, _, _ := r.schema.Column(name)
	if c.values == 0 || c.failed < c.values || col.Null == evidence.NullRequired {
		return nil
	}
	return out.Gap(evidence.Gap{
		Kind: r.schema.Kind, Columns: []string{name}, Reason: evidence.GapUnparsable, Rows: c.failed,
		Detail: "no value of " + name + " could be read: " + c.reason,
	})
}
