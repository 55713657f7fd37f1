package ledger

import (
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// ParseVerifier reads a verifier key as VerifierKey prints it. White space
// around it is ignored, since it was pasted or read from a file.
func ParseVerifier(vkey string) (note.Verifier, error) {
	vkey = strings.TrimSpace(vkey)
	if strings.HasPrefix(vkey, "PRIVATE+KEY+") || strings.HasPrefix(vkey, keyHeader) {
		return nil, fmt.Errorf("read verifier key: this is a secret key; keep it to yourself, and use what `tieout key show` prints")
	}
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("read verifier key %.100q: want name+hash+key on one line, as `tieout key show` prints it", vkey)
	}
	key, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return nil, fmt.Errorf("read verifier key of %.64q: its last part is no base64; copy the whole line that `tieout key show` prints", parts[0])
	}
	if len(key) != 33 || key[0] != 1 {
		return nil, fmt.Errorf("read verifier key of %.64q: %d bytes are no Ed25519 key; copy the whole line that `tieout key show` prints", parts[0], len(key))
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("read verifier key of %.64q: %w; name, hash and key do not belong together: copy the whole line that `tieout key show` prints", parts[0], err)
	}
	return v, nil
}
