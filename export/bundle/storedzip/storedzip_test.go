package storedzip

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
)

func made(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		if err := w.Add(Entry{name, int64(len(text)), crc32.ChecksumIEEE([]byte(text))}, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t testing.TB, b []byte) (*Contents, map[string]string) {
	t.Helper()
	got := map[string]string{}
	c, err := Read(t.Context(), bytes.NewReader(b), int64(len(b)), func(name string, size int64, body io.Reader) error {
		text, err := io.ReadAll(body)
		got[name] = string(text)
		if int64(len(text)) != size {
			t.Errorf("%s: %d bytes, said to be %d", name, len(text), size)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, got
}

var some = map[string]string{"a.txt": "one", "b/c.txt": "", "z": strings.Repeat("zz", 500)}

func TestWhatIsWrittenIsCanonicalAndReadByOthers(t *testing.T) {
	t.Parallel()
	for _, files := range []map[string]string{some, {"only": "x"}} {
		b := made(t, files)
		c, got := read(t, b)
		if !c.Whole || len(c.Flaws) > 0 || !maps.Equal(got, files) {
			t.Errorf("%+v, %v", c, got)
		}
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil || len(z.File) != len(files) {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(r); err != nil || string(text) != files[f.Name] || f.Method != zip.Store || f.Modified.Year() != 1980 {
				t.Errorf("%s: %q, %v, %+v", f.Name, text, err, f.FileHeader)
			}
		}
	}
}

func TestTheContainerIsTheOneOfTheDocument(t *testing.T) {
	t.Parallel()
	const want = "PK\x03\x04\x0a\x00\x00\x00\x00\x00\x00\x00\x21\x00\x83\x16\xdc\x8c\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00ax" +
		"PK\x01\x02\x0a\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x21\x00\x83\x16\xdc\x8c\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00a" +
		"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x2f\x00\x00\x00\x20\x00\x00\x00\x00\x00"
	if got := made(t, map[string]string{"a": "x"}); string(got) != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestWrongInputIsNotWritten(t *testing.T) {
	t.Parallel()
	sum := crc32.ChecksumIEEE([]byte("x"))
	for name, add := range map[string]func(w *Writer) error{
		"out of order": func(w *Writer) error {
			return errors.Join(w.Add(Entry{"b", 1, sum}, strings.NewReader("x")), w.Add(Entry{"a", 1, sum}, strings.NewReader("x")))
		},
		"twice": func(w *Writer) error {
			return errors.Join(w.Add(Entry{"a", 1, sum}, strings.NewReader("x")), w.Add(Entry{"a", 1, sum}, strings.NewReader("x")))
		},
		"shorter":     func(w *Writer) error { return w.Add(Entry{"a", 2, sum}, strings.NewReader("x")) },
		"longer":      func(w *Writer) error { return w.Add(Entry{"a", 1, sum}, strings.NewReader("xx")) },
		"other bytes": func(w *Writer) error { return w.Add(Entry{"a", 1, sum}, strings.NewReader("y")) },
		"no name":     func(w *Writer) error { return w.Add(Entry{"", 1, sum}, strings.NewReader("x")) },
		"long name": func(w *Writer) error {
			return w.Add(Entry{strings.Repeat("n", MaxName+1), 1, sum}, strings.NewReader("x"))
		},
	} {
		w := NewWriter(io.Discard)
		if add(w) == nil {
			t.Errorf("%s: written", name)
		}
		if w.Close() == nil {
			t.Errorf("%s: closed as if nothing had happened", name)
		}
	}
}

// TestTwoContentsInOneFile carries out the attack: two containers one behind
// the other. Programs that go by the end see the second, others the first.
func TestTwoContentsInOneFile(t *testing.T) {
	t.Parallel()
	good, evil := made(t, map[string]string{"a.txt": "no deviation", "b.txt": "1"}), made(t, map[string]string{"a.txt": "all is well", "c.txt": "2"})
	both := append(slices.Clone(good), evil...)
	z, err := zip.NewReader(bytes.NewReader(both), int64(len(both)))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := z.Open("c.txt"); err != nil {
		t.Fatalf("the attack does not work: %v, %v", r, err)
	}
	c, got := read(t, both)
	if len(c.Flaws) == 0 || got["a.txt"] != "no deviation" {
		t.Errorf("%+v", c)
	}
	views := strings.Join(Explain(bytes.NewReader(both), int64(len(both)), c), "; ")
	for _, want := range []string{`"a.txt" is 11 bytes`, `"c.txt"`, `"b.txt" stands in the file but not in the directory`} {
		if !strings.Contains(views, want) {
			t.Errorf("it is not said that %s: %s", want, views)
		}
	}
}

func TestEveryBitCounts(t *testing.T) {
	t.Parallel()
	b := made(t, some)
	for i := range b {
		for bit := range 8 {
			b[i] ^= 1 << bit
			if c, _ := read(t, b); len(c.Flaws) == 0 {
				t.Errorf("bit %d of byte %d does not count", bit, i)
			} else if views := Explain(bytes.NewReader(b), int64(len(b)), c); len(views) > maxViews+1 {
				t.Errorf("%d views", len(views))
			}
			b[i] ^= 1 << bit
		}
	}
	for n := range len(b) {
		if c, _ := read(t, b[:n]); len(c.Flaws) == 0 {
			t.Errorf("cut after %d bytes it still counts as whole", n)
		}
	}
}

// hole is a file of zeros of which only some stretches exist.
type hole struct {
	size  int64
	parts map[int64][]byte
}

func (h hole) ReadAt(p []byte, at int64) (int, error) {
	n := int(min(int64(len(p)), h.size-at))
	clear(p[:n])
	for from, b := range h.parts {
		for i := range b {
			if j := from + int64(i) - at; j >= 0 && j < int64(n) {
				p[j] = b[i]
			}
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// TestBigEntriesHaveTheFieldsThatOthersExpect puts entries of more than four
// gigabytes, and one behind them, before a reader that is not ours.
func TestBigEntriesHaveTheFieldsThatOthersExpect(t *testing.T) {
	t.Parallel()
	h := hole{parts: map[int64][]byte{}}
	var directory []byte
	entries := []Entry{{"a", full32 - 1, 1}, {"b", full32, 2}, {"c", 5 << 30, 3}, {"d", 1, 4}}
	for _, e := range entries {
		head := appendLocal(nil, e)
		h.parts[h.size] = head
		directory = appendCentral(directory, e, h.size)
		h.size += int64(len(head)) + e.Size
	}
	h.parts[h.size] = appendEnd(directory, int64(len(entries)), h.size, int64(len(directory)))
	h.size += int64(len(h.parts[h.size]))
	z, err := zip.NewReader(h, h.size)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range z.File {
		at, err := f.DataOffset()
		if err != nil || f.Name != entries[i].Name || int64(f.UncompressedSize64) != entries[i].Size || f.CRC32 != entries[i].CRC32 {
			t.Errorf("%+v at %d, %v", f.FileHeader, at, err)
		}
	}
}

func TestManyEntriesAreCanonicalToo(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := NewWriter(&b)
	const n = full16 + 5
	for i := range n {
		name := string([]byte{'a' + byte(i>>15&7), 'a' + byte(i>>10&31), 'a' + byte(i>>5&31), 'a' + byte(i&31)})
		if err := w.Add(Entry{name, 0, 0}, strings.NewReader("")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if c, _ := read(t, b.Bytes()); len(c.Entries) != n || len(c.Flaws) > 0 {
		t.Errorf("%d entries, %v", len(c.Entries), c.Flaws)
	}
	if z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len())); err != nil || len(z.File) != n {
		t.Error(err)
	}
}

func TestReadingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := made(t, some)
	if _, err := Read(ctx, bytes.NewReader(b), int64(len(b)), func(string, int64, io.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func FuzzOnlyOneSpellingPasses(f *testing.F) {
	f.Add(made(f, some))
	f.Add(made(f, map[string]string{"a": "x"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, got := read(t, b)
		if len(c.Flaws) > 0 {
			Explain(bytes.NewReader(b), int64(len(b)), c)
			return
		}
		if !bytes.Equal(made(t, got), b) {
			t.Fatal("two files with the same entries pass")
		}
	})
}
