package sample

import (
	"fmt"
	"math"
)

// MaxSize bounds a sample of which a bound is computed.
const MaxSize = 1_000_000

// Lower95 returns the one-sided exact lower bound (Clopper and Pearson) at
// 95 % confidence of the share of right ones in what a sample of n with k
// right ones was drawn from at random. It is rounded down to six decimals, so
// the bound printed never claims more than the exact one.
func Lower95(n, k int64) (float64, error) {
	if n < 1 || n > MaxSize || k < 0 || k > n {
		return 0, fmt.Errorf("bound of a share: %d right ones of %d is no sample", k, n)
	}
	if k == 0 {
		return 0, nil
	}
	low, high := 0.0, float64(k)/float64(n)
	for range 200 { // the interval halves until no number lies between
		mid := low + (high-low)/2
		if mid <= low || mid >= high {
			break
		}
		if tail(n, k, mid) > 0.05 {
			high = mid
		} else {
			low = mid
		}
	}
	const step = 1e-6
	return math.Floor((low-1e-11)/step) * step, nil
}

// tail is the chance of k or more right ones among n if the share is p, with p
// between 0 and k/n. Terms fall from k on, so they are summed in that order,
// relative to the first.
func tail(n, k int64, p float64) float64 {
	if p <= 0 {
		return 0
	}
	first := logChoose(n, k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p)
	sum, term := 1.0, 1.0
	for i := k; i < n; i++ {
		term *= float64(n-i) / float64(i+1) * p / (1 - p)
		sum += term
		if term < sum*1e-17 {
			break
		}
	}
	return math.Exp(first + math.Log(sum))
}

func logChoose(n, k int64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
