package evidence

import (
	"math/rand/v2"
	"testing"
)

// The text is worked out by hand because it is written so often; time.Format
// is what it has to be.
func TestAnInstantIsSpelledAsTimeFormatDoes(t *testing.T) {
	t.Parallel()
	const year1, year10000 = -62_135_596_800_000_000, 253_402_300_800_000_000
	at := []Instant{0, -1, 1, year1, year1 - 1, year10000 - 1, year10000, 1_709_164_799_999_999, 951_782_400_000_000}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		at = append(at, Instant(year1+random.Int64N(year10000-year1)), Instant(random.Int64()-random.Int64()))
	}
	for _, i := range at {
		if want := i.Time().Format(instantLayout); i.String() != want {
			t.Fatalf("%d microseconds: got %s, want %s", int64(i), i, want)
		}
	}
}
