// Package prove runs the examples of tests on small databases with the real
// schema, and then takes values away from them: a test that passes, deviates
// or loses an item because something is not known is refused.
//
// It judges tests, never evidence.
package prove
