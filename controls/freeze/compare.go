package freeze

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

	"github.com/tieout/tieout/evidence"
)

// Difference says how the rows of one kind in a freeze relate to those of an
// earlier one.
type Difference struct {
	Kind     evidence.Kind `json:"kind"`
	Then     int64         `json:"then"` // rows of the earlier freeze
	Now      int64         `json:"now"`
	Same     int64         `json:"same"`     // in both, with equal values
	Changed  int64         `json:"changed"`  // in both, with other values
	Vanished int64         `json:"vanished"` // then only
	Gone     int64         `json:"gone"`     // that a source showed then and shows no more; a freeze keeps them
	Added    int64         `json:"added"`    // now only
	// Of those added: what happened before the earlier freeze, which did not
	// show it, and what has no time.
	LateAdded int64 `json:"late_added"`
	Undated   int64 `json:"undated"`
	// The first few rows that vanished or were added late, by record id.
	VanishedExamples []string `json:"vanished_examples,omitempty"`
	LateExamples     []string `json:"late_examples,omitempty"`
	GoneExamples     []string `json:"gone_examples,omitempty"`
}

// maxDifferent bounds the examples of a difference.
const maxDifferent = 20

// Compare compares the lines of one kind's table in two freezes. When and from
// which file a row was read is no difference; frozen is the moment of the
// earlier freeze.
func Compare(ctx context.Context, s *evidence.Schema, then, now string, frozen evidence.Instant) (_ *Difference, err error) {
	a, err := openLines(then)
	if err != nil {
		return nil, fmt.Errorf("compare freezes: %w", err)
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	b, err := openLines(now)
	if err != nil {
		return nil, fmt.Errorf("compare freezes: %w", err)
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	c := comparison{at: s.At, frozen: frozen, out: Difference{Kind: s.Kind}}
	for !a.done || !b.done {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		switch {
		case b.done, !a.done && a.id < b.id:
			c.vanished(a.id)
			err = a.next()
		case a.done, b.id < a.id:
			if err = c.added(b); err == nil {
				err = b.next()
			}
		default:
			if err = c.both(a.line, b.line); err == nil {
				err = errors.Join(a.next(), b.next())
			}
		}
		if err != nil {
			return nil, fmt.Errorf("compare freezes: %w", err)
		}
	}
	return &c.out, nil
}

type comparison struct {
	at     string // column that places a row in time, or none
	frozen evidence.Instant
	out    Difference
}

func (c *comparison) vanished(id string) {
	c.out.Then++
	c.out.Vanished++
	if len(c.out.VanishedExamples) < maxDifferent {
		c.out.VanishedExamples = append(c.out.VanishedExamples, id)
	}
}

func (c *comparison) added(l *lineReader) error {
	c.out.Now++
	c.out.Added++
	values, err := valuesOf(l.line)
	if err != nil {
		return err
	}
	var text string
	if raw, has := values[c.at]; has {
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
	}
	at, err := evidence.ParseInstant(text)
	switch {
	case err != nil: // there is none
		c.out.Undated++
	case at < c.frozen:
		c.out.LateAdded++
		if len(c.out.LateExamples) < maxDifferent {
			c.out.LateExamples = append(c.out.LateExamples, l.id)
		}
	}
	return nil
}

func (c *comparison) both(then, now []byte) error {
	c.out.Then++
	c.out.Now++
	if bytes.Equal(then, now) {
		c.out.Same++
		return nil
	}
	a, err := valuesOf(then)
	if err != nil {
		return err
	}
	b, err := valuesOf(now)
	if err != nil {
		return err
	}
	same := len(a) == len(b)
	for name, v := range a {
		same = same && bytes.Equal(v, b[name])
	}
	if same {
		c.out.Same++
	} else {
		c.out.Changed++
	}
	return nil
}

// valuesOf returns the members of a line that are said of the object, and not
// of how it was read.
func valuesOf(line []byte) (map[string]json.RawMessage, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(line, &m); err != nil {
		return nil, err
	}
	for _, name := range []string{"_id", "_item", "_observed_at", "_raw", "_source"} {
		delete(m, name)
	}
	return m, nil
}

// lineReader reads the lines of a table, which stand in order of their ids.
type lineReader struct {
	*os.File
	in   *bufio.Reader
	line []byte
	id   string
	done bool
}

func openLines(path string) (*lineReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	l := &lineReader{File: f, in: bufio.NewReaderSize(f, 256<<10)}
	if err := l.next(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

// idPrefix begins every line of a kind's table: _id sorts before all else.
var idPrefix = []byte(`{"_id":"`)

func (l *lineReader) next() error {
	line, err := l.in.ReadBytes('\n')
	if errors.Is(err, io.EOF) && len(line) == 0 {
		l.done, l.line = true, nil
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", l.Name(), err)
	}
	rest, ok := bytes.CutPrefix(line, idPrefix)
	id, _, closed := bytes.Cut(rest, []byte(`"`))
	if !ok || !closed {
		return fmt.Errorf("%s: a line does not begin with a record's id", l.Name())
	}
	if string(id) <= l.id {
		return fmt.Errorf("%s: record %s stands after %s: lines are sorted", l.Name(), id, l.id)
	}
	l.line, l.id = line, string(id)
	return nil
}

// AddGone counts the records of one source's earlier pull that its later pull
// does not have. Both come in order of their ids.
func (d *Difference) AddGone(then, now iter.Seq2[*evidence.Record, error]) error {
	next, stop := iter.Pull2(now)
	defer stop()
	current := ""
	done := false
	last := ""
	for r, err := range then {
		if err != nil {
			return fmt.Errorf("compare pulls: %w", err)
		}
		if r.ID == last {
			continue
		}
		last = r.ID
		for !done && current < r.ID {
			n, err, ok := next()
			switch {
			case !ok:
				done = true
			case err != nil:
				return fmt.Errorf("compare pulls: %w", err)
			default:
				current = n.ID
			}
		}
		if done && current != r.ID || current > r.ID {
			d.Gone++
			if len(d.GoneExamples) < maxDifferent {
				d.GoneExamples = append(d.GoneExamples, r.ID)
			}
		}
	}
	return nil
}
