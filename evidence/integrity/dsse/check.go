package dsse

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/integrity"
)

// Format is the name under which reports list envelopes.
const Format = "dsse/1"

const maxListed = 20 // subjects and payload types that a report lists

// Options say what envelopes are checked against.
type Options struct {
	Keys      []integrity.Key
	Threshold int   // how many distinct keys must have signed each envelope; 0: one
	Beside    fs.FS // files that subjects are compared with, by name; nil: none
	Period    *evidence.Window
}

// checker goes through the envelopes of one file.
type checker struct {
	log      *integrity.Log
	keys     []integrity.Key
	o        Options
	held     map[int]int64
	signed   int64 // envelopes that enough keys signed
	unknown  int64 // envelopes with a signature by no key that was given
	types    map[string]bool
	subjects int64
	equal    int64
	absent   int64
}

// Check checks a file with one envelope, or with one on each line. A file that
// does not hold is a verdict; an error is a check that could not be made.
func Check(ctx context.Context, name string, r io.Reader, o Options) (*integrity.Log, error) {
	if o.Threshold < 1 {
		o.Threshold = 1
	}
	l := integrity.NewLog(name, Format)
	c := &checker{log: l, keys: usable(o.Keys), o: o, held: map[int]int64{}, types: map[string]bool{}}
	sum := sha256.New()
	in := bufio.NewReaderSize(io.TeeReader(r, sum), 64<<10)
	if err := c.read(ctx, in); err != nil {
		return nil, err
	}
	if l.Records == 0 {
		return nil, fmt.Errorf("%w: %s has no envelope in it", integrity.ErrNothing, name)
	}
	l.SHA256 = evidence.Digest(sum.Sum(nil))
	l.Files = append(l.Files, integrity.FileReport{Path: name, Bytes: l.Bytes, SHA256: l.SHA256, Records: l.Records})
	c.conclude()
	return l, nil
}

// read cuts the file into envelopes: the first line is one, or the whole file.
func (c *checker) read(ctx context.Context, in *bufio.Reader) error {
	var whole []byte
	for line := int64(1); ; line++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		b, long, err := readLine(in, MaxEnvelope)
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return fmt.Errorf("read %s: %w", c.log.Path, err)
		}
		at := c.log.Bytes
		c.log.Bytes += int64(len(b)) + long
		if line == 1 && long == 0 && !complete(b) {
			whole = b
			break
		}
		if text := bytes.TrimSpace(b); len(text) > 0 || long > 0 {
			c.envelope(text, line, at, long > 0)
		}
		if last {
			return nil
		}
	}
	rest, err := io.ReadAll(io.LimitReader(in, MaxEnvelope))
	if err != nil {
		return fmt.Errorf("read %s: %w", c.log.Path, err)
	}
	more, err := io.Copy(io.Discard, in)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.log.Path, err)
	}
	c.log.Bytes += int64(len(rest)) + more
	if whole = append(whole, rest...); len(bytes.TrimSpace(whole)) > 0 || more > 0 {
		c.envelope(whole, 0, 0, more > 0)
	}
	return nil
}

// complete reports whether a line is a JSON value, or blank.
func complete(b []byte) bool {
	if len(bytes.TrimSpace(b)) == 0 {
		return false
	}
	_, err := canon.Parse(bytes.TrimSpace(b))
	return err == nil
}

// readLine reads a line with its end. Of one that is too long it returns how
// many bytes it passed over.
func readLine(in *bufio.Reader, most int) (line []byte, long int64, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if long == 0 && len(line)+len(part) > most {
			long, line = int64(len(line)), nil
		}
		if long > 0 {
			long += int64(len(part))
		} else {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

func (c *checker) envelope(b []byte, line, at int64, long bool) {
	c.log.Records++
	no := c.log.Records
	found := func(code integrity.Code, format string, args ...any) {
		c.log.Found(integrity.Finding{Code: code, File: c.log.Path, Record: no, Line: line, ByteOffset: at, Length: int64(len(b)), Note: fmt.Sprintf(format, args...)})
	}
	if long {
		found(integrity.Oversize, "it is longer than the %d bytes that are read", MaxEnvelope)
		return
	}
	e, err := Parse(b)
	if err != nil {
		found(jsonCode(err), "the envelope cannot be read: %v", err)
		return
	}
	if len(c.types) < maxListed {
		c.types[e.PayloadType] = true
	}
	if !c.enough(e, found) {
		return
	}
	c.signed++
	if e.PayloadType != StatementType {
		return
	}
	s, err := ParseStatement(e.Payload)
	if err != nil {
		found(jsonCode(err), "the statement in it cannot be read: %v", err)
		return
	}
	for _, x := range s.Subjects {
		c.subject(s, x, found)
	}
}

// jsonCode tells a member that stands twice from other damage.
func jsonCode(err error) integrity.Code {
	var s *canon.SyntaxError
	switch {
	case errors.As(err, &s) && strings.Contains(s.What, "stands twice"):
		return integrity.DupKey
	case errors.As(err, &s):
		return integrity.BadJSON
	}
	return integrity.FieldMissing
}

// enough reports whether as many pinned keys signed as must have.
func (c *checker) enough(e *Envelope, found func(integrity.Code, string, ...any)) bool {
	out := e.signatures(c.keys)
	for _, k := range out.held {
		c.held[k]++
	}
	if len(out.strange) > 0 {
		c.unknown++
	}
	for _, id := range out.strange {
		found(integrity.KeyUnknown, "a signature (key id %q) by no key that was given, or not over this payload: it counts as none", cut(id))
	}
	met := len(out.held) >= c.o.Threshold
	for _, id := range out.failed {
		code, note := integrity.SigBad, "the signature that names the key %q does not hold: the payload, its type or the signature was changed"
		if met {
			code, note = integrity.KeyUnknown, "the signature that names the key %q does not hold; enough others do, and it counts as none"
		}
		found(code, note, cut(id))
	}
	if !met && len(out.failed) == 0 {
		found(integrity.KeyMissing, "%d of the %d keys that were given signed it, %d must have", len(out.held), len(c.keys), c.o.Threshold)
	}
	return met
}

func (c *checker) subject(s *Statement, x Subject, found func(integrity.Code, string, ...any)) {
	c.subjects++
	alg, said, has, err := x.compare(c.o.Beside)
	word := "equal to the file beside it"
	switch {
	case errors.Is(err, errAbsent):
		c.absent++
		word = "not compared: no such file beside it"
	case err != nil:
		found(integrity.Unreadable, "subject %q cannot be compared: %v", cut(x.Name), err)
		word = "not compared"
	case alg != "":
		c.log.Found(integrity.Finding{Code: integrity.HashMismatch, File: x.Name, Record: c.log.Records, Expected: said, Actual: has, Note: fmt.Sprintf("the %s of the file is not the one in the statement", alg)})
		word = "DIFFERENT from the file beside it"
	default:
		c.equal++
	}
	if c.subjects <= maxListed {
		digest := "no digest that is read"
		for _, a := range algorithms {
			if d, ok := x.Digest[a.name]; ok {
				digest = a.name + ":" + cut(d)
				break
			}
		}
		c.log.Notes = append(c.log.Notes, fmt.Sprintf("%s says of %q, %s: %s", cut(s.Predicate), cut(x.Name), digest, word))
	}
}

// cut shortens what a stranger made long.
func cut(s string) string {
	if len(s) <= 160 {
		return s
	}
	return strings.ToValidUTF8(s[:160], "") + "…"
}
