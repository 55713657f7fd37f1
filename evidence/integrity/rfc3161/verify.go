package rfc3161

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha1" // the first form of the attribute names a certificate by it; it proves nothing alone
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tieout/tieout/evidence/integrity"
)

// Verify checks a token, or the answer of an authority with one in it. Its
// errors are of type *Error, or those that the digest could not be made with.
func Verify(b []byte, of Stamped, o Options) (*Token, error) {
	s, t, err := readToken(b)
	if err != nil {
		return nil, err
	}
	certs, err := s.certificates()
	if err != nil {
		return nil, err
	}
	if err := s.verify(t, certs); err != nil {
		return nil, err
	}
	if err := t.trusted(certs, o.Roots); err != nil {
		return nil, err
	}
	if o.Nonce != nil && (t.Nonce == nil || t.Nonce.Cmp(o.Nonce) != 0) {
		return nil, fail(integrity.HashMismatch, "its nonce is not the one that was sent: it is the answer to another request")
	}
	want, err := of(t.Hash)
	if err != nil {
		return nil, fmt.Errorf("check time-stamp: %w", err)
	}
	if !bytes.Equal(want, t.Digest) {
		return nil, fail(integrity.HashMismatch, "it was made over other bytes: their %s is %x, not %x", t.Hash, t.Digest, want)
	}
	return t, nil
}

// Stated reads what a token states without checking it. It serves to say what
// is missing, and proves nothing.
func Stated(b []byte) (*Token, error) {
	_, t, err := readToken(b)
	return t, err
}

// readToken reads what is signed and what it states. Nothing of it is checked.
func readToken(b []byte) (*signed, *Token, error) {
	token, err := unwrap(b)
	if err != nil {
		return nil, nil, err
	}
	s, err := parseSigned(token)
	if err != nil {
		return nil, nil, err
	}
	t, err := parseInfo(s.content)
	if err != nil {
		return nil, nil, err
	}
	t.DER = token
	return s, t, nil
}

func (s *signed) certificates() ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	in := cryptobyte.String(s.certs)
	for !in.Empty() {
		var one cryptobyte.String
		var tag der.Tag
		if !in.ReadAnyASN1Element(&one, &tag) || len(out) == 32 {
			return nil, malformed("the list of certificates")
		}
		if tag != der.SEQUENCE {
			continue // an attribute certificate, on which nothing rests
		}
		c, err := x509.ParseCertificate(one)
		if err != nil {
			return nil, fail(integrity.Unreadable, "a certificate in it cannot be read: %v", err)
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, fail(integrity.KeyMissing, "it brings no certificate, so nothing in it can be checked: ask the authority again, with its certificate in the answer")
	}
	return out, nil
}

// verify checks the signature and everything that binds it to the content and
// to one certificate.
func (s *signed) verify(t *Token, certs []*x509.Certificate) error {
	i := slices.IndexFunc(certs, s.signer.made)
	if i < 0 {
		return fail(integrity.KeyMissing, "the certificate of its signer is not in it")
	}
	t.Signer = certs[i]
	kind, err := s.signer.attribute(oidContentType)
	if err != nil {
		return err
	}
	var id asn1.ObjectIdentifier
	if !kind.ReadASN1ObjectIdentifier(&id) || !id.Equal(oidTSTInfo) {
		return fail(integrity.SigBad, "its signature is not over a time-stamp")
	}
	h := hashOf(s.signer.digest)
	if h == 0 {
		return fail(integrity.AlgUnexpected, "it is signed over a digest by %s: SHA-256, SHA-384 and SHA-512 are taken", s.signer.digest)
	}
	said, err := s.signer.attribute(oidMessageDigest)
	if err != nil {
		return err
	}
	var digest cryptobyte.String
	if !said.ReadASN1(&digest, der.OCTET_STRING) || !bytes.Equal(digest, sumOf(h, s.content)) {
		return fail(integrity.SigBad, "its signature is over other content")
	}
	if err := s.signer.names(t); err != nil {
		return err
	}
	alg := signatureOf(s.signer.alg, h)
	if alg == x509.UnknownSignatureAlgorithm {
		return fail(integrity.Unreadable, "it is signed with %s, which is not read here", s.signer.alg)
	}
	var set cryptobyte.Builder
	set.AddASN1(der.SET, func(b *cryptobyte.Builder) { b.AddBytes(s.signer.attrs) })
	msg, err := set.Bytes()
	if err != nil {
		return malformed("the signed attributes")
	}
	if err := t.Signer.CheckSignature(alg, msg, s.signer.sig); err != nil {
		return fail(integrity.SigBad, "its signature does not hold")
	}
	return nil
}

func sumOf(h crypto.Hash, b []byte) []byte {
	sum := h.New()
	sum.Write(b)
	return sum.Sum(nil)
}

// made reports whether the signer says that the certificate is its own.
func (s *signer) made(c *x509.Certificate) bool {
	if s.keyID != nil {
		return bytes.Equal(s.keyID, c.SubjectKeyId)
	}
	return bytes.Equal(s.issuer, c.RawIssuer) && new(big.Int).SetBytes(s.serial).Cmp(c.SerialNumber) == 0
}

// names checks the signed attribute that names the certificate: without it,
// another certificate with the same key could be put in its place.
func (s *signer) names(t *Token) error {
	v1, err := s.attribute(oidSigningCert)
	if err != nil {
		return err
	}
	v2, err := s.attribute(oidSigningCertV2)
	if err != nil {
		return err
	}
	if v1 == nil && v2 == nil {
		return fail(integrity.SigBad, "its signature does not cover which certificate it was made with")
	}
	if v1 != nil && !namesCert(v1, t.Signer, false) || v2 != nil && !namesCert(v2, t.Signer, true) {
		return fail(integrity.SigBad, "its signature names another certificate than the one in it")
	}
	if v2 == nil {
		t.Weak = "the signature names its certificate by SHA-1 only"
	}
	return nil
}

// namesCert reads ESSCertID or ESSCertIDv2, of which the first one counts.
func namesCert(in cryptobyte.String, c *x509.Certificate, second bool) bool {
	var attr, list, id, alg, sum, is, general, name, serial cryptobyte.String
	if !in.ReadASN1(&attr, der.SEQUENCE) || !attr.ReadASN1(&list, der.SEQUENCE) || !list.ReadASN1(&id, der.SEQUENCE) {
		return false
	}
	first := sha1.Sum(c.Raw)
	want := first[:]
	if second {
		h := crypto.SHA256
		if id.PeekASN1Tag(der.SEQUENCE) {
			var oid asn1.ObjectIdentifier
			if !id.ReadASN1(&alg, der.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(&oid) {
				return false
			}
			if h = hashOf(oid); h == 0 {
				return false
			}
		}
		want = sumOf(h, c.Raw)
	}
	if !id.ReadASN1(&sum, der.OCTET_STRING) || !bytes.Equal(sum, want) {
		return false
	}
	if id.Empty() {
		return true
	}
	directory := der.Tag(4).ContextSpecific().Constructed()
	return id.ReadASN1(&is, der.SEQUENCE) && id.Empty() && is.ReadASN1(&general, der.SEQUENCE) && general.ReadASN1(&name, directory) && general.Empty() &&
		is.ReadASN1(&serial, der.INTEGER) && is.Empty() && bytes.Equal(name, c.RawIssuer) && new(big.Int).SetBytes(serial).Cmp(c.SerialNumber) == 0
}

// trusted checks that the certificate is one for time stamps, and led to a
// pinned root when the stamp was made.
func (t *Token) trusted(certs, pinned []*x509.Certificate) error {
	c := t.Signer
	critical := slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oidExtKeyUsage) && e.Critical })
	alone := len(c.ExtKeyUsage) == 1 && c.ExtKeyUsage[0] == x509.ExtKeyUsageTimeStamping && len(c.UnknownExtKeyUsage) == 0
	if !critical || !alone {
		return fail(integrity.SigBad, "the certificate %q is not for time stamps alone: that use must be its only one, and critical", c.Subject)
	}
	if c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return fail(integrity.SigBad, "the certificate %q may not sign", c.Subject)
	}
	if len(pinned) == 0 {
		return fail(integrity.KeyMissing, "no root certificate was given: name the authority's with --key FILE, from a place other than the token")
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, r := range pinned {
		roots.AddCert(r)
	}
	for _, i := range certs {
		between.AddCert(i)
	}
	chains, err := c.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: t.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fail(integrity.KeyExpired, "the certificate %q was not good when the stamp was made, at %s", invalid.Cert.Subject, t.Time.Format("2006-01-02T15:04:05Z"))
	case errors.As(err, &x509.UnknownAuthorityError{}):
		return fail(integrity.KeyUnknown, "the certificate %q of %q leads to no root that was given", c.Subject, c.Issuer)
	case err != nil:
		return fail(integrity.SigBad, "the certificates do not hold: %v", err)
	}
	for _, x := range chains[0] {
		if k, ok := x.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() < 2048 {
			return fail(integrity.AlgUnexpected, "the RSA key of %q has %d bits: fewer than 2048 prove nothing", x.Subject, k.N.BitLen())
		}
	}
	t.Root = chains[0][len(chains[0])-1]
	return nil
}
