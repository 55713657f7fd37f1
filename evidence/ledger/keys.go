package ledger

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence/secret"
)

// Role is what a key signs. Each role has a key of its own, so that no
// signature made for one purpose can be shown as one made for another.
type Role string

// The roles.
const (
	RoleManifest   Role = "manifest"   // the manifest of a package
	RoleCheckpoint Role = "checkpoint" // heads of the ledger
	RoleStatement  Role = "statement"  // what a person states or approves
)

// Roles lists the roles in the order in which they are printed.
func Roles() []Role { return []Role{RoleManifest, RoleCheckpoint, RoleStatement} }

const seedSize = 32

// Keyring holds one secret seed, from which the key of every role is derived.
// Printing it shows no secret.
type Keyring struct {
	name string
	seed secret.Value
}

// NewKeyring makes a keyring from 32 bytes of randomness. The name says whose
// keys they are: small letters, digits, dots and hyphens, such as
// "example-lending.2026".
func NewKeyring(name string, random io.Reader) (*Keyring, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	seed := make([]byte, seedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, fmt.Errorf("make key %s: read randomness: %w", name, err)
	}
	return newKeyring(name, seed), nil
}

func newKeyring(name string, seed []byte) *Keyring {
	return &Keyring{name: name, seed: secret.New(string(seed))}
}

// Name returns whose keys they are.
func (k Keyring) Name() string { return k.name }

// Format prints the name for every verb, so that no form of printing shows the
// seed.
func (k Keyring) Format(f fmt.State, _ rune) { printName(f, "key "+k.name) }

// Signer returns the signer of the role, named "<name>/<role>".
func (k Keyring) Signer(role Role) note.Signer {
	key := k.derive(role)
	name := k.keyName(role)
	return signer{name: name, hash: keyHash(name, key.Public().(ed25519.PublicKey)), key: key}
}

// VerifierKey returns the public half of the role's key in the text form that
// others pin: name, hash and key, joined by plus signs.
func (k Keyring) VerifierKey(role Role) string {
	vkey, err := note.NewEd25519VerifierKey(k.keyName(role), k.derive(role).Public().(ed25519.PublicKey))
	if err != nil {
		panic("ledger: the derived key has the wrong size: " + err.Error())
	}
	return vkey
}

// Verifier returns the verifier of the role's own signatures.
func (k Keyring) Verifier(role Role) note.Verifier {
	v, err := note.NewVerifier(k.VerifierKey(role))
	if err != nil {
		panic("ledger: an own verifier key does not parse: " + err.Error())
	}
	return v
}

func (k Keyring) keyName(role Role) string { return k.name + "/" + string(role) }

func (k Keyring) derive(role Role) ed25519.PrivateKey {
	seed, err := hkdf.Key(sha256.New, []byte(k.seed.Reveal()), nil, "tieout/key/v1/"+string(role), ed25519.SeedSize)
	if err != nil {
		panic("ledger: derive a key of 32 bytes: " + err.Error())
	}
	return ed25519.NewKeyFromSeed(seed)
}

type signer struct {
	name string
	hash uint32
	key  ed25519.PrivateKey
}

var _ note.Signer = signer{}

func (s signer) Name() string                    { return s.name }
func (s signer) KeyHash() uint32                 { return s.hash }
func (s signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }

// Format prints the name for every verb, so that no form of printing shows the
// private key.
func (s signer) Format(f fmt.State, _ rune) { printName(f, "signer "+s.name) }

func printName(f fmt.State, text string) {
	if _, err := io.WriteString(f, text); err != nil {
		return // fmt has nowhere to report it either
	}
}

// keyHash is the id of an Ed25519 key in a signed note.
func keyHash(name string, pub ed25519.PublicKey) uint32 {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{'\n', 1}) // 1 is the note format's number for Ed25519
	h.Write(pub)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

func checkName(name string) error {
	if name == "" || len(name) > 64 {
		return fmt.Errorf("key name %q: want 1 to 64 characters", name)
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' {
			return fmt.Errorf("key name %q: want small letters, digits, dots and hyphens only", name)
		}
	}
	return nil
}
