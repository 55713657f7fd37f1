package app

import (
	"fmt"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source"
)

// putLog shows what the verifier saw: segments and silences. A silence is one
// of the workspace's components only in a log of decisions.
func (a *App) putLog(id string, report *integrity.Report, decisions bool, raw evidence.Digest, out source.Sink) error {
	components := make([]string, 0, len(a.WS.File.Components))
	for _, c := range a.WS.PlainComponents() {
		if !decisions {
			break
		}
		components = append(components, c.ID)
	}
	item := int64(0)
	for n, l := range report.Logs {
		name := id
		if len(report.Logs) > 1 {
			name = fmt.Sprintf("%s/%d", id, n+1)
		}
		for _, s := range l.Segments {
			item++
			if err := putRecord(out, "log_segment", raw, item, segmentColumns(name, s)); err != nil {
				return err
			}
		}
		for _, s := range l.Silences {
			item++
			err := putRecord(out, "log_gap", raw, item, map[string]any{"log_id": name, "from_at": s.From, "to_at": s.To, "place": s.Place, "components": components})
			if err != nil {
				return err
			}
		}
		if l.SilenceCount > int64(len(l.Silences)) {
			err := out.Gap(evidence.Gap{Kind: "log_gap", Reason: evidence.GapTruncated, Rows: l.SilenceCount - int64(len(l.Silences)), Detail: "the log has more silences than are listed"})
			if err != nil {
				return err
			}
		}
		if l.Verdict == integrity.Indeterminate {
			for _, k := range logSpec.Emits {
				if err := out.Gap(evidence.Gap{Kind: k, Reason: evidence.GapUnparsable, Detail: "the log of " + id + " could not be decided: its report says why"}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// putRecord shows one record; columns that are nil stay empty.
func putRecord(out source.Sink, kind evidence.Kind, raw evidence.Digest, item int64, columns map[string]any) error {
	r := kinds.New(kind)
	r.Raw, r.Item = raw, item
	for name, v := range columns {
		if err := r.Set(name, v); err != nil {
			return err
		}
	}
	return out.Put(r)
}

// segmentColumns makes the columns of one segment. What a format does not have
// stays empty: a zero would be a number like any other.
func segmentColumns(name string, s evidence.Segment) map[string]any {
	c := map[string]any{
		"log_id": name, "segment_no": int64(s.No), "file": s.File, "byte_offset": s.Offset, "sha256": s.SHA256.String(), "records": s.Records, "findings": s.Findings,
		"follows_hash": s.PrevHash, "previous_head": s.PreviousHead, "head_hash": s.HeadHash, "recomputed_hash": s.Recomputed, "digest": s.Digest,
		"anchor_kind": s.AnchorKind, "anchored_by": s.AnchoredBy, "writer": s.Writer,
	}
	if !s.Unnumbered {
		c["first_seq"], c["last_seq"] = s.FirstSeq, s.LastSeq
	}
	if !s.Untimed {
		c["first_at"], c["last_at"] = s.FirstTime, s.LastTime
	}
	if s.AnchoredAt != nil {
		c["anchored_at"] = *s.AnchoredAt
	}
	return c
}
