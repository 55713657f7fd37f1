// Package dsse checks DSSE envelopes (Dead Simple Signing Envelope), one of them
// or one on each line, against keys that were pinned, and reads the in-toto
// statements in them.
//
// An envelope protects one payload and nothing beside it: no order, no number,
// no time. What an envelope says is read only once enough pinned keys signed it.
package dsse
