package statement

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// domain is the first line of what is signed. No checkpoint and no manifest
// begins with it, so that no signature on one can be shown as one on another.
const domain = Schema

// MaxNote bounds a signed statement, in bytes.
const MaxNote = 256 << 10

// keySuffix ends the name of a key that may sign statements.
const keySuffix = "/" + string(ledger.RoleStatement)

// Sign returns the statement as a signed note: the domain, the canonical JSON,
// and one signature by the key that it names.
func Sign(s Statement, signer note.Signer) ([]byte, error) {
	if signer == nil || signer.Name() != s.By+keySuffix {
		return nil, fmt.Errorf("sign the statement on %s: the key is none of %s for statements", s.Subject, s.By)
	}
	body, err := s.body()
	if err != nil {
		return nil, fmt.Errorf("sign the statement on %s: %w", s.Subject, err)
	}
	msg, err := note.Sign(&note.Note{Text: domain + "\n" + string(body) + "\n"}, signer)
	if err != nil {
		return nil, fmt.Errorf("sign the statement on %s: %w", s.Subject, err)
	}
	if len(msg) > MaxNote {
		return nil, fmt.Errorf("sign the statement on %s: it takes %d bytes, at most %d", s.Subject, len(msg), MaxNote)
	}
	return msg, nil
}

// Note is a statement as it was signed.
type Note struct {
	Statement
	SHA256 evidence.Digest // of the whole note
	KeyID  string          // the key that it names: ann.keller/statement+1a2b3c4d
}

// Open reads a signed note and checks its signature, which must be by one of
// the keys. The errors of package note (UnverifiedNoteError,
// InvalidSignatureError) are wrapped.
func Open(msg []byte, keys ...note.Verifier) (Note, error) {
	n, err := open(msg, keys...)
	if err != nil {
		return Note{}, fmt.Errorf("read a statement: %w", err)
	}
	return parse(msg, n)
}

// Claimed reads what a note says without checking its signature. It proves
// nothing; it serves to print, and to find out whose key is needed.
func Claimed(msg []byte) (Note, error) {
	_, err := open(msg)
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return Note{}, fmt.Errorf("read a statement: %w", err)
	}
	return parse(msg, unverified.Note)
}

func open(msg []byte, keys ...note.Verifier) (*note.Note, error) {
	if len(msg) > MaxNote {
		return nil, fmt.Errorf("%d bytes are more than the %d that one may have", len(msg), MaxNote)
	}
	return ledger.OpenNote(msg, note.VerifierList(keys...))
}

func parse(msg []byte, n *note.Note) (Note, error) {
	first, body, _ := strings.Cut(n.Text, "\n")
	body, ended := strings.CutSuffix(body, "\n")
	if first != domain || !ended {
		return Note{}, fmt.Errorf("read a statement: what is signed is none: it begins with %.80q", first)
	}
	s, err := parseBody([]byte(body))
	if err != nil {
		return Note{}, fmt.Errorf("read a statement: %w", err)
	}
	signatures := slices.Concat(n.Sigs, n.UnverifiedSigs)
	if len(signatures) != 1 || signatures[0].Name != s.By+keySuffix {
		return Note{}, fmt.Errorf("read a statement: it is not signed by a key of %.80s, and by that alone", s.By)
	}
	id := fmt.Sprintf("%s+%08x", signatures[0].Name, signatures[0].Hash)
	return Note{Statement: s, SHA256: evidence.DigestOf(msg), KeyID: id}, nil
}
