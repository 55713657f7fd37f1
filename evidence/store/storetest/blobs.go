package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/store"
)

// Blobs runs the contract of store.Blobs. Open returns the blobs kept at a
// place: empty the first time, and what was put there afterwards.
func Blobs(t *testing.T, open func(t *testing.T, place string) store.Blobs) {
	t.Run("WhatWasPutComesBack", func(t *testing.T) {
		t.Parallel()
		place := t.TempDir()
		b := open(t, place)
		for _, n := range []int{0, 1, 4095, 64 << 10, 1<<20 + 7} {
			want := noise(n)
			d, size, err := b.Put(t.Context(), iotest.OneByteReader(bytes.NewReader(want[:min(n, 5000)])))
			if err != nil || size != int64(min(n, 5000)) || d != evidence.DigestOf(want[:min(n, 5000)]) {
				t.Fatalf("Put of %d bytes one by one = %v, %d, %v", min(n, 5000), d, size, err)
			}
			if d, size, err = b.Put(t.Context(), bytes.NewReader(want)); err != nil || size != int64(n) || d != evidence.DigestOf(want) {
				t.Fatalf("Put of %d bytes = %v, %d, %v", n, d, size, err)
			}
			for _, b := range []store.Blobs{b, open(t, place)} {
				if got := read(t, b, d, n); !bytes.Equal(got, want) {
					t.Fatalf("%d bytes came back as %d others", n, len(got))
				}
			}
		}
	})

	t.Run("EqualBytesAreKeptOnce", func(t *testing.T) {
		t.Parallel()
		b := open(t, t.TempDir())
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, _, err := b.Put(t.Context(), bytes.NewReader(noise(1000))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := all(t, b); len(got) != 1 || got[0] != evidence.DigestOf(noise(1000)) {
			t.Fatalf("kept %v", got)
		}
	})

	t.Run("AllIsInAscendingOrder", func(t *testing.T) {
		t.Parallel()
		b := open(t, t.TempDir())
		for i := range 40 {
			if _, _, err := b.Put(t.Context(), bytes.NewReader(noise(i))); err != nil {
				t.Fatal(err)
			}
		}
		got := all(t, b)
		if len(got) != 40 {
			t.Fatalf("listed %d of 40", len(got))
		}
		for i := 1; i < len(got); i++ {
			if bytes.Compare(got[i-1][:], got[i][:]) >= 0 {
				t.Fatalf("%v stands before %v", got[i-1], got[i])
			}
		}
		for _, err := range b.All(t.Context()) {
			if err != nil {
				t.Error(err)
			}
			break // a loop may end early
		}
	})

	t.Run("WhatIsNotKeptIsNotFound", func(t *testing.T) {
		t.Parallel()
		b := open(t, t.TempDir())
		d := evidence.DigestOf([]byte("never put"))
		if _, _, err := b.Open(t.Context(), d); !errors.Is(err, evidence.ErrNotFound) {
			t.Errorf("Open = %v", err)
		}
		if has, err := b.Has(t.Context(), d); has || err != nil {
			t.Errorf("Has = %v, %v", has, err)
		}
		if got := all(t, b); len(got) != 0 {
			t.Errorf("All = %v", got)
		}
		d, _, err := b.Put(t.Context(), bytes.NewReader(nil))
		if err != nil {
			t.Fatal(err)
		}
		if has, err := b.Has(t.Context(), d); !has || err != nil {
			t.Errorf("Has of an empty blob = %v, %v", has, err)
		}
	})

	t.Run("AFailedPutAddsNothing", func(t *testing.T) {
		t.Parallel()
		b := open(t, t.TempDir())
		broken := errors.New("the source went away")
		if _, _, err := b.Put(t.Context(), io.MultiReader(bytes.NewReader(noise(300_000)), iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Errorf("Put = %v", err)
		}
		stopped := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(stopped)
		if _, _, err := b.Put(ctx, bytes.NewReader(noise(10))); !errors.Is(err, stopped) {
			t.Errorf("Put when stopped = %v", err)
		}
		if got := all(t, b); len(got) != 0 {
			t.Errorf("kept %v", got)
		}
	})

	t.Run("ReadingMayEndEarly", func(t *testing.T) {
		t.Parallel()
		b := open(t, t.TempDir())
		d, _, err := b.Put(t.Context(), bytes.NewReader(noise(100_000)))
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := b.Open(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
			t.Error(err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

func read(t *testing.T, b store.Blobs, d evidence.Digest, n int) []byte {
	t.Helper()
	if has, err := b.Has(t.Context(), d); !has || err != nil {
		t.Fatalf("Has = %v, %v", has, err)
	}
	r, size, err := b.Open(t.Context(), d)
	if err != nil || size != int64(n) {
		t.Fatalf("Open = %d, %v; want %d bytes", size, err, n)
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return got
}

func all(t *testing.T, b store.Blobs) (out []evidence.Digest) {
	t.Helper()
	for d, err := range b.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

// noise returns n bytes that are the same each time.
func noise(n int) []byte {
	out := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte([]byte(fmt.Sprintf("%032d", n)))).Read(out) // never fails
	return out
}
