package demo

import (
	"maps"
	"slices"
)

// Example is what was written, and what its systems will hold later.
type Example struct {
	Plants []Plant // none where nothing was planted
	Lacks  string  // why its package cannot be complete: a log in it is broken; none where nothing was planted

	later map[string][]byte // by path
}

// Write writes the example's source files under dir as they were when it was
// first collected; without planted, there are no problems in them. tool is the
// program whose use the lender has approved.
func Write(dir string, planted bool, tool string) (*Example, error) {
	w, err := newWorld(tool)
	if err != nil {
		return nil, err
	}
	e := &Example{later: map[string][]byte{}}
	if planted {
		e.Plants, e.Lacks = w.plantAll(), "log of source tool-calls: broken"
	}
	if err := w.writeFiles(dir); err != nil {
		return nil, err
	}
	return e, w.writeEarly(dir, e)
}

// trainingPath is the export of the training system.
const trainingPath = "hr/training.csv"

// writeEarly puts the sources that were collected early where they stood then.
func (w *world) writeEarly(dir string, e *Example) error {
	early, late, err := w.callLog()
	if err != nil {
		return err
	}
	e.later[callLogPath] = late
	if err := write(dir, callLogPath, early); err != nil {
		return err
	}
	if e.later[trainingPath], err = table("training", w.rows["training"]); err != nil {
		return err
	}
	done := slices.DeleteFunc(slices.Clone(w.rows["training"]), func(r row) bool {
		return !moment(r["completed_at"]).Before(First) || slices.Contains(w.addedLate, r["training_id"].(string))
	})
	body, err := table("training", done)
	if err != nil {
		return err
	}
	return write(dir, trainingPath, body)
}

// Grow brings the files to where they stand at the end.
func (e *Example) Grow(dir string) error {
	for _, path := range slices.Sorted(maps.Keys(e.later)) {
		if err := write(dir, path, e.later[path]); err != nil {
			return err
		}
	}
	return nil
}
