package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence/integrity/decisionlog"
	"github.com/tieout/tieout/evidence/ledger"
)

// callLog is what stands before the agent's tools and logs each call: one
// chained file that grows.
const (
	callLogPath = "agent/tool-calls.jsonl"
	callLogName = "larkspur-lending/tool-calls"
	callWriter  = "tool-guard"
)

// callMapping reads the calls out of that log.
const callMapping = "{schema: tieout/mapping/v1, id: tool-calls, kind: tool_call, native: true, absent: none, where: [{words: not a tool call, has: [call_id]}]}"

// rewrite is what somebody who may write the log did to it: they changed one
// call, and computed every hash behind it anew.
type rewrite struct {
	call           string
	before, behind string // what the call said, as the log writes it
}

// callLog returns the log as it stood when it was first collected, and as it
// stands at the end.
func (w *world) callLog() (first, last []byte, err error) {
	key, err := witness()
	if err != nil {
		return nil, nil, err
	}
	rows := slices.Clone(w.rows["tool_call"])
	for at := w.from.Add(time.Hour); at.Before(w.to); at = at.Add(4 * time.Hour) {
		rows = append(rows, row{"type": "alive", "at": stamp(at)}) // the agent has quiet days
	}
	sortBy(rows, func(a, b row) bool { return a["at"].(string) < b["at"].(string) })
	var buf bytes.Buffer
	log, err := decisionlog.New(&buf, decisionlog.Options{Log: callLogName, Writer: callWriter, Signer: key.Signer(ledger.RoleCheckpoint), Every: 50})
	if err != nil {
		return nil, nil, fmt.Errorf("write the example's log of tool calls: %w", err)
	}
	early := 0
	for _, m := range plain(rows) {
		if m["type"] == nil {
			m["type"] = "tool_call"
		}
		if err := log.Append(m); err != nil {
			return nil, nil, fmt.Errorf("write the example's log of tool calls: %w", err)
		}
		if moment(m["at"]).Before(First) {
			early = buf.Len()
		}
	}
	if err := log.Close(); err != nil {
		return nil, nil, fmt.Errorf("write the example's log of tool calls: %w", err)
	}
	sound := buf.Bytes()
	if w.rewritten == nil {
		return sound[:early], sound, nil
	}
	again, err := w.rewritten.do(sound)
	return sound[:early], again, err
}

// do changes the call and links the rest to it again. The signed checkpoints
// stay as they are: the witness's key is not theirs.
func (r *rewrite) do(log []byte) ([]byte, error) {
	const tail = len(`,"hash":"`) + 2*sha256.Size + len("\"}\n")
	var out []byte
	old, now := "", "" // hash of the record before, as it was and as it is
	for line := range bytes.Lines(log) {
		body := string(line[:len(line)-tail]) + "}"
		if strings.Contains(body, `"call_id":"`+r.call+`"`) {
			changed := strings.Replace(body, r.before, r.behind, 1)
			if changed == body {
				return nil, fmt.Errorf("write the log of tool calls again: call %s does not say %s", r.call, r.before)
			}
			body = changed
		}
		if now != old {
			body = strings.Replace(body, `"prev":"`+old+`"`, `"prev":"`+now+`"`, 1)
		}
		digest := sha256.Sum256([]byte(body))
		old, now = string(line[len(line)-3-2*sha256.Size:len(line)-3]), hex.EncodeToString(digest[:])
		out = append(out, body[:len(body)-1]...)
		out = append(out, `,"hash":"`+now+"\"}\n"...)
	}
	return out, nil
}

// stopped returns the first call after a moment that the guard stopped.
func (w *world) stopped(after time.Time) row {
	for _, c := range w.rows["tool_call"] {
		if c["result"] == "blocked" && moment(c["at"]).After(after) {
			return c
		}
	}
	panic("demo: no call was stopped")
}
