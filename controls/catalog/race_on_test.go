//go:build race

package catalog

// raceEnabled is whether the race detector watches, which makes the engine
// about fifty times slower.
const raceEnabled = true
