package integrity

import "slices"

// Code names one kind of finding. Scripts read codes, so they are never
// renamed.
type Code string

// The codes.
const (
	BadTime            Code = "BAD_TIME"                 // a time that cannot be read
	HashMismatch       Code = "HASH_MISMATCH"            // a record's hash does not come out when it is computed again
	LinkBreak          Code = "LINK_BREAK"               // a record names a predecessor other than the one before it
	GenesisUnexpected  Code = "GENESIS_UNEXPECTED"       // the first record is not the first of a chain
	SeqGap             Code = "SEQ_GAP"                  // sequence numbers are left out
	SeqRepeat          Code = "SEQ_REPEAT"               // a sequence number stands again, or runs backwards
	Fork               Code = "FORK"                     // two records name one predecessor
	FileMissing        Code = "FILE_MISSING"             // records between two files are not there
	FileExtra          Code = "FILE_EXTRA"               // a file belongs to no chain of its log
	FileRelocated      Code = "FILE_RELOCATED"           // a file lies in another place than the one it was signed for
	FileReordered      Code = "FILE_REORDERED"           // the links give another order of the files than their names
	ChainReset         Code = "CHAIN_RESET"              // the chain begins anew where it should go on
	TailUnanchored     Code = "TAIL_UNANCHORED"          // nothing outside the writer's control fixes the last records
	TailShorter        Code = "TAIL_SHORTER_THAN_ANCHOR" // an anchor covers records that are not there: the end was cut off
	HeadMismatch       Code = "HEAD_MISMATCH_ANCHOR"     // an anchor covers another record in that place: the log was rewritten
	ClockBackstep      Code = "CLOCK_BACKSTEP"           // a record is older than the one before it
	ClockJump          Code = "CLOCK_JUMP"               // a record's time leaps ahead of those around it
	TimeGap            Code = "TIME_GAP"                 // a silence longer than asked
	FutureTime         Code = "FUTURE_TIME"              // a record's time had not come when the log was checked
	DupID              Code = "DUP_ID"                   // two records have one id
	DupKey             Code = "DUP_KEY"                  // a member stands twice in a record
	BadJSON            Code = "BAD_JSON"                 // a record is no JSON object
	BadUTF8            Code = "BAD_UTF8"                 // a record is no UTF-8
	PartialLastLine    Code = "PARTIAL_LAST_LINE"        // the last record ends early
	Oversize           Code = "OVERSIZE"                 // a record is longer than is read
	AlgUnexpected      Code = "ALG_UNEXPECTED"           // a record names another algorithm than the format's
	KeyUnknown         Code = "KEY_UNKNOWN"              // a signature by a key that nobody pinned
	KeyMissing         Code = "KEY_MISSING"              // a key without which nothing can be checked was not given
	KeyExpired         Code = "KEY_EXPIRED"              // a key was used outside of its time
	SigBad             Code = "SIG_BAD"                  // a signature by a pinned key does not hold
	FieldMissing       Code = "FIELD_MISSING"            // a member that the format's protection rests on is not there
	AnchorNotReached   Code = "ANCHOR_NOT_REACHED"       // what an anchor covers lies outside of what was looked at
	UnprotectedField   Code = "UNPROTECTED_FIELD"        // a member that the hash does not cover
	LastUnprotected    Code = "LAST_UNPROTECTED"         // no hash covers the last record
	SeparatorInside    Code = "SEPARATOR_INSIDE"         // a text holds what separates it from the next: another record could have its hash
	NonInjectiveNumber Code = "NON_INJECTIVE_NUMBER"     // a number that another one could replace unseen
	Reserialised       Code = "RESERIALISED"             // the hash holds for the record printed again, not as it stands
	PathUnsafe         Code = "PATH_UNSAFE"              // a file is named that no log of this place can name
	SourceChanged      Code = "SOURCE_CHANGED_DURING_READ"
	Unreadable         Code = "UNREADABLE" // a file, or the rest of one, cannot be read
)

// effect is what a finding does to the verdict.
type effect uint8

const (
	mentions effect = iota // nothing: it is said, and counted
	leaves                 // a gap: verified becomes verified_with_gaps
	blocks                 // the log cannot be judged
	breaks                 // the log's protection does not hold
)

// effects lists every code; effectOf panics at none of them.
var effects = map[Code]effect{
	HashMismatch: breaks, LinkBreak: breaks, Fork: breaks, FileMissing: breaks, ChainReset: breaks, TailShorter: breaks, HeadMismatch: breaks,
	DupKey: breaks, BadJSON: breaks, BadUTF8: breaks, AlgUnexpected: breaks, SigBad: breaks, FieldMissing: breaks, KeyExpired: breaks,
	FileRelocated: breaks, PathUnsafe: breaks,
	PartialLastLine: blocks, Oversize: blocks, SourceChanged: blocks, Unreadable: blocks, KeyMissing: blocks, AnchorNotReached: blocks,
	GenesisUnexpected: leaves, FileExtra: leaves, SeqGap: leaves, SeqRepeat: leaves, TailUnanchored: leaves, DupID: leaves, TimeGap: leaves,
	FileReordered: mentions, BadTime: leaves, ClockBackstep: mentions, ClockJump: mentions, FutureTime: mentions, KeyUnknown: mentions, UnprotectedField: mentions, LastUnprotected: mentions,
	SeparatorInside: mentions, NonInjectiveNumber: mentions, Reserialised: mentions,
}

// Codes lists every code, sorted.
func Codes() []Code {
	out := make([]Code, 0, len(effects))
	for c := range effects {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// continuity are the codes that speak about the order and number of records,
// not about a record's content.
var continuity = map[Code]bool{
	LinkBreak: true, GenesisUnexpected: true, SeqGap: true, SeqRepeat: true, Fork: true, FileMissing: true, FileExtra: true, ChainReset: true, TailShorter: true, DupID: true,
}
