package evidence

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// Digest is the SHA-256 of some bytes. Its text form is 64 lower-case hex
// digits, in JSON, in file names and in print.
type Digest [sha256.Size]byte

// DigestOf returns the digest of b.
func DigestOf(b []byte) Digest { return sha256.Sum256(b) }

// ParseDigest reads the text form. Upper-case digits are refused, so that one
// digest has one spelling.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if len(s) != 2*len(d) {
		return d, fmt.Errorf("digest %q: want %d hex digits", s, 2*len(d))
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return d, fmt.Errorf("digest %q: want lower-case hex digits", s)
		}
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil {
		return d, fmt.Errorf("digest %q: %w", s, err)
	}
	return d, nil
}

// IsZero reports whether d was never set.
func (d Digest) IsZero() bool { return d == Digest{} }

// String returns the text form.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText implements encoding.TextMarshaler. A digest that was never set
// is the empty text.
func (d Digest) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return []byte{}, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Digest) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Digest{}
		return nil
	}
	v, err := ParseDigest(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// LengthPrefixed appends each part behind its length as eight big-endian
// bytes, so that no two tuples have the same bytes.
func LengthPrefixed(parts ...string) []byte {
	n := 0
	for _, p := range parts {
		n += 8 + len(p)
	}
	out := make([]byte, 0, n)
	for _, p := range parts {
		out = binary.BigEndian.AppendUint64(out, uint64(len(p)))
		out = append(out, p...)
	}
	return out
}

// RecordID names one object of one source: 40 hex digits over the
// length-prefixed tuple of kind, source, instance, scope and native id. It is
// an internal id; packages carry keyed ids or row numbers where a native id
// could be guessed.
func RecordID(kind Kind, source, instance, scope, nativeID string) string {
	d := DigestOf(LengthPrefixed("tieout/record/v1", string(kind), source, instance, scope, nativeID))
	return d.String()[:40]
}

// ErrNotFound is what a look-up by digest or key answers when nothing is kept
// under it. It is an answer, not a failure to look.
var ErrNotFound = errors.New("not found")
