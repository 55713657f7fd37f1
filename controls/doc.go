// Package controls holds the values of the catalogue and of its results: what
// a control states, how a test decides, and what came out.
//
// It reads no file, no clock and no network. Package catalog loads the
// catalogue, freeze makes the database of a period, evaluate runs the tests.
package controls
