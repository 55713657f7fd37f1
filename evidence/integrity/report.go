package integrity

import (
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
)

// ReportSchema names the version of the report's JSON form, to which fields are
// only ever added.
const ReportSchema = "tieout/log-report/v1"

// maxFindings is how many findings of one log are listed; all are counted.
const maxFindings = 1000

// maxSilences is how many silences of one log are listed.
const maxSilences = 10_000

// Report is what a check found out about one or more logs.
type Report struct {
	Schema  string            `json:"schema"`
	Verdict Verdict           `json:"verdict"` // the worst of the logs
	Period  *evidence.Window  `json:"period,omitempty"`
	Logs    []*Log            `json:"logs"`
	Skipped []logfile.Skipped `json:"skipped,omitempty"` // files of directories that were not looked at
}

// Log is what was found out about one log: a file, or a set of rotated files
// that one chain covers.
type Log struct {
	Path          string             `json:"path"`
	Profile       string             `json:"profile"` // "" where no profile fits
	ProfileSHA256 *evidence.Digest   `json:"profile_sha256,omitempty"`
	Verdict       Verdict            `json:"verdict"`
	VerdictWords  string             `json:"verdict_words,omitempty"` // what it means for this format, where that is special
	Records       int64              `json:"records"`
	Bytes         int64              `json:"bytes"`  // unpacked
	SHA256        evidence.Digest    `json:"sha256"` // of the unpacked file; of several, of their list as sha256sum prints it
	FirstSeq      *int64             `json:"first_seq"`
	LastSeq       *int64             `json:"last_seq"`
	FirstTime     *evidence.Instant  `json:"first_time"`
	LastTime      *evidence.Instant  `json:"last_time"`
	Head          string             `json:"head"`             // of the last record, computed again
	Name          string             `json:"name,omitempty"`   // what the log calls itself
	Writer        string             `json:"writer,omitempty"` // whom the log names as its writer
	FirstBad      *Position          `json:"first_bad,omitempty"`
	Axes          Axes               `json:"axes"`
	Counts        map[Code]int64     `json:"counts"` // complete
	Findings      []Finding          `json:"findings"`
	FindingsCut   bool               `json:"findings_cut,omitempty"`
	Extent        *Extent            `json:"extent,omitempty"`
	Anchors       []Anchor           `json:"anchors,omitempty"` // those that hold: the first, the last, and the one of each file's end
	Heads         []HeadCheck        `json:"heads,omitempty"`   // of earlier checks
	AnchorCount   int64              `json:"anchor_count,omitempty"`
	Silences      []Silence          `json:"silences,omitempty"`
	SilenceCount  int64              `json:"silence_count,omitempty"`
	Keys          []KeyUse           `json:"keys,omitempty"`
	Files         []FileReport       `json:"files"`
	Segments      []evidence.Segment `json:"segments"`
	Notes         []string           `json:"notes,omitempty"`
	NotShown      []string           `json:"not_shown"`
	Recheck       []string           `json:"recheck,omitempty"` // commands that check a part of this without tieout
	Sealed        *Seal              `json:"sealed,omitempty"`  // the log's seal, where one was asked for

	lost    bool // it was sealed, and is not there
	edgeGap bool // the period asked for is not covered, or a promised record is missing
}

// Position is a place in a log.
type Position struct {
	File       string `json:"file,omitempty"`
	Record     int64  `json:"record"`      // in the file, from 1
	ByteOffset int64  `json:"byte_offset"` // in the unpacked file, from 0
}

// Axes are the five things that a log can show, each with its own answer.
type Axes struct {
	Integrity    string    `json:"integrity"`    // intact, broken, not_checkable
	Continuity   string    `json:"continuity"`   // intact, gaps, broken, not_checkable
	Authenticity string    `json:"authenticity"` // signed, signed_in_part, mac, unknown_key, unsigned, broken
	Anchoring    string    `json:"anchoring"`    // anchored, anchored_in_part, self_attested, none
	Coverage     *Coverage `json:"coverage,omitempty"`
}

// Coverage is how much of the period asked for the log covers; without a
// period, of the time from its first to its last record.
type Coverage struct {
	From    evidence.Instant `json:"from"`
	To      evidence.Instant `json:"to"`
	Covered float64          `json:"covered"` // share of it outside of silences longer than asked
}

// Finding is one thing found.
type Finding struct {
	Code       Code   `json:"code"`
	File       string `json:"file"`
	Record     int64  `json:"record,omitempty"` // in the file, from 1
	Line       int64  `json:"line,omitempty"`   // of JSONL, from 1
	ByteOffset int64  `json:"byte_offset"`
	Length     int64  `json:"length,omitempty"`
	RecordID   string `json:"record_id,omitempty"`
	Seq        *int64 `json:"seq,omitempty"`
	Expected   string `json:"expected,omitempty"`
	Actual     string `json:"actual,omitempty"`
	Note       string `json:"note,omitempty"`
}

// Extent says how far damage reaches: an edit that left the rest as it was, or
// a chain that was computed again from some point on.
type Extent struct {
	BadRecords int64    `json:"bad_records"` // records with a finding that breaks the log
	Islands    []Island `json:"islands"`     // stretches of records that hold among themselves; the first ones
	Words      string   `json:"words"`
}

// Island is a stretch of records that are intact and follow one another.
type Island struct {
	File  string `json:"file"`
	First int64  `json:"first_record"`
	Last  int64  `json:"last_record"`
}

// Silence is a stretch of time without a record that is longer than asked.
type Silence struct {
	From  evidence.Instant `json:"from"`  // last record before, or the period's start
	To    evidence.Instant `json:"to"`    // first record after, or the period's end
	Place string           `json:"place"` // start, inside, end: where in the period
}

// Anchor is something that fixed the log up to a record.
type Anchor struct {
	Kind    string            `json:"kind"`         // checkpoint, or what ParseAnchor's caller says
	By      string            `json:"by,omitempty"` // name of the key that signed
	Role    Role              `json:"role"`         // writer's own, or another party's
	At      *evidence.Instant `json:"at,omitempty"` // as the signer states it
	Records int64             `json:"records"`      // how many records of the chain it covers
	Head    string            `json:"head"`
	File    string            `json:"file,omitempty"` // where it stands, or where the last record that it covers does
	Record  int64             `json:"record,omitempty"`

	head   []byte
	origin string      // of a signed checkpoint: its first line
	sealed *SealedFile // of a seal, the file whose own chain it ends
	seal   int         // of such an anchor: number of the seal among those of the log
}

// KeyUse says what a key was good for.
type KeyUse struct {
	Name        string `json:"name"`
	Kind        string `json:"kind"` // note, cosignature, ed25519, ecdsa-p256, ecdsa-p384, ecdsa-p521, rsa, hmac
	Fingerprint string `json:"fingerprint,omitempty"`
	Role        Role   `json:"role,omitempty"`
	Held        int64  `json:"held"`   // signatures that hold
	Failed      int64  `json:"failed"` // signatures that do not
}

// FileReport is one file of a log.
type FileReport struct {
	Path         string          `json:"path"`
	Packing      string          `json:"packing,omitempty"`
	Bytes        int64           `json:"bytes"`
	SHA256       evidence.Digest `json:"sha256"`
	StoredBytes  int64           `json:"stored_bytes,omitempty"`
	StoredSHA256 evidence.Digest `json:"stored_sha256,omitzero"`
	Records      int64           `json:"records"`
}
