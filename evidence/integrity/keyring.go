package integrity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"math/big"

	"golang.org/x/mod/sumdb/note"
)

// keyring holds the keys that were pinned.
type keyring struct {
	keys  []Key
	notes note.Verifiers
}

func newKeyring(keys []Key) *keyring {
	r := &keyring{keys: keys}
	var list []note.Verifier
	for _, k := range keys {
		if k.note != nil {
			list = append(list, k.note)
		}
	}
	r.notes = note.VerifierList(list...)
	return r
}

// named returns the number of the shared secret of that name, or of the only
// one, if that was given without a name.
func (r *keyring) named(name string) int {
	only, count := none, 0
	for i, k := range r.keys {
		if k.kind == "hmac" {
			if k.Name == name {
				return i
			}
			only, count = i, count+1
		}
	}
	if count == 1 && r.keys[only].Name == "" {
		return only
	}
	return none
}

// noteKey returns the number of the verifier key.
func (r *keyring) noteKey(name string, hash uint32) int {
	for i, k := range r.keys {
		if k.note != nil && k.Name == name && k.note.KeyHash() == hash {
			return i
		}
	}
	return none
}

// kindOf is the kind of key that an algorithm needs.
var kindOf = map[string]string{"ed25519": "ed25519", "ecdsa-p256": "ecdsa-p256", "rsa-pkcs1-sha256": "rsa"}

// candidates returns the numbers of the public keys that may have made a
// signature: of the right kind, and of the name that the record states, if it
// states one.
func (r *keyring) candidates(alg, kid string) []int {
	var out []int
	for i, k := range r.keys {
		if k.kind == kindOf[alg] && (kid == "" || k.Name == kid || k.print == kid || k.raw() == kid) {
			out = append(out, i)
		}
	}
	return out
}

// raw returns the hex of an Ed25519 key, by which some formats name it.
func (k *Key) raw() string {
	if p, ok := k.public.(ed25519.PublicKey); ok {
		return hex.EncodeToString(p)
	}
	return ""
}

// holds reports whether the signature is the key's.
func (k *Key) holds(p1363 bool, msg, sig []byte) bool {
	switch p := k.public.(type) {
	case ed25519.PublicKey:
		return len(sig) == ed25519.SignatureSize && ed25519.Verify(p, msg, sig)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(msg)
		if !p1363 {
			return ecdsa.VerifyASN1(p, sum[:], sig)
		}
		if len(sig) != 64 {
			return false
		}
		return ecdsa.Verify(p, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
	case *rsa.PublicKey:
		sum := sha256.Sum256(msg)
		return rsa.VerifyPKCS1v15(p, crypto.SHA256, sum[:], sig) == nil
	}
	return false
}
