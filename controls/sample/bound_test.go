package sample

import (
	"math"
	"testing"
)

// TestTheBoundIsTheExactOne compares with closed forms: all right gives the
// n-th root of 0.05, one right gives 1 - 0.95^(1/n).
func TestTheBoundIsTheExactOne(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{1, 2, 25, 40, 60, 300, 3000, 100_000} {
		all, err := Lower95(n, n)
		if want := math.Pow(0.05, 1/float64(n)); err != nil || all > want || want-all > 2e-6 {
			t.Errorf("%d of %d: %v, want just below %v (%v)", n, n, all, want, err)
		}
		one, err := Lower95(n, 1)
		if want := -math.Expm1(math.Log(0.95) / float64(n)); err != nil || one > want || want-one > 2e-6 {
			t.Errorf("1 of %d: %v, want just below %v (%v)", n, one, want, err)
		}
	}
}

// TestTheBoundGrowsWithWhatWasRight checks the order that any bound has.
func TestTheBoundGrowsWithWhatWasRight(t *testing.T) {
	t.Parallel()
	last := -1.0
	for k := int64(0); k <= 500; k++ {
		b, err := Lower95(500, k)
		if err != nil || b < last || b > float64(k)/500 {
			t.Fatalf("%d of 500: %v after %v (%v)", k, b, last, err)
		}
		last = b
	}
	if _, err := Lower95(0, 0); err == nil {
		t.Error("a sample of nothing has a bound")
	}
	if _, err := Lower95(5, 6); err == nil {
		t.Error("more right ones than the sample has")
	}
}
