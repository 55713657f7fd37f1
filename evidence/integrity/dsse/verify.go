package dsse

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"

	"github.com/tieout/tieout/evidence/integrity"
)

// outcome is what became of the signatures of one envelope.
type outcome struct {
	held    []int    // numbers of the distinct keys that signed
	strange []string // key ids of signatures by no key that was given
	failed  []string // the same where the id is that of a key that was given
}

// signatures tries every pinned key on every signature. The key id decides
// nothing; it only tells a signature that does not hold from one by a stranger.
func (e *Envelope) signatures(keys []integrity.Key) outcome {
	msg := e.Signed()
	var o outcome
	seen := map[int]bool{}
	for _, s := range e.Signatures {
		by := -1
		named := false
		for i, k := range keys {
			if by < 0 && holds(k.Public(), msg, s.Sig) {
				by = i
			}
			named = named || s.KeyID != "" && isID(k, s.KeyID)
		}
		switch {
		case by >= 0 && !seen[by]:
			seen[by] = true
			o.held = append(o.held, by)
		case by >= 0:
		case named:
			o.failed = append(o.failed, s.KeyID)
		default:
			o.strange = append(o.strange, s.KeyID)
		}
	}
	return o
}

// holds reports whether the signature is the key's. The key says which algorithm
// is used, never the envelope.
func holds(key crypto.PublicKey, msg, sig []byte) bool {
	switch p := key.(type) {
	case ed25519.PublicKey:
		return len(sig) == ed25519.SignatureSize && ed25519.Verify(p, msg, sig)
	case *ecdsa.PublicKey:
		switch p.Curve {
		case elliptic.P256():
			sum := sha256.Sum256(msg)
			return ecdsa.VerifyASN1(p, sum[:], sig)
		case elliptic.P384():
			sum := sha512.Sum384(msg)
			return ecdsa.VerifyASN1(p, sum[:], sig)
		case elliptic.P521():
			sum := sha512.Sum512(msg)
			return ecdsa.VerifyASN1(p, sum[:], sig)
		}
	case *rsa.PublicKey:
		sum := sha256.Sum256(msg)
		return rsa.VerifyPSS(p, crypto.SHA256, sum[:], sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}) == nil ||
			rsa.VerifyPKCS1v15(p, crypto.SHA256, sum[:], sig) == nil
	}
	return false
}

// isID reports whether an id is one by which producers name the key: the name
// that it was given, or the SHA-256 of its DER form, whole or the beginning.
func isID(k integrity.Key, id string) bool {
	if id == k.Name {
		return true
	}
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	if err != nil {
		return false
	}
	sum := sha256.Sum256(der)
	digest := hex.EncodeToString(sum[:])
	return id == digest || id == "SHA256:"+digest || id == digest[:16]
}

// usable returns the public keys among those that were pinned, each once.
func usable(keys []integrity.Key) []integrity.Key {
	var out []integrity.Key
	for _, k := range keys {
		p, ok := k.Public().(interface{ Equal(crypto.PublicKey) bool })
		if !ok {
			continue
		}
		twice := false
		for _, o := range out {
			twice = twice || p.Equal(o.Public())
		}
		if !twice {
			out = append(out, k)
		}
	}
	return out
}
