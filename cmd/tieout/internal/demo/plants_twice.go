package demo

import (
	"bytes"
	"fmt"
)

// twicePlants are problems that only somebody sees who collected the same
// source before.
var twicePlants = []plant{
	{
		"two courses of March were put into the training system after it had been collected in May", "hr/training.csv, first collected on 4 May",
		func(w *world) []Find {
			var items []string
			for _, r := range w.rows["training"] {
				at := moment(r["completed_at"])
				if len(items) < 2 && !at.Before(w.day(2, 20, 0, 0)) && at.Before(w.day(4, 10, 0, 0)) {
					w.addedLate = append(w.addedLate, r["training_id"].(string))
					items = append(items, "training "+r["training_id"].(string)+" of training")
				}
			}
			return []Find{{"AI-EVD-01.T8", items}}
		},
	},
	{
		"a call that the guard had stopped was made to look harmless, and the log's chain was computed anew behind it", "kyc-docs, the log of tool calls, a call in March",
		func(w *world) []Find {
			early, _, err := w.callLog()
			if err != nil {
				panic(err)
			}
			c := w.stopped(w.day(3, 2, 0, 0))
			w.rewritten = &rewrite{c["call_id"].(string), `"within_limits":false`, `"within_limits":true`}
			return []Find{{"AI-LOG-02.T1", []string{"tool-calls 1"}}, {"AI-LOG-02.T4", []string{headOf("tool-calls", early)}}}
		},
	},
}

// headOf is how a test names the end of a log as it was collected.
func headOf(source string, log []byte) string {
	const tail = `"hash":"`
	hash := log[bytes.LastIndex(log, []byte(tail))+len(tail):]
	return fmt.Sprintf("%s %d %s", source, bytes.Count(log, []byte("\n")), hash[:12])
}
