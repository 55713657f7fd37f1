package integrity

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/secret"
)

// Role says whose key it is.
type Role string

// The roles. A key without a role is the writer's own if it has the name that
// the log gives its writer, or if the format says so, and another party's
// otherwise.
const (
	RoleWriter Role = "writer"
	RoleOther  Role = "other"
)

// Key is a key that was pinned: handed to the verifier by somebody other than
// the log.
type Key struct {
	Name string
	Role Role

	kind   string
	note   note.Verifier
	public crypto.PublicKey
	cert   *x509.Certificate
	secret secret.Value
	print  string

	from, to evidence.Instant // when it was good, if a certificate says so
}

// Format prints the name for every verb, so that no form of printing shows a
// shared secret.
func (k Key) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "key "+k.Name) // fmt has nowhere to report it either
}

const maxKey = 64 << 10

// kindCosigner is the kind of a key with which a witness signs the checkpoints
// of transparency logs.
const kindCosigner = "cosignature"

// ParseKey reads the content of a key file. name is what the user calls it. It
// may be empty: a verifier key has a name of its own, a public key then goes by
// its fingerprint, and a secret serves whatever key a format asks for, as long as
// it is the only one.
//
// It is one of: a verifier key as `tieout key show` prints it; a PEM public key
// (Ed25519, ECDSA, RSA of 2048 bits or more) or a PEM certificate, of which the
// key and the time of its validity count, and for time-stamps what it certifies; a
// shared secret as
// hex:…, base64:… or text:… , or, if the key was given a name, the bytes of the
// file themselves without one line end behind them.
func ParseKey(name string, content []byte) (Key, error) {
	if len(content) > maxKey {
		return Key{}, fmt.Errorf("read key %s: %d bytes are more than a key has", name, len(content))
	}
	text := strings.TrimSpace(string(content))
	k := Key{Name: name}
	var err error
	switch {
	case strings.HasPrefix(text, "-----BEGIN "):
		err = k.pem([]byte(text))
	case strings.HasPrefix(text, "hex:"):
		err = k.shared(hex.DecodeString(text[4:]))
	case strings.HasPrefix(text, "base64:"):
		err = k.shared(base64.StdEncoding.DecodeString(text[7:]))
	case strings.HasPrefix(text, "text:"):
		err = k.shared([]byte(text[5:]), nil)
	case strings.Count(text, "+") >= 2 && !strings.ContainsAny(text, " \n"):
		k.kind = "note"
		if ledger.IsCosigner(text) {
			k.kind, k.Role = kindCosigner, RoleOther
			k.note, err = ledger.ParseCosigner(text)
		} else {
			k.note, err = ledger.ParseVerifier(text)
		}
		if err == nil {
			k.Name = k.note.Name()
			k.print = fmt.Sprintf("%08x", k.note.KeyHash())
		}
	case name != "":
		err = k.shared(bytes.TrimSuffix(bytes.TrimSuffix(content, []byte{'\n'}), []byte{'\r'}), nil)
	default:
		err = errors.New("neither a verifier key, nor PEM, nor a shared secret written as hex:…, base64:… or text:…")
	}
	if err != nil {
		return Key{}, fmt.Errorf("read key %s: %w", name, err)
	}
	if k.Name == "" && k.public != nil {
		k.Name = k.print
	}
	return k, nil
}

func (k *Key) shared(b []byte, err error) error {
	switch {
	case err != nil:
		return errors.New("the secret does not decode") // never quote it
	case len(b) < 8:
		return errors.New("a secret of fewer than eight bytes protects nothing")
	}
	k.kind, k.secret = "hmac", secret.New(string(b))
	return nil
}

func (k *Key) pem(text []byte) error {
	block, rest := pem.Decode(text)
	switch {
	case block == nil:
		return errors.New("the PEM block does not decode")
	case len(bytes.TrimSpace(rest)) > 0:
		return errors.New("one file holds one key")
	case strings.Contains(block.Type, "PRIVATE"):
		return errors.New("this is a private key: keep it to yourself, and give its public half")
	}
	var err error
	switch block.Type {
	case "RSA PUBLIC KEY":
		k.public, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		var c *x509.Certificate
		if c, err = x509.ParseCertificate(block.Bytes); err == nil {
			k.cert, k.public, k.from, k.to = c, c.PublicKey, evidence.InstantOf(c.NotBefore), evidence.InstantOf(c.NotAfter)
		}
	default:
		k.public, err = x509.ParsePKIXPublicKey(block.Bytes)
	}
	if err != nil {
		return err
	}
	sum := sha256.Sum256(block.Bytes)
	k.print = hex.EncodeToString(sum[:8])
	switch p := k.public.(type) {
	case ed25519.PublicKey:
		k.kind = "ed25519"
	case *ecdsa.PublicKey:
		switch p.Curve {
		case elliptic.P256():
			k.kind = "ecdsa-p256"
		case elliptic.P384():
			k.kind = "ecdsa-p384"
		case elliptic.P521():
			k.kind = "ecdsa-p521"
		default:
			return fmt.Errorf("an ECDSA key on %s: P-256, P-384 and P-521 are read", p.Curve.Params().Name)
		}
	case *rsa.PublicKey:
		if p.N.BitLen() < 2048 {
			return fmt.Errorf("an RSA key of %d bits proves nothing: 2048 is the least", p.N.BitLen())
		}
		k.kind = "rsa"
	default:
		return fmt.Errorf("a key of type %T: Ed25519, ECDSA and RSA are read", p)
	}
	return nil
}

// expired reports whether the key was not good at the time.
func (k *Key) expired(at evidence.Instant) bool {
	return k.to != 0 && (at < k.from || at > k.to)
}

// use returns the key as the report shows it.
func (k Key) use() KeyUse {
	return KeyUse{Name: k.Name, Kind: k.kind, Fingerprint: k.print, Role: k.Role}
}
