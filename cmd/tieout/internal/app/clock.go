package app

import (
	"time"

	"github.com/tieout/tieout/evidence"
)

// Clock tells the time. The run reads it; nothing below does.
type Clock func() evidence.Instant

// SystemClock is the machine's clock.
func SystemClock() evidence.Instant { return evidence.InstantOf(time.Now()) }

// FixedClock always tells the same time, so that a run can be made again.
func FixedClock(t time.Time) Clock { return func() evidence.Instant { return evidence.InstantOf(t) } }
