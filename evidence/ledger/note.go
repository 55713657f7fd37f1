package ledger

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// maxSignatures bounds the signature lines of a note, as package note does.
const maxSignatures = 100

// SignedTwiceError is the error of a note in which two signature lines are by
// one key, whoever knows it.
type SignedTwiceError struct {
	Name string
	Hash uint32
}

func (e *SignedTwiceError) Error() string {
	return fmt.Sprintf("two signature lines are by %s+%08x, a key signs once; ask for the note as its signer wrote it", e.Name, e.Hash)
}

// OpenNote is note.Open, and the only way in which a signed note is read here.
// Package note passes over a key's second signature without looking at it,
// good or bad, and takes several spellings of one signature; OpenNote refuses
// both, by a *SignedTwiceError and a plain error. The errors of package note
// (UnverifiedNoteError, InvalidSignatureError) are returned as they are.
func OpenNote(msg []byte, known note.Verifiers) (*note.Note, error) {
	if err := checkLines(msg); err != nil {
		return nil, err
	}
	return note.Open(msg, known)
}

// checkLines looks at every signature line before any is verified. What a name
// or a text may hold is left to package note, which keeps to the specification.
func checkLines(msg []byte) error {
	at := bytes.LastIndex(msg, []byte("\n\n"))
	if at < 0 {
		return errors.New("malformed note: no blank line stands before its signatures")
	}
	block, ended := strings.CutSuffix(string(msg[at+2:]), "\n")
	if !ended {
		return errors.New("malformed note: its last signature line does not end")
	}
	lines := strings.Split(block, "\n")
	if len(lines) > maxSignatures {
		return fmt.Errorf("malformed note: %d signature lines are more than %d", len(lines), maxSignatures)
	}
	seen := make(map[SignedTwiceError]bool, len(lines))
	for i, line := range lines {
		text, dash := strings.CutPrefix(line, "— ")
		name, b64, _ := strings.Cut(text, " ")
		sig, err := base64.StdEncoding.Strict().DecodeString(b64)
		if !dash || err != nil || len(sig) < 5 {
			return fmt.Errorf("malformed note: signature line %d is no dash, name and base64 of a signature", i+1)
		}
		key := SignedTwiceError{Name: name, Hash: binary.BigEndian.Uint32(sig)}
		if seen[key] {
			return &key
		}
		seen[key] = true
	}
	return nil
}
