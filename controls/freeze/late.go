package freeze

import (
	"context"
	"fmt"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// Late is a state that was seen only after the period's end. How it stood
// inside the period does not follow from that.
type Late struct {
	Kind      evidence.Kind
	Record    string // _id
	Source    string
	Component string           // of the workspace; none where it could be any
	Key       string           // of the source, where a kind is named by one text
	Seen      evidence.Instant // the observation nearest to the end
}

// LateStates returns every such state, by kind and record. It reads the
// records of all kinds of states once, and writes nothing.
func LateStates(ctx context.Context, in Input) ([]Late, error) {
	assign, err := newAssigner(in.Components, in.Match)
	if err != nil {
		return nil, fmt.Errorf("find states seen late: %w", err)
	}
	var out []Late
	for _, s := range kinds.All() {
		if s.Shape != evidence.Snapshot {
			continue
		}
		object := chooser{shape: s.Shape, end: in.Window.To}
		done := func() {
			if r := object.row; r != nil && r.ObservedAt >= in.Window.To {
				out = append(out, lateOf(r, assign))
			}
			object.row, object.conflicts = nil, nil
		}
		for r, err := range in.Records(s.Kind) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return nil, fmt.Errorf("find states of %s seen late: %w", s.Kind, err)
			}
			if object.row != nil && object.row.ID != r.ID {
				done()
			}
			object.add(r)
		}
		done()
	}
	return out, nil
}

func lateOf(r *evidence.Record, assign *assigner) Late {
	l := Late{Kind: r.Schema.Kind, Record: r.ID, Source: r.Source, Seen: r.ObservedAt}
	if len(r.Schema.Key) == 1 {
		l.Key = r.Text(r.Schema.Key[0])
	}
	if r.Schema.HasComponent() {
		if component, known := assign.component(r); known {
			l.Component = component
		}
	}
	return l
}
