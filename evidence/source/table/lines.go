package table

import (
	"bufio"
	"io"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
)

// Lines turns JSON lines into records by a mapping, for sources whose own part
// is to get the rows.
type Lines struct{ c *collector }

// NewLines reads a mapping file. The name is for its errors.
func NewLines(name string, src []byte) (*Lines, error) {
	m, err := parseMapping(name, src, given{})
	if err != nil {
		return nil, err
	}
	return &Lines{&collector{mappings: []*mapping{m}, form: m.form}}, nil
}

// Kinds returns the kinds that the mapping gives.
func (l *Lines) Kinds() []evidence.Kind { return l.c.Emits() }

// Read takes every line of the file, which out has kept under the digest, and
// says which columns nothing gave. It returns how many lines were rows.
func (l *Lines) Read(env source.Env, out source.Sink, name string, raw evidence.Digest, r io.Reader) (int64, error) {
	t := newTally(l.c.mappings)
	f := &fileReader{c: l.c, env: env, out: out, tally: t, name: name, raw: raw}
	if err := f.readJSONL(bufio.NewReaderSize(r, 256<<10)); err != nil {
		return f.rows, err
	}
	f.done()
	return f.rows, t.report(env, out)
}
