package store

import (
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// Codes of problems that Verify finds, beside CodeRollback.
const (
	CodeJournalDamaged  = "JOURNAL_DAMAGED"  // the journal's file does not hold what its own structure promises
	CodeEntryMissing    = "ENTRY_MISSING"    // no entry stands at the index
	CodeEntryUnreadable = "ENTRY_UNREADABLE" // the entry cannot be what was appended
	CodeEntryChanged    = "ENTRY_CHANGED"    // the entry is not the one whose hash is stored
	CodeEntryExtra      = "ENTRY_EXTRA"      // entries stand beyond the head
	CodeHashMissing     = "HASH_MISSING"     // a stored hash is not there; the index is that of the entry it came with
	CodeHashChanged     = "HASH_CHANGED"     // a stored hash is not that of the two below it
	CodeHashExtra       = "HASH_EXTRA"       // hashes stand beyond the head
	CodeHeadMismatch    = "HEAD_MISMATCH"    // the stored hashes make another root than the head's
	CodeBlobMissing     = "BLOB_MISSING"     // a blob that an entry stands for is not kept
	CodeBlobChanged     = "BLOB_CHANGED"     // a blob's bytes are not those of its digest
	CodeBlobUnreadable  = "BLOB_UNREADABLE"  // a blob is there and could not be read
	CodeListInvalid     = "LIST_INVALID"     // a blob that should list digests does not
)

// Verdict is what Verify says in one word.
type Verdict string

// The verdicts.
const (
	Intact        Verdict = "intact"        // everything was read and fits
	Broken        Verdict = "broken"        // something does not fit
	Indeterminate Verdict = "indeterminate" // nothing unfit was found, and something could not be read
)

// ReportSchema names the JSON form of a Report.
const ReportSchema = "tieout/store-report/v1"

// MaxProblems is how many problems a report lists. Its counts are complete.
const MaxProblems = 1000

// Report is what Verify found.
type Report struct {
	Schema       string           `json:"schema"` // ReportSchema
	Verdict      Verdict          `json:"verdict"`
	Head         ledger.Head      `json:"head"`
	Entries      int64            `json:"entries"`      // that were read and are those of the ledger
	Blobs        int64            `json:"blobs"`        // that entries stand for and that match their digests
	Bytes        int64            `json:"bytes"`        // of these blobs
	Unreferenced int64            `json:"unreferenced"` // blobs that no entry stands for; they are not read
	Counts       map[string]int64 `json:"counts"`       // problems by code
	Problems     []Problem        `json:"problems"`
	ProblemsCut  bool             `json:"problems_cut,omitempty"` // there are more than are listed
}

// Problem is one thing that is not as it was written.
type Problem struct {
	Code   string          `json:"code"`
	Index  *int64          `json:"index,omitempty"` // of the entry, from 0, or none
	Digest evidence.Digest `json:"digest,omitzero"` // of the blob, or none
	Note   string          `json:"note"`
}

func (r *Report) add(p Problem) {
	r.Counts[p.Code]++
	if len(r.Problems) == MaxProblems {
		r.ProblemsCut = true
		return
	}
	r.Problems = append(r.Problems, p)
}

// judge sets the verdict from the counts.
func (r *Report) judge() {
	r.Verdict = Intact
	for code := range r.Counts {
		if code != CodeBlobUnreadable {
			r.Verdict = Broken
			return
		}
		r.Verdict = Indeterminate
	}
}
