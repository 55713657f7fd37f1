package ledger

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	proofHeader = "c2sp.org/tlog-proof@v1"
	maxPath     = 63 // a tree of int64 entries is no deeper
)

// Proof shows, in one small text, that an entry stands at an index of a ledger
// that a signed checkpoint fixes. Files that hold one end in ".tlog-proof".
type Proof struct {
	Index      int64
	Path       []Hash // from the leaf's sibling upwards
	Checkpoint []byte // the signed note, as it was signed
	Extra      []byte // opaque, or none
}

// FormatProof returns the text of the proof.
func FormatProof(p Proof) ([]byte, error) {
	if p.Index < 0 || len(p.Path) > maxPath {
		return nil, fmt.Errorf("write proof: index %d with %d hashes is no proof", p.Index, len(p.Path))
	}
	if _, err := ClaimedCheckpoint(p.Checkpoint); err != nil {
		return nil, fmt.Errorf("write proof of entry %d: %w", p.Index, err)
	}
	var b bytes.Buffer
	b.WriteString(proofHeader + "\n")
	if len(p.Extra) > 0 {
		fmt.Fprintf(&b, "extra %s\n", base64.StdEncoding.EncodeToString(p.Extra))
	}
	fmt.Fprintf(&b, "index %d\n", p.Index)
	for _, h := range p.Path {
		fmt.Fprintf(&b, "%s\n", h)
	}
	b.WriteByte('\n')
	b.Write(p.Checkpoint)
	return b.Bytes(), nil
}

// ParseProof reads the text of a proof. It checks its form only: a proof proves
// something after Verify.
func ParseProof(text []byte) (Proof, error) {
	if len(text) > 2*MaxNote {
		return Proof{}, fmt.Errorf("read proof: %d bytes are more than a proof may have", len(text))
	}
	head, checkpoint, ok := strings.Cut(string(text), "\n\n")
	if !ok {
		return Proof{}, fmt.Errorf("read proof: no blank line before the checkpoint")
	}
	lines := strings.Split(head, "\n")
	if lines[0] != proofHeader {
		return Proof{}, fmt.Errorf("read proof: the first line is %.80q, want %q", lines[0], proofHeader)
	}
	lines = lines[1:]
	var p Proof
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		b64 := strings.TrimPrefix(lines[0], "extra ")
		extra, err := base64.StdEncoding.Strict().DecodeString(b64)
		if err != nil || len(extra) == 0 {
			return Proof{}, fmt.Errorf("read proof: the extra line is no base64")
		}
		p.Extra, lines = extra, lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return Proof{}, fmt.Errorf("read proof: no index line")
	}
	index, err := parseSize(strings.TrimPrefix(lines[0], "index "))
	if err != nil {
		return Proof{}, fmt.Errorf("read proof: index: %w", err)
	}
	p.Index, lines = index, lines[1:]
	if len(lines) > maxPath {
		return Proof{}, fmt.Errorf("read proof: %d hashes are more than any tree is deep", len(lines))
	}
	for i, l := range lines {
		h, err := parseHash(l)
		if err != nil {
			return Proof{}, fmt.Errorf("read proof: hash %d: %w", i+1, err)
		}
		p.Path = append(p.Path, h)
	}
	p.Checkpoint = []byte(checkpoint)
	if _, err := ClaimedCheckpoint(p.Checkpoint); err != nil {
		return Proof{}, fmt.Errorf("read proof of entry %d: %w", p.Index, err)
	}
	return p, nil
}

// Verify checks the checkpoint's signature and origin, and that the leaf stands
// at the proof's index below its root. It returns the checkpoint.
func (p Proof) Verify(leaf []byte, origin string, verifiers ...note.Verifier) (Checkpoint, error) {
	c, err := ParseCheckpoint(p.Checkpoint, origin, verifiers...)
	if err != nil {
		return Checkpoint{}, err
	}
	if err := CheckInclusion(p.Path, c.Head, p.Index, tlog.RecordHash(leaf)); err != nil {
		return Checkpoint{}, err
	}
	return c, nil
}
