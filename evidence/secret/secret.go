// Package secret holds values that must never be printed.
package secret

import "log/slog"

// Value is a secret. Printing, logging or encoding it gives dots; only Reveal
// gives the text, so a grep for Reveal finds every use.
type Value struct{ text string }

const dots = "•••"

// New wraps a secret.
func New(text string) Value { return Value{text} }

// Reveal returns the text itself.
func (v Value) Reveal() string { return v.text }

// IsZero reports whether there is no secret.
func (v Value) IsZero() bool { return v.text == "" }

// String implements fmt.Stringer.
func (v Value) String() string { return dots }

// GoString implements fmt.GoStringer.
func (v Value) GoString() string { return dots }

// MarshalText implements encoding.TextMarshaler.
func (v Value) MarshalText() ([]byte, error) { return []byte(dots), nil }

// LogValue implements slog.LogValuer.
func (v Value) LogValue() slog.Value { return slog.StringValue(dots) }
