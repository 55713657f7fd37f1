package rfc3161

import (
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
)

// Format is the name under which reports list tokens.
const Format = "rfc3161/1"

// File is a file with a token, and what it was made over.
type File struct {
	Path        string
	Content     []byte
	StampedPath string  // the file that it was made over
	Stamped     Stamped // nil: that file is not there
}

// errAbsent is the error of a file that a token was made over and that is not
// there.
var errAbsent = errors.New("it is not there")

// Check checks a token and reports on it as on a log of one record. Of the
// keys, the certificates count.
func Check(f File, keys []integrity.Key) *integrity.Log {
	l := integrity.NewLog(f.Path, Format)
	l.Records, l.Bytes, l.SHA256 = 1, int64(len(f.Content)), evidence.DigestOf(f.Content)
	l.Files = append(l.Files, integrity.FileReport{Path: f.Path, Bytes: l.Bytes, SHA256: l.SHA256, Records: 1})
	l.Axes.Authenticity, l.Axes.Anchoring = "unsigned", "none"
	var o Options
	for _, k := range keys {
		if c := k.Certificate(); c != nil {
			o.Roots = append(o.Roots, c)
		}
	}
	of := f.Stamped
	if of == nil {
		of = func(crypto.Hash) ([]byte, error) { return nil, errAbsent }
	}
	t, err := Verify(f.Content, of, o)
	var e *Error
	switch {
	case err == nil:
		held(l, t, keys)
	case errors.As(err, &e):
		found(l, e.Code, e.Note)
	case errors.Is(err, errAbsent):
		found(l, integrity.Unreadable, fmt.Sprintf("there is no file %s beside it, so nothing shows what it was made over", f.StampedPath))
	default:
		found(l, integrity.Unreadable, fmt.Sprintf("what it was made over cannot be read: %v", err))
	}
	if t == nil {
		states(l, f.Content)
	}
	l.Judge(true, integrity.KeyUnknown)
	l.Axes.Continuity = "not_checkable"
	if l.Verdict == integrity.Verified {
		l.VerdictWords = "these bytes existed by the time that the authority states"
	}
	words(l, f, t)
	return l
}

func found(l *integrity.Log, code integrity.Code, note string) {
	switch code {
	case integrity.KeyUnknown:
		l.Axes.Authenticity = "unknown_key"
	case integrity.SigBad, integrity.KeyExpired:
		l.Axes.Authenticity = "broken"
	default:
	}
	l.Found(integrity.Finding{Code: code, File: l.Path, Record: 1, Note: note})
}

// held enters what a token that holds shows.
func held(l *integrity.Log, t *Token, keys []integrity.Key) {
	l.Axes.Authenticity, l.Axes.Anchoring = "signed", "anchored"
	at := evidence.InstantOf(t.Time)
	l.FirstTime, l.LastTime, l.Head = &at, &at, hex.EncodeToString(t.Digest)
	l.Anchors = append(l.Anchors, integrity.Anchor{Kind: "time-stamp", By: t.Signer.Subject.String(), Role: integrity.RoleOther, At: &at, Records: 1, Head: l.Head, File: l.Path, Record: 1})
	l.AnchorCount = 1
	for _, k := range keys {
		if c := k.Certificate(); c != nil && c.Equal(t.Root) {
			use := k.Use()
			use.Role, use.Held = integrity.RoleOther, 1
			l.Keys = append(l.Keys, use)
			break
		}
	}
	accuracy := "an accuracy that it does not state"
	if t.Accuracy > 0 {
		accuracy = "an accuracy of " + t.Accuracy.String()
	}
	l.Notes = append(l.Notes,
		fmt.Sprintf("made at %s with %s, over %s %s", at, accuracy, t.Hash, l.Head),
		fmt.Sprintf("policy %s, serial number %s, signed by %q, which led to the pinned %q", t.Policy, t.Serial, t.Signer.Subject, t.Root.Subject))
	if t.Weak != "" {
		l.Notes = append(l.Notes, t.Weak)
	}
}

// states enters what a token says that does not hold, marked as unproved.
func states(l *integrity.Log, content []byte) {
	if t, err := Stated(content); err == nil {
		l.Notes = append(l.Notes, fmt.Sprintf("it states, unproved: made at %s over %s %x, policy %s", evidence.InstantOf(t.Time), t.Hash, t.Digest, t.Policy))
	}
}

func words(l *integrity.Log, f File, t *Token) {
	l.NotShown = append(l.NotShown,
		"That there is no other version of what was stamped: a time-stamp shows that these bytes existed by then, not that they are the only ones.",
		"Whether the authority's certificate was revoked: that is not looked up. Ask the authority for its list as of today.")
	if t == nil {
		return
	}
	l.NotShown = append(l.NotShown, fmt.Sprintf("That %q is independent of whoever asked for the stamp: that must be asked.", t.Signer.Subject))
	in := ""
	if strings.HasPrefix(string(f.Content), string(t.DER)) {
		in = " -token_in"
	}
	l.Recheck = append(l.Recheck, fmt.Sprintf("openssl ts -verify%s -in %s -data %s -CAfile root.pem  # root.pem: the certificate that you pinned", in, integrity.ShellQuote(f.Path), integrity.ShellQuote(f.StampedPath)))
}
