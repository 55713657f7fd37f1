package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// cosignerType is the signed note's number for cosignatures of witnesses with
// Ed25519, see c2sp.org/tlog-cosignature.
const cosignerType = 4

// cosigner verifies that a witness saw a checkpoint at a time. What it signs
// begins otherwise than any note, so that a cosignature can be shown as nothing
// else.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

var _ note.Verifier = cosigner{}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }

func (c cosigner) Verify(body, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	if at > math.MaxInt64 {
		return false
	}
	msg := append([]byte("cosignature/v1\ntime "), strconv.FormatUint(at, 10)...)
	msg = append(append(msg, '\n'), body...)
	return ed25519.Verify(c.key, msg, sig[8:])
}

// IsCosigner reports whether a verifier key is that of a witness.
func IsCosigner(vkey string) bool {
	parts := strings.SplitN(strings.TrimSpace(vkey), "+", 3)
	if len(parts) != 3 {
		return false
	}
	key, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	return err == nil && len(key) > 0 && key[0] == cosignerType
}

// ParseCosigner reads the verifier key of a witness that cosigns checkpoints of
// transparency logs with Ed25519.
func ParseCosigner(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(strings.TrimSpace(vkey), "+", 3)
	if len(parts) != 3 || parts[0] == "" || strings.ContainsAny(parts[0], " \t\n") {
		return nil, fmt.Errorf("read key of witness %.100q: want name+hash+key on one line", vkey)
	}
	key, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignerType {
		return nil, fmt.Errorf("read key of witness %.64q: its last part is no Ed25519 key for cosignatures", parts[0])
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	c := cosigner{name: parts[0], hash: binary.BigEndian.Uint32(sum[:]), key: key[1:]}
	if fmt.Sprintf("%08x", c.hash) != parts[1] {
		return nil, fmt.Errorf("read key of witness %.64q: name, hash and key do not belong together: copy the whole line again", parts[0])
	}
	return c, nil
}

// CosignedAt returns the time, in seconds since 1970, at which a witness made
// a signature of a note that was opened with its key.
func CosignedAt(s note.Signature) (int64, bool) {
	b, err := base64.StdEncoding.DecodeString(s.Base64)
	if err != nil || len(b) != 4+8+ed25519.SignatureSize {
		return 0, false
	}
	return int64(binary.BigEndian.Uint64(b[4:])), true
}
