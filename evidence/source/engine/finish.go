package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
)

// write hands the sorted lines to the keeper, each object once a moment.
func (s *sink) write() (err error) {
	w, err := s.pull.Keeper.Records()
	if err != nil {
		return fmt.Errorf("keep the records: %w", err)
	}
	defer func() {
		if err != nil {
			_ = w.Abort() // err says why
		}
	}()
	m := merger{sink: s, w: w}
	if err := s.lines.each(m.take); err != nil {
		return err
	}
	if err := m.flush(); err != nil {
		return err
	}
	if s.res.Records, err = w.Commit(); err != nil {
		return fmt.Errorf("keep the records: %w", err)
	}
	return nil
}

// merger puts entries of one object at one moment together.
type merger struct {
	sink    *sink
	w       RecordWriter
	held    entry
	line    []byte
	filled  bool
	differs []string // columns in which another record says something else
}

func (m *merger) take(e *entry) error {
	if err := m.sink.ctx.Err(); err != nil {
		return err
	}
	if !m.filled || !m.held.sameObject(e) {
		if err := m.flush(); err != nil {
			return err
		}
		m.line = append(m.line[:0], e.line...)
		m.held, m.filled = *e, true
		m.held.line = m.line
		return nil
	}
	c := m.sink.counts[m.sink.order[e.kind]]
	if m.held.sum == e.sum {
		c.Duplicates++
		return nil
	}
	return m.conflict(c, e)
}

// conflict notes in which columns the two records differ. Which of them is
// right cannot be known, so those columns of the one that stays are missing.
func (m *merger) conflict(c *count, e *entry) error {
	a, err := m.decode(m.held.line)
	if err != nil {
		return err
	}
	b, err := m.decode(e.line)
	if err != nil {
		return err
	}
	var columns []string
	for i, col := range a.Schema.Columns {
		if fmt.Sprint(a.Values[i]) != fmt.Sprint(b.Values[i]) || slices.Contains(a.Missing, col.Name) != slices.Contains(b.Missing, col.Name) {
			columns = append(columns, col.Name)
		}
	}
	c.Conflicts++
	for _, name := range columns {
		if !slices.Contains(m.differs, name) {
			m.differs = append(m.differs, name)
		}
	}
	if len(m.sink.res.Conflicts) < MaxRejected {
		m.sink.res.Conflicts = append(m.sink.res.Conflicts, Conflict{Kind: c.Kind, ID: a.ID, Raw: e.raw, Item: e.item, Columns: columns})
	}
	return nil
}

func (m *merger) decode(line []byte) (*evidence.Record, error) {
	r, err := evidence.DecodeRecord(line, m.sink.pull.Schemas)
	if err != nil {
		return nil, fmt.Errorf("read back a record: %w", err)
	}
	return r, nil
}

func (m *merger) flush() error {
	if !m.filled {
		return nil
	}
	m.filled = false
	c := m.sink.counts[m.sink.order[m.held.kind]]
	c.Put++
	if len(m.differs) > 0 {
		r, err := m.decode(m.held.line)
		if err != nil {
			return err
		}
		for _, name := range m.differs {
			if col, i, _ := r.Schema.Column(name); col.Null != evidence.NullRequired {
				r.Values[i] = nil
				r.SetMissing(name)
			}
		}
		if m.line, err = r.AppendJSON(m.line[:0]); err != nil {
			return err
		}
		m.held.line = m.line
		m.sink.gap(evidence.Gap{
			Kind: c.Kind, Columns: m.differs, Reason: evidence.GapUnparsable,
			Detail: "two records of one pull say different things of the same " + string(c.Kind) + "; the manifest lists them",
		})
		m.differs = nil
	}
	if err := m.w.Line(m.held.line); err != nil {
		return fmt.Errorf("keep the records: %w", err)
	}
	return nil
}

// finish turns counts into gaps and fills the manifest, everything in order.
func (s *sink) finish() {
	for _, k := range s.order {
		c := s.counts[k]
		if c.Rejected > 0 {
			s.gap(evidence.Gap{Kind: k, Reason: evidence.GapRejected, Rows: c.Rejected, Detail: fmt.Sprintf("%d rows could not be read as %s; the manifest lists them", c.Rejected, k)})
		}
		if n := c.Put; n > 0 {
			s.notProvided(k, c)
		}
		for _, rule := range slices.Sorted(maps.Keys(c.dropped)) {
			c.Dropped = append(c.Dropped, DroppedCount{rule, c.dropped[rule]})
		}
		if n := c.Accounted(); c.Total != nil && *c.Total != n {
			s.gap(evidence.Gap{
				Kind: k, Reason: evidence.GapCountMismatch, Rows: max(*c.Total-n, n-*c.Total),
				Detail: fmt.Sprintf("the source counts %d of %s (%s), %d were read", *c.Total, k, c.Basis, n),
			})
		}
		for _, column := range slices.Sorted(maps.Keys(c.unparsable)) {
			s.res.Unparsable = append(s.res.Unparsable, *c.unparsable[column])
		}
		s.res.Kinds = append(s.res.Kinds, c.KindCount)
	}
	s.res.Unread = slices.Sorted(maps.Keys(s.unread))
	slices.Sort(s.res.AsOf)
	slices.SortStableFunc(s.res.Gaps, func(a, b evidence.Gap) int {
		if c := strings.Compare(string(a.Kind)+" "+string(a.Reason), string(b.Kind)+" "+string(b.Reason)); c != 0 {
			return c
		}
		return strings.Compare(strings.Join(a.Columns, " ")+a.Detail, strings.Join(b.Columns, " ")+b.Detail)
	})
}

// notProvided adds the gap of the columns that nothing gave. A NULL in them
// would be read as a fact.
func (s *sink) notProvided(k evidence.Kind, c *count) {
	var columns []string
	for i, col := range s.schemas[k].Columns {
		if !c.seen[i] {
			columns = append(columns, col.Name)
		}
	}
	for _, g := range s.res.Gaps { // what the collector said itself, with its own words
		if g.Kind == k && g.Reason == evidence.GapNotProvided {
			columns = slices.DeleteFunc(columns, func(name string) bool { return slices.Contains(g.Columns, name) })
		}
	}
	if len(columns) > 0 {
		s.gap(evidence.Gap{Kind: k, Columns: columns, Reason: evidence.GapNotProvided, Detail: "the source gives no " + strings.Join(columns, ", ") + " of " + string(k)})
	}
}
