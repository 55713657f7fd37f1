package catalog

import "bytes"

// withoutExamples leaves the examples out of a file of this package: they are
// most of its text, and only proofs need them. A test sees to it that the rest
// reads the same.
func withoutExamples(src []byte) []byte {
	out := make([]byte, 0, len(src))
	skipping, depth := false, 0
	for line := range bytes.Lines(src) {
		text := bytes.TrimLeft(line, " ")
		indent := len(line) - len(text)
		if skipping && (len(bytes.TrimSpace(text)) == 0 || indent > depth || indent == depth && bytes.HasPrefix(text, []byte("- "))) {
			continue
		}
		if skipping = bytes.HasPrefix(text, []byte("examples:")); skipping {
			depth = indent
			continue
		}
		out = append(out, line...)
	}
	return out
}
