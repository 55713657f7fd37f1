package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// json prints one document on stdout.
func (e *env) json(v any) error {
	enc := json.NewEncoder(e.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	return nil
}

// line prints one line of the product.
func (e *env) line(format string, args ...any) { _, _ = fmt.Fprintf(e.out, format+"\n", args...) }

// say prints one line of the conversation.
func (e *env) say(format string, args ...any) { _, _ = fmt.Fprintf(e.err, format+"\n", args...) }

// eventWriter returns what writes one event a line. An event that cannot be
// written stops nothing: events only observe.
func eventWriter(w io.Writer) func(string, any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return func(name string, fields any) {
		_ = enc.Encode(struct {
			Event  string `json:"event"`
			Fields any    `json:"fields,omitempty"`
		}{name, fields})
	}
}

// plain shows text of strangers on a terminal: what could move the cursor,
// hide or reorder is shown by its code point.
func plain(s string) string {
	if !strings.ContainsFunc(s, hides) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hides(r) {
			fmt.Fprintf(&b, "⟦U+%04X⟧", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func hides(r rune) bool {
	return r == '⟦' || r == '⟧' || r == unicode.ReplacementChar || !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r)
}
