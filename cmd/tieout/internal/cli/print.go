package cli

import (
	"encoding/json"
	"fmt"
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
