package integrity

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"fmt"
	"hash"
	"strings"

	"golang.org/x/crypto/blake2b"

	"github.com/tieout/tieout/evidence/strictyaml"
)

// hashAlg is a hash, plain or keyed.
type hashAlg struct {
	name  string
	base  string
	keyed bool
	size  int
}

var hashNames = []string{"sha256", "sha384", "sha512", "sha512-256", "sha3-256", "sha3-512", "blake2b-256", "blake2b-512", "hmac-sha256", "hmac-sha384", "hmac-sha512"}

func hashNamed(name string) (hashAlg, error) {
	base, keyed := strings.CutPrefix(name, "hmac-")
	h := hashAlg{name: name, base: base, keyed: keyed}
	switch base {
	case "sha256", "sha512-256", "sha3-256", "blake2b-256":
		h.size = 32
	case "sha384":
		h.size = 48
	case "sha512", "sha3-512", "blake2b-512":
		h.size = 64
	}
	for _, n := range hashNames {
		if n == name {
			return h, nil
		}
	}
	return hashAlg{}, fmt.Errorf("there is no hash %q%s", name, strictyaml.Nearest(name, hashNames))
}

// new returns the hash that a keyed one is built on: SHA-2 only.
func (h hashAlg) new() hash.Hash {
	switch h.base {
	case "sha384":
		return sha512.New384()
	case "sha512":
		return sha512.New()
	default:
		return sha256.New()
	}
}

// keyedBy returns the keyed hash, which one goroutine may use again and again.
func (h hashAlg) keyedBy(key string) hash.Hash {
	return hmac.New(h.new, []byte(key))
}

// appendSum appends the plain hash of b.
func (h hashAlg) appendSum(dst, b []byte) []byte {
	switch h.base {
	case "sha256":
		s := sha256.Sum256(b)
		return append(dst, s[:]...)
	case "sha384":
		s := sha512.Sum384(b)
		return append(dst, s[:]...)
	case "sha512":
		s := sha512.Sum512(b)
		return append(dst, s[:]...)
	case "sha512-256":
		s := sha512.Sum512_256(b)
		return append(dst, s[:]...)
	case "sha3-256":
		s := sha3.Sum256(b)
		return append(dst, s[:]...)
	case "sha3-512":
		s := sha3.Sum512(b)
		return append(dst, s[:]...)
	case "blake2b-256":
		s := blake2b.Sum256(b)
		return append(dst, s[:]...)
	default:
		s := blake2b.Sum512(b)
		return append(dst, s[:]...)
	}
}
