package logfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tieout/tieout/evidence"
)

// cut returns the records of a text as a cutter with that chunk size sees them.
func cut(t *testing.T, text string, size int, framing Framing, at string) (records []string, err error) {
	t.Helper()
	c, err := NewCutter(iotest.HalfReader(strings.NewReader(text)), size, framing, at)
	if err != nil {
		t.Fatal(err)
	}
	var buf []byte
	for {
		k, err := c.Next(buf)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return records, err
		}
		if k.TooLong > 0 {
			records = append(records, fmt.Sprintf("long %d at %d", k.TooLong, k.Offset))
			continue
		}
		if text[k.Offset:int(k.Offset)+len(k.Data)] != string(k.Data) {
			t.Fatalf("the chunk at %d is not what stands there", k.Offset)
		}
		if framing == JSONL {
			for line := range bytes.Lines(k.Data) {
				records = append(records, string(line))
			}
		}
		for _, s := range k.Spans {
			records = append(records, string(k.Data[s.Start:s.End]))
		}
		buf = k.Data
	}
	if c.Bytes() != int64(len(text)) || c.SHA256() != evidence.DigestOf([]byte(text)) {
		t.Errorf("%d bytes with digest %s were summed up", c.Bytes(), c.SHA256())
	}
	return records, nil
}

func TestChunkSizeChangesNoRecord(t *testing.T) {
	t.Parallel()
	lines := "\ufeff{\"a\":1}\n{}\r\n\n{\"b\":\"" + strings.Repeat("x", 300) + "\"}\n{\"c\":2}"
	list := ` {"v":[{"entries":1}], "entries" : [{"a":"]}\"{"},` + "\n" + ` [1,[2]] , 7 ,"x,]", {"b":"` + strings.Repeat("y", 300) + `"} ], "n":1.5}` + "\n"
	for size := 16; size < 700; size += 7 {
		got, err := cut(t, lines, size, JSONL, "")
		if err != nil || len(got) != 5 || got[0] != "{\"a\":1}\n" || got[4] != `{"c":2}` {
			t.Fatalf("size %d: %q, %v", size, got, err)
		}
		got, err = cut(t, list, size, JSONArray, "/entries")
		if err != nil || len(got) != 5 || got[0] != `{"a":"]}\"{"}` || got[1] != "[1,[2]]" || got[2] != "7" || got[3] != `"x,]"` || len(got[4]) != 308 {
			t.Fatalf("size %d: %q, %v", size, got, err)
		}
	}
}

func TestListsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	for text, at := range map[string]string{
		`{}`: "/entries", `{"entries":{}}`: "/entries", `{"entries":[],"entries":[{}]}`: "/entries", `{"entries":[],"\u0065ntries":[{}]}`: "/entries",
		`[{}`: "", `[{}]]`: "", `[{}] {}`: "", `[{},]x`: "", `{"a":[]}`: "", `[{} {}]`: "", `[,]`: "", `{"a" []}`: "/a", `{"a":[]`: "/a", ``: "", `7`: "", `{"a":1 "b":[]}`: "/b",
		strings.Repeat(`{"a":`, 70): "/b",
	} {
		for size := 16; size < 64; size += 16 {
			if got, err := cut(t, text, size, JSONArray, at); err == nil {
				t.Errorf("%q at %q: read as %q", text, at, got)
			}
		}
	}
	for _, text := range []string{`[]`, ` [ ] `, `[{}]`, `[{},{}]`} {
		if got, err := cut(t, text, 16, JSONArray, ""); err != nil || len(got) != strings.Count(text, "{") {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}

func TestOneLongLineDoesNotHideTheNext(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("z", MaxRecord+5000)
	got, err := cut(t, "{}\n"+long+"\n{\"after\":1}\n", 1<<16, JSONL, "")
	if err != nil || len(got) != 3 || got[1] != fmt.Sprintf("long %d at 3", len(long)) || got[2] != "{\"after\":1}\n" {
		t.Errorf("%.100q, %v", got, err)
	}
	got, err = cut(t, "{}\n"+long, 1<<16, JSONL, "")
	if err != nil || len(got) != 2 {
		t.Errorf("%.100q, %v", got, err)
	}
	_, err = cut(t, `[{"a":"`+long+`"}]`, 1<<16, JSONArray, "")
	if !errors.Is(err, errLongElement) {
		t.Errorf("a long element: %v", err)
	}
}

func TestRecordsBeforeADefectAreHandedOut(t *testing.T) {
	t.Parallel()
	for size := 16; size < 100; size += 5 {
		got, err := cut(t, `[{"a":1},{"b":2},{"c":3} {"d":4}]`, size, JSONArray, "")
		if err == nil || len(got) != 3 {
			t.Errorf("size %d: %q, %v", size, got, err)
		}
		broken := io.MultiReader(strings.NewReader("{\"a\":1}\n{\"b\":2}\n{\"c\""), iotest.ErrReader(errors.New("the disk is gone")))
		c, err := NewCutter(broken, size, JSONL, "")
		if err != nil {
			t.Fatal(err)
		}
		var all []byte
		for err == nil {
			var k Chunk
			k, err = c.Next(nil)
			all = append(all, k.Data...)
		}
		if string(all) != "{\"a\":1}\n{\"b\":2}\n" || errors.Is(err, io.EOF) {
			t.Errorf("size %d: %q, %v", size, all, err)
		}
	}
}

func FuzzCutter(f *testing.F) {
	f.Add([]byte("{\"a\":1}\r\n\n{}"), 20, false)
	f.Add([]byte(`[{"a":"]"},[1],2]`), 17, true)
	f.Fuzz(func(t *testing.T, b []byte, size int, list bool) {
		framing := JSONL
		if list {
			framing = JSONArray
		}
		all := func(size int) (out []string, failed bool) {
			c, err := NewCutter(bytes.NewReader(b), size, framing, "")
			if err != nil {
				t.Fatal(err)
			}
			for {
				k, err := c.Next(nil)
				if err != nil {
					return out, !errors.Is(err, io.EOF)
				}
				if !list {
					for line := range bytes.Lines(k.Data) {
						out = append(out, string(line))
					}
				}
				for _, s := range k.Spans {
					out = append(out, string(k.Data[s.Start:s.End]))
				}
			}
		}
		x, xf := all(16 + max(size, -size)%64)
		y, yf := all(1 << 20)
		if xf != yf || strings.Join(x, "\x00") != strings.Join(y, "\x00") {
			t.Fatalf("%q: cut small %q (%v), cut whole %q (%v)", b, x, xf, y, yf)
		}
	})
}
