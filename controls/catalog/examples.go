package catalog

import (
	"bytes"
	"sync"
)

// Examples returns how many examples the tests of this package have. They are
// run by its own tests, and not when the catalogue is loaded.
func Examples() int { return countExamples() }

var countExamples = sync.OnceValue(func() int {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the files are part of the binary
	}
	n := 0
	for _, e := range entries {
		src, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		n += examplesIn(src)
	}
	return n
})

// examplesIn counts the elements of the lists that stand under examples.
func examplesIn(src []byte) int {
	n, inside, depth, element := 0, false, 0, 0
	for line := range bytes.Lines(src) {
		text := bytes.TrimLeft(line, " ")
		indent := len(line) - len(text)
		isElement := bytes.HasPrefix(text, []byte("- "))
		switch {
		case len(bytes.TrimSpace(text)) == 0:
		case bytes.HasPrefix(text, []byte("examples:")):
			inside, depth, element = true, indent, -1
		case inside && (indent > depth || indent == depth && isElement):
			if isElement && element < 0 {
				element = indent
			}
			if isElement && indent == element {
				n++
			}
		default:
			inside = false
		}
	}
	return n
}
