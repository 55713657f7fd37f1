// Package demo writes a worked example: a fictional lender with four AI
// components, six months of data from a fixed seed, and problems planted in
// known places. Everything in it is invented; the same version of tieout
// writes the same files on every machine.
package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tieout/tieout/evidence"
)

// Now is the moment at which the example's period is collected and tested.
var Now = time.Date(2026, 7, 6, 9, 0, 0, 0, time.UTC)

// First is the moment at which the lender collected for the first time, to try
// it out: what it trains its people on, and what its agent does.
var First = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

// Early are the sources that were collected then.
var Early = []string{"training", "tool-calls"}

// row is one record as a file shows it: column → value.
type row map[string]any

// world is the example before it is written: rows by kind.
type world struct {
	rng      *rand.Rand
	zone     *time.Location
	from, to time.Time // the period, half-open
	rows     map[string][]row

	addedLate []string // training that was not there when it was first collected, though it should have been
	rewritten *rewrite // of the log of tool calls, since it was first collected
}

// newWorld makes six months in which every control works.
func newWorld(tool string) (*world, error) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		return nil, fmt.Errorf("make the example: %w", err)
	}
	w := &world{
		rng:  rand.New(rand.NewPCG(2026, 630)),
		zone: zone,
		from: time.Date(2026, 1, 1, 0, 0, 0, 0, zone),
		to:   time.Date(2026, 7, 1, 0, 0, 0, 0, zone),
		rows: map[string][]row{},
	}
	w.people()
	w.access()
	w.delivery()
	w.logging()
	w.traffic()
	w.settings()
	w.oversight()
	w.governance()
	w.modelData()
	w.protection()
	w.vendors()
	w.filter()
	w.retention()
	w.privacy()
	w.operations()
	w.availability()
	if err := w.evidence(tool); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *world) add(kind string, r row) row {
	w.rows[kind] = append(w.rows[kind], r)
	return r
}

// find returns the first row of the kind whose column has the value.
func (w *world) find(kind, column string, value any) row {
	for _, r := range w.rows[kind] {
		if r[column] == value {
			return r
		}
	}
	panic(fmt.Sprintf("demo: no %s with %s %v", kind, column, value))
}

// day returns a moment of a day in the lender's zone.
func (w *world) day(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, w.zone)
}

// stamp writes a moment as the files do.
func stamp(t time.Time) string { return evidence.InstantOf(t).String() }

// moment reads a moment that stamp wrote.
func moment(v any) time.Time {
	i, err := evidence.ParseInstant(v.(string))
	if err != nil {
		panic(err)
	}
	return i.Time()
}

// sum stands for the digest of something that the example does not contain.
func sum(of string) string {
	d := sha256.Sum256([]byte("tieout demo: " + of))
	return hex.EncodeToString(d[:])
}
