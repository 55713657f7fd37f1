package twosum

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"testing"
)

func text(n int) []byte {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(rng.Uint32())
	}
	return out
}

// TestSumsAreThoseOfTheStandardLibrary goes over every length around the ends of
// blocks.
func TestSumsAreThoseOfTheStandardLibrary(t *testing.T) {
	t.Parallel()
	t.Log("the processor has the instructions:", Fast)
	for n := range 300 {
		for _, m := range []int{0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 700, n, 5000} {
			a, b := text(n), text(m)
			s := NewStream()
			_, _ = s.Write(b)
			if x, y := s.Sum256(a), s.Sum(); x != sha256.Sum256(a) || y != sha256.Sum256(b) {
				t.Fatalf("%d and %d bytes: %x, %x", n, m, x, y)
			}
		}
	}
}

// FuzzStream writes a stream in pieces between messages.
func FuzzStream(f *testing.F) {
	f.Add(text(1000), uint64(7))
	f.Add([]byte{}, uint64(0))
	f.Fuzz(func(t *testing.T, all []byte, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 2))
		s := NewStream()
		for done := 0; done < len(all); {
			n := min(rng.IntN(200), len(all)-done)
			piece := bytes.Clone(all[done : done+n])
			_, _ = s.Write(piece)
			done += n
			for range rng.IntN(3) {
				msg := all[:rng.IntN(len(all)+1)]
				if s.Sum256(msg) != sha256.Sum256(msg) {
					t.Fatalf("a message of %d bytes beside the stream", len(msg))
				}
			}
			if rng.IntN(3) == 0 {
				s.Flush()
				clear(piece) // it may change now
			}
			if s.Sum() != sha256.Sum256(all[:done]) {
				t.Fatalf("the stream after %d bytes", done)
			}
			clear(piece)
		}
		if s.Sum() != sha256.Sum256(all) {
			t.Fatal("the stream at its end")
		}
	})
}

func BenchmarkOne(b *testing.B) {
	msg := text(700)
	b.SetBytes(1400)
	for b.Loop() {
		sha256.Sum256(msg)
		sha256.Sum256(msg)
	}
}

func BenchmarkTwo(b *testing.B) {
	msg := text(700)
	s := NewStream()
	b.SetBytes(1400)
	for b.Loop() {
		_, _ = s.Write(msg)
		s.Sum256(msg)
	}
}
