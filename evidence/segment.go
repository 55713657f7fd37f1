package evidence

// Segment is one contiguous piece of one log as the verifier saw it. Sequence
// numbers and times are those of its first and last record.
type Segment struct {
	Log        string  `json:"log"`
	No         int     `json:"no"` // from 1, in the order of the chain
	File       string  `json:"file"`
	Offset     int64   `json:"byte_offset"` // in the inflated stream
	Bytes      int64   `json:"bytes"`
	SHA256     Digest  `json:"sha256"` // of the inflated bytes
	Records    int64   `json:"records"`
	FirstSeq   int64   `json:"first_seq"`
	LastSeq    int64   `json:"last_seq"`
	Unnumbered bool    `json:"unnumbered,omitempty"` // its records have no sequence numbers, and the two above say nothing
	FirstTime  Instant `json:"first_time"`
	LastTime   Instant `json:"last_time"`
	Untimed    bool    `json:"untimed,omitempty"` // its records have no times, and the two above say nothing
	PrevHash   string  `json:"prev_hash"`         // what its first record claims to follow
	HeadHash   string  `json:"head_hash"`         // what its last record claims to be
	Recomputed string  `json:"recomputed_head_hash"`
	Findings   int64   `json:"findings"`

	PreviousHead string   `json:"previous_head,omitempty"` // recomputed head of the piece before; "" for the first
	Digest       string   `json:"digest,omitempty"`        // algorithm of the chain; "" where there is no chain
	AnchoredAt   *Instant `json:"anchored_at,omitempty"`   // when something outside the writer's control first fixed its end
	AnchorKind   string   `json:"anchor_kind,omitempty"`
	AnchoredBy   string   `json:"anchored_by,omitempty"`
	Writer       string   `json:"writer,omitempty"` // as the log names it
}
