package evaluate

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// request is what a child process is asked, as one line of JSON. It holds what
// statements need and nothing about the evidence.
type request struct {
	Database  string             `json:"database"`
	Controls  []controls.Control `json:"controls"`
	Params    []controls.Param   `json:"params"`
	TestIDs   []string           `json:"test_ids,omitempty"`
	TimeLimit time.Duration      `json:"time_limit_ns"`
	CountOnly bool               `json:"count_only,omitempty"`
	Missing   []evidence.Kind    `json:"missing,omitempty"` // kinds of which values could not be read
}

// message is one line of what a child answers, unless the line is a row: that
// is an array.
type message struct {
	Located  *locatedMessage  `json:"located,omitempty"`
	Begin    *begun           `json:"begin,omitempty"`
	Excluded *excludedMessage `json:"excluded,omitempty"`
	End      bool             `json:"end,omitempty"`  // of a test
	Done     bool             `json:"done,omitempty"` // of all: without it the child died
	Error    string           `json:"error,omitempty"`
}

type locatedMessage struct {
	Record    string `json:"record"`
	Component string `json:"component"`
}

type excludedMessage struct {
	Component string `json:"component"`
	Reason    string `json:"reason"`
	Rows      int64  `json:"rows"`
}

// sender writes what the statements give as lines.
type sender struct {
	out  *bufio.Writer
	line []byte
}

func (s *sender) message(m message) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = s.out.Write(append(b, '\n'))
	return err
}

func (s *sender) located(record, component string) error {
	return s.message(message{Located: &locatedMessage{record, component}})
}

func (s *sender) begin(b begun) error { return s.message(message{Begin: &b}) }

func (s *sender) excluded(component, reason string, rows int64) error {
	return s.message(message{Excluded: &excludedMessage{component, reason, rows}})
}

func (s *sender) end() error { return s.message(message{End: true}) }

func (s *sender) row(values []any) error {
	b := s.line[:0]
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		switch v := v.(type) {
		case nil:
			b = append(b, "null"...)
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case float64:
			at := len(b)
			var err error
			if b, err = canon.AppendFloat(b, v); err != nil {
				return err
			}
			if !strings.ContainsAny(string(b[at:]), ".e") {
				b = append(b, ".0"...) // so that it comes back as what it was
			}
		case string:
			b = canon.AppendString(b, v)
		default:
			return fmt.Errorf("a value of type %T is none that a frozen table holds", v)
		}
	}
	b = append(b, ']', '\n')
	s.line = b
	_, err := s.out.Write(s.line)
	return err
}

// maxLine bounds a line from a child, which has read strangers' SQL.
const maxLine = 32 << 20

// receive hands the lines of a child to the receiver. It returns nil only if
// the child said that it was done.
func receive(r io.Reader, to receiver) error {
	lines := bufio.NewReaderSize(r, 1<<20)
	var values []any
	for {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			return errors.New("the process that runs the tests ended before it was done")
		}
		if err != nil {
			return fmt.Errorf("read what the process that runs the tests says: %w", err)
		}
		if len(line) > 0 && line[0] == '[' {
			if values, err = decodeRow(values[:0], line); err == nil {
				err = to.row(values)
			}
			if err != nil {
				return err
			}
			continue
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			return fmt.Errorf("the process that runs the tests says %.80q: %w", line, err)
		}
		switch {
		case m.Error != "":
			return errors.New(m.Error)
		case m.Located != nil:
			err = to.located(m.Located.Record, m.Located.Component)
		case m.Begin != nil:
			err = to.begin(*m.Begin)
		case m.Excluded != nil:
			err = to.excluded(m.Excluded.Component, m.Excluded.Reason, m.Excluded.Rows)
		case m.End:
			err = to.end()
		case m.Done:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	long := append([]byte(nil), line...)
	for errors.Is(err, bufio.ErrBufferFull) {
		if len(long) > maxLine {
			return nil, fmt.Errorf("a line is longer than %d bytes", maxLine)
		}
		line, err = r.ReadSlice('\n')
		long = append(long, line...)
	}
	return long, err
}

func decodeRow(dst []any, line []byte) ([]any, error) {
	v, err := canon.Parse(line)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, errors.New("a row is no array")
	}
	for _, e := range list {
		switch e := e.(type) {
		case nil, string:
			dst = append(dst, e)
		case canon.Number:
			if strings.ContainsAny(string(e), ".eE") {
				f, err := e.Float64()
				if err != nil {
					return nil, err
				}
				dst = append(dst, f)
				continue
			}
			i, err := e.Int64()
			if err != nil {
				return nil, err
			}
			dst = append(dst, i)
		default:
			return nil, fmt.Errorf("a row holds a %T", e)
		}
	}
	return dst, nil
}
