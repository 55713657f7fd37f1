package tlog

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/ledger"
)

// ProofFormat is the name under which reports list proofs.
const ProofFormat = "tlog-proof/1"

// MaxProof bounds a file with a proof, in bytes.
const MaxProof = 2 * ledger.MaxNote

// Proof is a file with a proof, and the entry that it proves.
type Proof struct {
	Path      string
	Text      []byte
	EntryPath string
	Entry     *evidence.Digest // the entry's leaf hash (LeafHash); nil: there is no such file
	EntrySize int64
}

// LeafHash returns the hash under which a log holds an entry.
func LeafHash(entry []byte) evidence.Digest { return evidence.Digest(tlog.RecordHash(entry)) }

// CheckProof checks that an entry stands in a log under a checkpoint that
// pinned keys signed.
func CheckProof(p Proof, o Options) *integrity.Log {
	l := integrity.NewLog(p.Path, ProofFormat)
	l.Records, l.Bytes, l.SHA256 = 1, int64(len(p.Text)), evidence.DigestOf(p.Text)
	l.Files = append(l.Files, integrity.FileReport{Path: p.Path, Bytes: l.Bytes, SHA256: l.SHA256, Records: 1})
	l.Axes.Authenticity, l.Axes.Anchoring = "unsigned", "none"
	found := func(code integrity.Code, format string, args ...any) {
		l.Found(integrity.Finding{Code: code, File: p.Path, Record: 1, Note: fmt.Sprintf(format, args...)})
	}
	proof, err := ledger.ParseProof(p.Text)
	var c *opened
	if err == nil {
		c, err = open(proof.Checkpoint, o.Keys)
	}
	if err != nil {
		found(integrity.Unreadable, "%v: it is cut or damaged, and proves nothing", err)
		l.Judge(false)
		l.Axes.Continuity = "not_checkable"
		words(l, nil, false)
		return l
	}
	l.Name, l.FirstSeq, l.LastSeq = c.Origin, &proof.Index, &proof.Index
	witnessed := c.signatures(l, p.Path, o.Now)
	switch {
	case p.Entry == nil:
		found(integrity.Unreadable, "there is no file %s beside it, so nothing shows what it proves", p.EntryPath)
	case ledger.CheckInclusion(proof.Path, c.Head, proof.Index, ledger.Hash(*p.Entry)) != nil:
		found(integrity.HashMismatch, "%s is not entry %d of the log, or the proof was changed: its hash does not lead to the root of the checkpoint", p.EntryPath, proof.Index)
	default:
		l.Head = p.Entry.String()
		l.Notes = append(l.Notes, fmt.Sprintf("%s is entry %d of %d of the log %q", p.EntryPath, proof.Index, c.Head.Size, c.Origin))
	}
	if len(proof.Extra) > 0 {
		l.Notes = append(l.Notes, fmt.Sprintf("it carries %d bytes that nothing protects", len(proof.Extra)))
	}
	fixed := proofAnchors(l, c, witnessed, o.Anchors)
	l.Axes.Anchoring = "self_attested"
	if fixed {
		l.Axes.Anchoring = "anchored"
	}
	var blocking []integrity.Code
	if len(c.held) == 0 || c.unsigned() {
		blocking = append(blocking, integrity.KeyUnknown) // anybody can make such a checkpoint
	}
	l.Judge(fixed, blocking...)
	l.Axes.Continuity = "not_checkable"
	switch l.Verdict {
	case integrity.Verified:
		l.VerdictWords = "the entry is in the log, and something outside the log's control fixes what the log holds"
	case integrity.SelfConsistent:
		l.VerdictWords = "the entry is in the log, but only the log's own key vouches for what the log holds"
	default:
	}
	l.NotShown = append(l.NotShown, "What else the log holds: a proof speaks of one entry.")
	words(l, c, false)
	return l
}

// proofAnchors enters what fixes the checkpoint of a proof. A kept checkpoint of
// another size cannot be compared: a proof does not hold what it takes.
func proofAnchors(l *integrity.Log, c *opened, witnessed []signature, anchors []Anchor) bool {
	root := fmt.Sprintf("%x", c.Head.Root[:])
	for _, s := range witnessed {
		l.Anchors = append(l.Anchors, integrity.Anchor{Kind: "cosignature", By: s.key.Name, Role: integrity.RoleOther, At: s.at, Records: c.Head.Size, Head: root, File: l.Path})
	}
	for _, a := range anchors {
		switch {
		case a.Origin != c.Origin:
		case a.Head.Size != c.Head.Size:
			l.Notes = append(l.Notes, fmt.Sprintf("the checkpoint kept in %s is over %d entries, the proof's over %d: a proof cannot be compared with another size, the directory of the log can", a.Name, a.Head.Size, c.Head.Size))
		case a.Head.Root != c.Head.Root:
			l.Found(integrity.Finding{Code: integrity.HeadMismatch, File: l.Path, Record: 1, Expected: a.Head.Root.String(), Actual: c.Head.Root.String(), Note: fmt.Sprintf("the checkpoint kept in %s has another root: the log shows different contents to different people", a.Name)})
		default:
			l.Anchors = append(l.Anchors, integrity.Anchor{Kind: "checkpoint kept in " + a.Name, By: a.By, Role: integrity.RoleOther, At: a.At, Records: a.Head.Size, Head: root})
		}
	}
	l.AnchorCount = int64(len(l.Anchors))
	return len(l.Anchors) > 0
}
