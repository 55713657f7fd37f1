package ledger

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// MaxNote bounds a signed note, in bytes: a checkpoint is a few lines.
const MaxNote = 64 << 10

// Checkpoint is a head that somebody put a name to. Extensions are further
// lines of the body that this version does not interpret.
type Checkpoint struct {
	Origin     string // which ledger: a name without schema, such as "tieout/example-lending/ledger"
	Head       Head
	Extensions []string
}

// Origin returns the name of the ledger of an entity, such as
// "tieout/example-lending/ledger". The slug is the entity's short name.
func Origin(slug string) string { return "tieout/" + slug + "/ledger" }

// FormatCheckpoint returns the checkpoint as a signed note.
func FormatCheckpoint(c Checkpoint, signers ...note.Signer) ([]byte, error) {
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	if len(signers) == 0 {
		return nil, fmt.Errorf("sign checkpoint of %s: no key given; a checkpoint without a signature proves nothing", c.Origin)
	}
	msg, err := note.Sign(&note.Note{Text: body}, signers...)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint of %s: %w", c.Origin, err)
	}
	return msg, nil
}

// ParseCheckpoint reads a signed checkpoint and checks its signatures. At least
// one of the verifiers must have signed it; a signature by one of them that
// does not hold refuses the whole note, and so do two by one key; signatures by
// unknown keys count as absent. The origin must be the one asked for. The errors
// of OpenNote are wrapped.
func ParseCheckpoint(msg []byte, origin string, verifiers ...note.Verifier) (Checkpoint, error) {
	if len(msg) > MaxNote {
		return Checkpoint{}, fmt.Errorf("read checkpoint: %d bytes are more than the %d that a note may have", len(msg), MaxNote)
	}
	n, err := OpenNote(msg, note.VerifierList(verifiers...))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("check signature of checkpoint: %w", err)
	}
	c, err := parseBody(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != origin {
		return Checkpoint{}, fmt.Errorf("read checkpoint: it belongs to ledger %q, not to %q", c.Origin, origin)
	}
	return c, nil
}

// ClaimedCheckpoint reads what a checkpoint says without checking any
// signature. It proves nothing; it serves to print, and to find out whose key
// would be needed.
func ClaimedCheckpoint(msg []byte) (Checkpoint, error) {
	if len(msg) > MaxNote {
		return Checkpoint{}, fmt.Errorf("read checkpoint: %d bytes are more than the %d that a note may have", len(msg), MaxNote)
	}
	_, err := OpenNote(msg, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return Checkpoint{}, fmt.Errorf("read checkpoint: %w", err)
	}
	return parseBody(unverified.Note.Text)
}

func (c Checkpoint) body() (string, error) {
	lines := append([]string{c.Origin}, c.Extensions...)
	for _, l := range lines {
		if l == "" || strings.ContainsFunc(l, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
			return "", fmt.Errorf("write checkpoint: line %q is empty or has control characters", l)
		}
	}
	if c.Head.Size < 0 {
		return "", fmt.Errorf("write checkpoint of %s: size %d is negative", c.Origin, c.Head.Size)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%d\n%s\n", c.Origin, c.Head.Size, c.Head.Root)
	for _, l := range c.Extensions {
		b.WriteString(l)
		b.WriteByte('\n')
	}
	return b.String(), nil
}

func parseBody(text string) (Checkpoint, error) {
	body, ended := strings.CutSuffix(text, "\n")
	lines := strings.Split(body, "\n")
	if !ended || len(lines) < 3 {
		return Checkpoint{}, fmt.Errorf("read checkpoint: want lines for origin, size and root")
	}
	size, err := parseSize(lines[1])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("read checkpoint: size: %w", err)
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("read checkpoint: root: %w", err)
	}
	c := Checkpoint{Origin: lines[0], Head: Head{Size: size, Root: root}}
	if len(lines) > 3 {
		c.Extensions = lines[3:]
	}
	for _, l := range append([]string{c.Origin}, c.Extensions...) {
		if l == "" {
			return Checkpoint{}, fmt.Errorf("read checkpoint: empty line in the body")
		}
	}
	return c, nil
}

// parseSize reads a decimal without sign or leading zeros, so that one number
// has one spelling.
func parseSize(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%q is no plain decimal number", s)
	}
	return n, nil
}

// parseHash reads the one base64 spelling of a hash.
func parseHash(s string) (Hash, error) {
	h, err := tlog.ParseHash(s)
	if err != nil || h.String() != s {
		return Hash{}, fmt.Errorf("%q is no base64 of %d bytes", s, tlog.HashSize)
	}
	return h, nil
}
