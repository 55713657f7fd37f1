package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/tieout/tieout/evidence/canon"
)

// readJSONL takes one JSON object a line.
func (f *fileReader) readJSONL(r *bufio.Reader) error {
	return f.objects(lines{r: r}, func(line int64, m map[string]any) error { return f.take(&row{item: line, tree: m}) })
}

// objects hands on the object of each line. A line that is none is rejected and
// the next one is read: line ends stand outside of values.
func (f *fileReader) objects(l lines, take func(line int64, m map[string]any) error) error {
	for {
		line, _, err := l.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		m, err := canon.ParseObject(line)
		if err != nil {
			if err = f.reject(l.no, parseReason(err)); err != nil {
				return err
			}
			continue
		}
		if err := take(l.no, m); err != nil {
			return err
		}
	}
}

// parseReason says why a text is no JSON without quoting it.
func parseReason(err error) string {
	if s := (*canon.SyntaxError)(nil); errors.As(err, &s) && len(s.What) < 60 && !bytes.ContainsRune([]byte(s.What), '"') {
		return fmt.Sprintf("no JSON object: %s at byte %d", s.What, s.Offset)
	}
	return "no JSON object, or a member stands in it twice"
}

// readJSON takes a JSON document: a list of objects, or one that holds the list.
func (f *fileReader) readJSON(r *bufio.Reader) error {
	b, err := io.ReadAll(io.LimitReader(r, maxJSON+1))
	if err != nil {
		return &cutError{0, "the file cannot be read further: " + err.Error()}
	}
	if len(b) > maxJSON {
		return &cutError{0, fmt.Sprintf("a JSON document of more than %d bytes: hand it over as JSONL, one object a line", maxJSON)}
	}
	v, err := canon.Parse(b)
	if err != nil {
		return &cutError{0, parseReason(err)}
	}
	where := "the document"
	if f.c.items != nil {
		where = f.c.items.text
		found, odd := false, false
		if v, found, odd = (&row{tree: v}).at(*f.c.items); !found || odd {
			return &cutError{0, "it has no " + where + ": correct 'items:'"}
		}
	}
	elements, ok := v.([]any)
	if !ok {
		if _, is := v.(map[string]any); is && f.c.items == nil {
			return &cutError{0, "the document is one object: name the list in it with 'items:'"}
		}
		return &cutError{0, where + " is no list"}
	}
	for i, e := range elements {
		if _, ok := e.(map[string]any); !ok {
			err = f.reject(int64(i+1), "the element is no object")
		} else {
			err = f.take(&row{item: int64(i + 1), tree: e})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
