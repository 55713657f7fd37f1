package twosum

// blocks takes n blocks of 64 bytes at p into the state a, and n at q into b; n
// is at least 1.
//
//go:noescape
func blocks(a *[8]uint32, p *byte, b *[8]uint32, q *byte, n int)

func cpuid(leaf, sub uint32) (eax, ebx, ecx uint32)

// Fast reports whether the processor has the instructions that this package
// is for: SSSE3, SSE4.1 and SHA. Without them it gives the same sums by the
// standard library.
var Fast = func() bool {
	if top, _, _ := cpuid(0, 0); top < 7 {
		return false
	}
	_, _, ecx := cpuid(1, 0)
	_, ebx, _ := cpuid(7, 0)
	return ecx&(1<<9) != 0 && ecx&(1<<19) != 0 && ebx&(1<<29) != 0
}()
