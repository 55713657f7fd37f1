// Package evidence holds the values that everything else is made of: what one
// record is, what a source could not show, and what identifies bytes.
//
// It does no input or output and imports only the standard library. Sources
// produce these values, the store keeps them, controls read them, and nothing
// here judges anything.
package evidence
