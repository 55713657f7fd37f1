package app

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
)

// Carried is states of one kind that were seen only after the period's end and
// that a record of all changes carries back over the period.
type Carried struct {
	Kind   evidence.Kind    `json:"kind"`
	Source string           `json:"source"`
	Record string           `json:"record"` // source of the change record
	Rows   int64            `json:"rows"`
	Seen   evidence.Instant `json:"seen"` // the last of them
}

const recordKind evidence.Kind = "config_event"

// carry keeps of the late states those that a change record carries, and
// returns the others with the reason.
//
// A state of after the end was the same inside the period if nothing changed
// it from the period's beginning until it was seen. That follows from a record
// only if the record has no gap, is known to reach beyond that moment, and is
// known to watch the object: silence alone says nothing.
func (a *App) carry(ctx context.Context, records func(evidence.Kind) iter.Seq2[*evidence.Record, error], late []freeze.Late, run *Run) ([]refusal, error) {
	of := map[string]string{}
	for _, r := range a.WS.File.Records {
		of[r.Of] = r.In
	}
	h, err := a.history(ctx, records, of, late)
	if err != nil {
		return nil, err
	}
	var out []refusal
	for _, l := range late {
		record := of[l.Source]
		if why := h.refuses(l, record, run.Gaps); why != "" {
			out = append(out, refusal{l, why})
			continue
		}
		i := slices.IndexFunc(run.Carried, func(c Carried) bool { return c.Kind == l.Kind && c.Source == l.Source })
		if i < 0 {
			i = len(run.Carried)
			run.Carried = append(run.Carried, Carried{Kind: l.Kind, Source: l.Source, Record: record})
		}
		run.Carried[i].Rows++
		run.Carried[i].Seen = max(run.Carried[i].Seen, l.Seen)
	}
	return out, nil
}

// history is what change records say of the objects that are asked about.
type history struct {
	window evidence.Window
	last   map[string]evidence.Instant      // by record: of its latest event
	named  map[[2]string][]evidence.Instant // by record and object: its events
	blank  map[string][]evidence.Instant    // by record: events that name no object
	odd    map[[2]string]bool               // by record and object: an event without a time; the object is empty where it is unknown
	asked  map[string]map[string]bool       // record → objects
}

func (a *App) history(ctx context.Context, records func(evidence.Kind) iter.Seq2[*evidence.Record, error], of map[string]string, late []freeze.Late) (*history, error) {
	h := &history{
		window: a.WS.Window, last: map[string]evidence.Instant{}, named: map[[2]string][]evidence.Instant{},
		blank: map[string][]evidence.Instant{}, odd: map[[2]string]bool{}, asked: map[string]map[string]bool{},
	}
	for _, l := range late {
		if record := of[l.Source]; record != "" {
			if h.asked[record] == nil {
				h.asked[record] = map[string]bool{}
			}
			h.asked[record][l.Key] = true
		}
	}
	if len(h.asked) == 0 {
		return h, nil
	}
	for r, err := range records(recordKind) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("read the change records: %w", err)
		}
		if h.asked[r.Source] != nil {
			h.add(r)
		}
	}
	return h, nil
}

func (h *history) add(r *evidence.Record) {
	object := r.Text("resource_id")
	at, dated := r.Value("at").(evidence.Instant)
	if dated {
		h.last[r.Source] = max(h.last[r.Source], at)
	}
	switch key := [2]string{r.Source, object}; {
	case object != "" && !h.asked[r.Source][object]: // of something else
	case !dated:
		h.odd[key] = true
	case object == "":
		h.blank[r.Source] = append(h.blank[r.Source], at)
	default:
		h.named[key] = append(h.named[key], at)
	}
}

// refuses says why the record does not carry the state, nothing if it does.
func (h *history) refuses(l freeze.Late, record string, gaps []evidence.Gap) string {
	if record == "" {
		return "state as_of in the source if its files show a day inside the period, or under change_records the source that records every change of it"
	}
	between := evidence.Window{From: h.window.From, To: l.Seen + 1}
	gap := slices.ContainsFunc(gaps, func(g evidence.Gap) bool {
		return (g.Source == "" || g.Source == record) && g.Hits(recordKind, []string{"at", "resource_id"}, between)
	})
	changed := func(list []evidence.Instant) bool { return slices.ContainsFunc(list, between.Contains) }
	key := [2]string{record, l.Key}
	switch {
	case l.Key == "":
		return fmt.Sprintf("%s is not named by one text, so no change record can name it", l.Kind)
	case gap:
		return fmt.Sprintf("the change record of source %s has gaps in the period", record)
	case h.last[record] < l.Seen:
		return fmt.Sprintf("the change record of source %s is not known to reach as far: pull it again once it holds a later event", record)
	case len(h.named[key]) == 0 && !h.odd[key]:
		return fmt.Sprintf("the change record of source %s never names it, so it is not known to watch it", record)
	case changed(h.named[key]), changed(h.blank[record]), h.odd[key], h.odd[[2]string{record, ""}]:
		return fmt.Sprintf("the change record of source %s has changes between the period's beginning and then that are or may be of it", record)
	}
	return ""
}
