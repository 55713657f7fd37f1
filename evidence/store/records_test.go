package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/store"
)

func TestRecordsComeBackLineByLine(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.SliceOfN(rapid.StringMatching(`[^\n]{1,80}`), 0, 50).Draw(rt, "lines")
		if got := readAll(t, s, keep(t, s, want)); !slices.Equal(got, want) {
			rt.Fatalf("%d lines came back as %d", len(want), len(got))
		}
	})
	long := []string{"short", strings.Repeat("long ", 100_000), "short", strings.Repeat("x", store.MaxLine), "short"}
	if got := readAll(t, s, keep(t, s, long)); !slices.Equal(got, long) {
		t.Errorf("long lines came back as %d", len(got))
	}
}

func TestEqualRecordsAreOneBlob(t *testing.T) {
	t.Parallel()
	lines := manyLines(20_000)
	a, b := open(t, t.TempDir()), open(t, t.TempDir())
	one, two, other := keep(t, a, lines), keep(t, b, lines), keep(t, b, lines[1:])
	if one != two || one == other {
		t.Errorf("equal lines are %s and %s, others %s", one, two, other)
	}
}

func TestRecordsAreStandardCompression(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for _, lines := range [][]string{nil, {"{}"}, manyLines(5000)} {
		r, _, err := s.Open(t.Context(), keep(t, s, lines))
		if err != nil {
			t.Fatal(err)
		}
		z, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(z)
		z.Close()
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		want := strings.Join(append(slices.Clone(lines), ""), "\n")
		if string(got) != want {
			t.Errorf("%d lines inflate to %d bytes, want %d", len(lines), len(got), len(want))
		}
	}
}

func TestALineThatIsNoLineKeepsNothing(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for name, line := range map[string]string{"empty": "", "two": "a\nb", "too long": strings.Repeat("x", store.MaxLine+1)} {
		w, err := s.Records()
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Line([]byte("good")); err != nil {
			t.Fatal(err)
		}
		if err := w.Line([]byte(line)); err == nil {
			t.Errorf("%s: was taken", name)
		}
		if err := w.Line([]byte("good")); err == nil {
			t.Errorf("%s: lines were taken after it", name)
		}
		if d, err := w.Commit(); err == nil {
			t.Errorf("%s: was kept as %s", name, d)
		}
	}
	nothingKept(t, s)
}

func TestAbortedRecordsAreNotKept(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for _, n := range []int{0, 1, 50_000} {
		w, err := s.Records()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range manyLines(n) {
			if err := w.Line([]byte(l)); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := w.Abort(); err != nil {
				t.Errorf("after %d lines: %v", n, err)
			}
		}
		if _, err := w.Commit(); err == nil {
			t.Error("committed after it was aborted")
		}
		if err := w.Line([]byte("x")); err == nil {
			t.Error("took a line after it was aborted")
		}
	}
	nothingKept(t, s)
	w, err := s.Records()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Line([]byte("x")); err != nil {
		t.Fatal(err)
	}
	d, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Abort(); err != nil || len(readAll(t, s, d)) != 1 {
		t.Errorf("Abort after Commit: %v", err)
	}
	if _, err := w.Commit(); err == nil {
		t.Error("committed twice")
	}
}

func TestRecordsThatChangedAreAnErrorAtTheEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	d := keep(t, s, manyLines(3000))
	path := filepath.Join(dir, "blobs", d.String()[:2], d.String())
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 1 + len(whole)/40 {
		b := bytes.Clone(whole)
		b[at] ^= 0x10
		write(t, path, b)
		if err := lastError(s.ReadRecords(t.Context(), d)); !errors.Is(err, store.ErrMismatch) || !strings.Contains(err.Error(), d.String()) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
	for _, b := range [][]byte{nil, whole[:len(whole)/2], whole[:len(whole)-1], append(bytes.Clone(whole), 0), append(bytes.Clone(whole), whole...)} {
		write(t, path, b)
		if err := lastError(s.ReadRecords(t.Context(), d)); !errors.Is(err, store.ErrMismatch) {
			t.Errorf("%d bytes of %d: %v", len(b), len(whole), err)
		}
	}
}

func TestABlobThatIsNoRecordsIsAnError(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for name, b := range map[string][]byte{
		"text": []byte("text"), "no line end": deflate(t, "a\nb"), "an empty line": deflate(t, "a\n\nb\n"), "a line too long": deflate(t, strings.Repeat("x", store.MaxLine+1)+"\n"),
	} {
		if err := lastError(s.ReadRecords(t.Context(), put(t, s, string(b)))); err == nil || errors.Is(err, store.ErrMismatch) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := lastError(s.ReadRecords(t.Context(), evidence.DigestOf(nil))); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("not kept: %v", err)
	}
}

func TestAListComesBackSorted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	a, b := put(t, s, "a"), put(t, s, "b") // ca97…, 3e23…
	one, err := s.PutList(t.Context(), []evidence.Digest{a, b, a})
	if err != nil {
		t.Fatal(err)
	}
	two, err := s.PutList(t.Context(), []evidence.Digest{b, a})
	if err != nil || one != two {
		t.Errorf("one set has the lists %s and %s, %v", one, two, err)
	}
	var got []evidence.Digest
	for d, err := range s.ReadList(t.Context(), one) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, d)
	}
	if !slices.Equal(got, []evidence.Digest{b, a}) {
		t.Errorf("read %v", got)
	}
	none, err := s.PutList(t.Context(), nil)
	if err != nil || none != evidence.DigestOf(nil) || lastError(s.ReadList(t.Context(), none)) != nil {
		t.Errorf("an empty list: %s, %v", none, err)
	}
}

func TestABlobThatIsNoListIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	a, b := evidence.DigestOf([]byte("a")).String(), evidence.DigestOf([]byte("b")).String()
	for _, text := range []string{"x", a, a + "\r\n", b + "\n" + a, b + "\n" + a + "\n\n", a + "\n" + b + "\n", a + "\n" + a + "\n", strings.ToUpper(a) + "\n", strings.Repeat("0", 64) + "\n"} {
		d := put(t, s, text)
		if err := lastError(s.ReadList(t.Context(), d)); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := s.Append(t.Context(), store.Entry{Type: "x", JSON: []byte("1"), Lists: []evidence.Digest{d}}); err != nil {
			t.Fatal(err)
		}
	}
	if r := verify(t, s); r.Verdict != store.Broken || r.Counts[store.CodeListInvalid] != 9 {
		t.Errorf("%+v", r.Counts)
	}
}

func keep(t testing.TB, s *store.Store, lines []string) evidence.Digest {
	t.Helper()
	w, err := s.Records()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if err := w.Line([]byte(l)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func readAll(t testing.TB, s *store.Store, d evidence.Digest) (out []string) {
	t.Helper()
	for l, err := range s.ReadRecords(t.Context(), d) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(l))
	}
	return out
}

func lastError[T any](seq func(func(T, error) bool)) (last error) {
	for _, err := range seq {
		last = err
	}
	return last
}

func nothingKept(t *testing.T, s *store.Store) {
	t.Helper()
	for d, err := range s.All(t.Context()) {
		t.Errorf("kept %v, %v", d, err)
	}
}

// manyLines are records of the shape and likeness of real ones.
func manyLines(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(`{"_id":"%s","_item":%d,"_kind":"grant","_native_id":"g-%d","_observed_at":"2026-06-%02dT09:30:00.000000Z","_source":"iam","grant_id":"g-%d","principal_id":"p-%d","resource_id":"model/fraud-score","role":"%s"}`,
			evidence.DigestOf(fmt.Append(nil, i)).String()[:40], i+1, i, 1+i%28, i, i*7919%5000, []string{"reader", "writer", "admin"}[i%3])
	}
	return out
}

func deflate(t *testing.T, text string) []byte {
	t.Helper()
	enc, err := zstd.NewWriter(nil, zstd.WithWindowSize(1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return enc.EncodeAll([]byte(text), nil)
}
