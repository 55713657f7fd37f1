package pg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/source"
)

// MaxRow is how long the JSON of one row may be, in bytes.
const MaxRow = 1 << 20

// Notes is where a reading is noted; every source.Env is one.
type Notes interface {
	Query(text string)
	Page(source.Page)
}

// Keep keeps what was read; every source.Sink does.
type Keep interface {
	Raw(name string, r io.Reader) (evidence.Digest, error)
}

// Line is one row as a JSON object, and its place in what was kept.
type Line struct {
	Raw  evidence.Digest
	Item int64 // from 1
	JSON []byte
}

// Read asks one SELECT, keeps its rows under the name as JSON lines, and hands
// them to take one by one. It returns how many rows there are. They lie on
// disk meanwhile: a million of them take no memory. The query states an order,
// so that two readings of one state are the same bytes.
func (s *Session) Read(ctx context.Context, notes Notes, keep Keep, name, query string, take func(Line) error) (int64, error) {
	spool, err := source.NewSpool()
	if err != nil {
		return 0, err
	}
	defer spool.Close()
	s.Asking(name)
	notes.Query(query)
	n, err := s.spool(ctx, spool, query)
	if err != nil {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		err = s.Describe(err)
		notes.Page(source.Page{Name: name, Error: err.Error()})
		return 0, err
	}
	raw, size, err := spool.Keep(name, keep.Raw)
	if err != nil {
		return 0, err
	}
	notes.Page(source.Page{Name: name, SHA256: raw, Bytes: size, Rows: n, Kept: true})
	lines := bufio.NewScanner(spool)
	lines.Buffer(make([]byte, 64<<10), MaxRow+2)
	for i := int64(1); lines.Scan(); i++ {
		if err := take(Line{raw, i, lines.Bytes()}); err != nil {
			return n, err
		}
	}
	if err := lines.Err(); err != nil {
		return n, fmt.Errorf("read back the rows of %s: %w", name, err)
	}
	return n, nil
}

// errLong is a row that is not read.
var errLong = errors.New("a row is longer than is read")

func (s *Session) spool(ctx context.Context, f io.Writer, query string) (n int64, err error) {
	rows, err := s.Tx.Query(ctx, "SELECT pg_catalog.row_to_json(tieout_row)::text FROM (\n"+query+"\n) AS tieout_row")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	out := bufio.NewWriterSize(f, 256<<10)
	var line []byte
	for rows.Next() {
		text := rows.RawValues()[0]
		if len(text) > MaxRow {
			return n, errLong
		}
		tree, err := canon.Parse(text)
		if err != nil {
			return n, fmt.Errorf("row %d cannot be taken: two columns have one name, or a json column holds a name twice", n+1)
		}
		if line = append(AppendExact(line[:0], tree), '\n'); len(line) > MaxRow+1 {
			return n, errLong
		}
		if _, err := out.Write(line); err != nil {
			return n, fmt.Errorf("keep the rows for a moment: %w", err)
		}
		n++
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	if err := out.Flush(); err != nil {
		return n, fmt.Errorf("keep the rows for a moment: %w", err)
	}
	return n, nil
}
