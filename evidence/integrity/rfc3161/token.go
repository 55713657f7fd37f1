package rfc3161

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/tieout/tieout/evidence/integrity"
)

// MaxToken bounds a token and the answer around it, in bytes.
const MaxToken = 256 << 10

// Token is a time-stamp token that holds.
type Token struct {
	Time     time.Time     // when the authority says it saw the digest
	Accuracy time.Duration // by how much that may be off; 0: not stated
	Ordered  bool          // tokens of this authority come in the order of their times, whatever the accuracy
	Policy   string        // under which it was made, as dotted numbers
	Serial   *big.Int
	Nonce    *big.Int // nil: none
	Hash     crypto.Hash
	Digest   []byte // that was stamped
	Signer   *x509.Certificate
	Root     *x509.Certificate // the pinned one
	DER      []byte            // the token without the answer around it
	Weak     string            // what about it is weaker than it should be; "" nothing
}

// Error says why a token does not hold, or could not be judged.
type Error struct {
	Code integrity.Code
	Note string
}

func (e *Error) Error() string { return fmt.Sprintf("check time-stamp: %s (%s)", e.Note, e.Code) }

func fail(code integrity.Code, format string, args ...any) *Error {
	return &Error{Code: code, Note: fmt.Sprintf(format, args...)}
}

// malformed is the error of bytes that are no token, or a damaged one.
func malformed(what string) *Error {
	return fail(integrity.Unreadable, "%s cannot be read: it is cut, damaged or no DER", what)
}

// Stamped gives the digest of what should have been stamped.
type Stamped func(crypto.Hash) ([]byte, error)

// ErrHash is the error of a digest that was made with another algorithm than
// the token's.
var ErrHash = errors.New("the token is over a digest by another algorithm")

// Digest is a digest that was made before.
func Digest(h crypto.Hash, sum []byte) Stamped {
	return func(want crypto.Hash) ([]byte, error) {
		if want != h {
			return nil, fmt.Errorf("%w: %s, not %s", ErrHash, want, h)
		}
		return sum, nil
	}
}

// Bytes are the bytes themselves.
func Bytes(b []byte) Stamped {
	return func(h crypto.Hash) ([]byte, error) {
		sum := h.New()
		sum.Write(b)
		return sum.Sum(nil), nil
	}
}

// Options say what a token must meet.
type Options struct {
	Roots []*x509.Certificate // pinned; none of them: no token holds
	Nonce *big.Int            // that was sent; nil: any
}
