//go:build !amd64

package twosum

// Fast reports whether the processor has the instructions that this package
// is for.
const Fast = false

func blocks(*[8]uint32, *byte, *[8]uint32, *byte, int) { panic("twosum: not for this processor") }
