// Package tsatest is a time-stamp authority for tests. It makes real tokens
// with a key of its own, over whatever it is asked for.
package tsatest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// Authority signs time-stamps. Its zero value is of no use: New makes one.
type Authority struct {
	Root *x509.Certificate // to be pinned
	Now  time.Time         // what it states

	leaf *x509.Certificate
	key  *ecdsa.PrivateKey
}

var (
	oidSHA256     = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidECDSA      = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidKind       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidCert       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	policy        = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 55555, 1}
	tag0          = der.Tag(0).ContextSpecific().Constructed()
)

// New makes an authority with a root of its own that states the time given.
func New(now time.Time) (*Authority, error) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	a := &Authority{Now: now.UTC()}
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	from, to := now.AddDate(-1, 0, 0), now.AddDate(10, 0, 0)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Time Root"}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	if a.Root, err = certify(root, root, &rootKey.PublicKey, rootKey); err != nil {
		return nil, err
	}
	use, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		return nil, err
	}
	a.leaf, err = certify(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Example Time Authority"}, NotBefore: from, NotAfter: to, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: use}},
	}, a.Root, &a.key.PublicKey, rootKey)
	return a, err
}

func certify(c, by *x509.Certificate, public, key any) (*x509.Certificate, error) {
	b, err := x509.CreateCertificate(rand.Reader, c, by, public, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(b)
}

// PEM returns the root as a file holds it.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw})
}

// Stamp answers as if it had been asked for the bytes, without a nonce.
func (a *Authority) Stamp(b []byte) ([]byte, error) {
	sum := sha256.Sum256(b)
	return a.answer(sum[:], nil)
}

// ServeHTTP answers a request over a SHA-256 digest.
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4096))
	var out []byte
	if err == nil {
		out, err = a.Reply(body)
	}
	if err != nil || r.Method != http.MethodPost {
		http.Error(w, "no request", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(out) // whoever asked sees what is missing
}

// Reply answers a TimeStampReq over a SHA-256 digest.
func (a *Authority) Reply(query []byte) ([]byte, error) {
	in := cryptobyte.String(query)
	var req, imprint, alg, digest cryptobyte.String
	var version int64
	nonce := new(big.Int)
	if !in.ReadASN1(&req, der.SEQUENCE) || !req.ReadASN1Integer(&version) || !req.ReadASN1(&imprint, der.SEQUENCE) ||
		!imprint.ReadASN1(&alg, der.SEQUENCE) || !imprint.ReadASN1(&digest, der.OCTET_STRING) || len(digest) != sha256.Size || !req.ReadASN1Integer(nonce) {
		return nil, errors.New("it is no request that this authority answers")
	}
	return a.answer(digest, nonce)
}

func (a *Authority) answer(digest []byte, nonce *big.Int) ([]byte, error) {
	info, err := a.info(digest, nonce)
	if err != nil {
		return nil, err
	}
	attrs, err := a.attributes(info)
	if err != nil {
		return nil, err
	}
	var set cryptobyte.Builder
	set.AddASN1(der.SET, func(b *cryptobyte.Builder) { b.AddBytes(attrs) })
	signed, err := set.Bytes()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(signed)
	sig, err := a.key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(0) })
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidSignedData)
			b.AddASN1(tag0, func(b *cryptobyte.Builder) { a.signedData(b, info, attrs, sig) })
		})
	})
	return b.Bytes()
}

func (a *Authority) info(digest []byte, nonce *big.Int) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1ObjectIdentifier(policy)
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			algorithm(b, oidSHA256)
			b.AddASN1OctetString(digest)
		})
		b.AddASN1Int64(7)
		b.AddASN1GeneralizedTime(a.Now)
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(1) })
		if nonce != nil {
			b.AddASN1BigInt(nonce)
		}
	})
	return b.Bytes()
}

// attributes are those that are signed, in the order of DER.
func (a *Authority) attributes(info []byte) ([]byte, error) {
	content, cert := sha256.Sum256(info), sha256.Sum256(a.leaf.Raw)
	var all [][]byte
	for _, x := range []struct {
		id  asn1.ObjectIdentifier
		set func(*cryptobyte.Builder)
	}{
		{oidKind, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidTSTInfo) }},
		{oidDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(content[:]) }},
		{oidCert, func(b *cryptobyte.Builder) {
			b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1OctetString(cert[:]) })
				})
			})
		}},
	} {
		var b cryptobyte.Builder
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(x.id)
			b.AddASN1(der.SET, x.set)
		})
		one, err := b.Bytes()
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	slices.SortFunc(all, bytes.Compare)
	return bytes.Join(all, nil), nil
}

func (a *Authority) signedData(b *cryptobyte.Builder, info, attrs, sig []byte) {
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(3)
		b.AddASN1(der.SET, func(b *cryptobyte.Builder) { algorithm(b, oidSHA256) })
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidTSTInfo)
			b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddASN1OctetString(info) })
		})
		b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddBytes(a.leaf.Raw) })
		b.AddASN1(der.SET, func(b *cryptobyte.Builder) {
			b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddBytes(a.leaf.RawIssuer)
					b.AddASN1BigInt(a.leaf.SerialNumber)
				})
				algorithm(b, oidSHA256)
				b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddBytes(attrs) })
				algorithm(b, oidECDSA)
				b.AddASN1OctetString(sig)
			})
		})
	})
}

func algorithm(b *cryptobyte.Builder, id asn1.ObjectIdentifier) {
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(id) })
}
