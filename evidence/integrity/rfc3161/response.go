package rfc3161

import (
	"encoding/asn1"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tieout/tieout/evidence/integrity"
)

var statusWords = map[int64]string{1: "granted with modifications", 2: "rejected", 3: "to be waited for", 4: "warned of revocation", 5: "revoked"}

// unwrap returns the token in an answer (TimeStampResp), or the bytes
// themselves where they are a token.
func unwrap(b []byte) (token []byte, err error) {
	if len(b) > MaxToken {
		return nil, fail(integrity.Oversize, "%d bytes are more than the %d that a token may have", len(b), MaxToken)
	}
	in := cryptobyte.String(b)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, der.SEQUENCE) || !in.Empty() {
		return nil, malformed("the token")
	}
	if seq.PeekASN1Tag(der.OBJECT_IDENTIFIER) {
		return b, nil
	}
	var status, rest cryptobyte.String
	var code int64
	if !seq.ReadASN1(&status, der.SEQUENCE) || !status.ReadASN1Integer(&code) {
		return nil, malformed("the status of the answer")
	}
	if code != 0 {
		word := statusWords[code]
		if word == "" {
			word = "of a status that is not known"
		}
		return nil, fail(integrity.Unreadable, "the authority made no token: the request was %s%s", word, statusText(status))
	}
	if !seq.ReadASN1Element(&rest, der.SEQUENCE) || !seq.Empty() {
		return nil, malformed("the token in the answer")
	}
	return rest, nil
}

// statusText returns what the authority says about its status.
func statusText(status cryptobyte.String) string {
	var texts, t cryptobyte.String
	if !status.ReadASN1(&texts, der.SEQUENCE) {
		return ""
	}
	var out []string
	for texts.ReadASN1(&t, der.UTF8String) && len(out) < 10 {
		out = append(out, integrity.Visible(string(t)))
	}
	if len(out) == 0 {
		return ""
	}
	return ": " + strings.Join(out, "; ")
}

// signed is the parts of a SignedData that a token rests on.
type signed struct {
	content []byte // the TSTInfo
	certs   []byte // the certificates, one behind the other
	signer  signer
}

type signer struct {
	issuer []byte // DER of the name, and the serial; or the key id
	serial []byte
	keyID  []byte
	digest asn1.ObjectIdentifier
	attrs  []byte // the content of the set
	alg    asn1.ObjectIdentifier
	sig    []byte
}

// parseSigned reads the CMS around a TSTInfo.
func parseSigned(token []byte) (*signed, error) {
	in := cryptobyte.String(token)
	var info, wrapped, sd cryptobyte.String
	var kind asn1.ObjectIdentifier
	tag0 := der.Tag(0).ContextSpecific().Constructed()
	if !in.ReadASN1(&info, der.SEQUENCE) || !in.Empty() || !info.ReadASN1ObjectIdentifier(&kind) || !info.ReadASN1(&wrapped, tag0) || !info.Empty() {
		return nil, malformed("the token")
	}
	if !kind.Equal(oidSignedData) {
		return nil, fail(integrity.Unreadable, "it is of type %s, and no signed data", kind)
	}
	var version int64
	var algs, encap, eContent, content, certs, signers, one cryptobyte.String
	var hasContent, hasCerts bool
	if !wrapped.ReadASN1(&sd, der.SEQUENCE) || !wrapped.Empty() || !sd.ReadASN1Integer(&version) || !sd.ReadASN1(&algs, der.SET) ||
		!sd.ReadASN1(&encap, der.SEQUENCE) || !encap.ReadASN1ObjectIdentifier(&kind) || !encap.ReadOptionalASN1(&eContent, &hasContent, tag0) || !encap.Empty() {
		return nil, malformed("the signed data")
	}
	if !kind.Equal(oidTSTInfo) {
		return nil, fail(integrity.SigBad, "what was signed is of type %s, and no time-stamp", kind)
	}
	if version != 3 {
		return nil, fail(integrity.AlgUnexpected, "the signed data is of version %d, a time-stamp's is 3", version)
	}
	if !hasContent || !eContent.ReadASN1(&content, der.OCTET_STRING) || !eContent.Empty() {
		return nil, malformed("the content of the token")
	}
	if !sd.ReadOptionalASN1(&certs, &hasCerts, tag0) || !sd.SkipOptionalASN1(der.Tag(1).ContextSpecific().Constructed()) || !sd.ReadASN1(&signers, der.SET) || !sd.Empty() {
		return nil, malformed("the signed data")
	}
	if !signers.ReadASN1(&one, der.SEQUENCE) {
		return nil, malformed("the signer")
	}
	if !signers.Empty() {
		return nil, fail(integrity.SigBad, "more than one party signed it: a time-stamp has one signer")
	}
	out := &signed{content: content, certs: certs}
	if err := out.signer.parse(one); err != nil {
		return nil, err
	}
	return out, out.signer.listed(algs)
}

// listed checks the list of digest algorithms, which no signature covers: the
// signer's must be in it.
func (s *signer) listed(algs cryptobyte.String) error {
	found := false
	for !algs.Empty() {
		id, ok := digestAlgorithm(&algs)
		if !ok {
			return malformed("the list of digest algorithms")
		}
		found = found || id.Equal(s.digest)
	}
	if !found {
		return fail(integrity.AlgUnexpected, "the signer's digest %s is not among those that the token lists", s.digest)
	}
	return nil
}

// digestAlgorithm reads an algorithm that has no parameters, or the empty ones.
func digestAlgorithm(in *cryptobyte.String) (asn1.ObjectIdentifier, bool) {
	var alg, null cryptobyte.String
	var id asn1.ObjectIdentifier
	if !in.ReadASN1(&alg, der.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(&id) {
		return nil, false
	}
	if alg.Empty() {
		return id, true
	}
	return id, alg.ReadASN1(&null, der.NULL) && null.Empty() && alg.Empty()
}

func (s *signer) parse(in cryptobyte.String) error {
	var version int64
	var id, serial, attrs, sigAlg, sig cryptobyte.String
	var hasAttrs, ok bool
	tag0 := der.Tag(0).ContextSpecific()
	if !in.ReadASN1Integer(&version) {
		return malformed("the signer")
	}
	if in.PeekASN1Tag(tag0) {
		if !in.ReadASN1(&id, tag0) {
			return malformed("the signer's key id")
		}
		s.keyID = id
	} else {
		var name cryptobyte.String
		if !in.ReadASN1(&id, der.SEQUENCE) || !id.ReadASN1Element(&name, der.SEQUENCE) || !id.ReadASN1(&serial, der.INTEGER) || !id.Empty() {
			return malformed("the signer's name")
		}
		s.issuer, s.serial = name, serial
	}
	if s.keyID == nil && version != 1 || s.keyID != nil && version != 3 {
		return fail(integrity.AlgUnexpected, "the signer is of version %d, which does not go with how it is named", version)
	}
	if s.digest, ok = digestAlgorithm(&in); !ok {
		return malformed("the signer's digest algorithm")
	}
	if !in.ReadOptionalASN1(&attrs, &hasAttrs, tag0.Constructed()) ||
		!in.ReadASN1(&sigAlg, der.SEQUENCE) || !sigAlg.ReadASN1ObjectIdentifier(&s.alg) || !in.ReadASN1(&sig, der.OCTET_STRING) ||
		!in.SkipOptionalASN1(der.Tag(1).ContextSpecific().Constructed()) || !in.Empty() {
		return malformed("the signer")
	}
	if !hasAttrs {
		return fail(integrity.SigBad, "its signature covers no attributes, so it names no certificate")
	}
	s.attrs, s.sig = attrs, sig
	return nil
}

// attribute returns the single value of a signed attribute, nil where it is not
// there. An attribute that stands twice, or has two values, is an error.
func (s *signer) attribute(want asn1.ObjectIdentifier) (cryptobyte.String, error) {
	in := cryptobyte.String(s.attrs)
	var found cryptobyte.String
	for !in.Empty() {
		var attr, values, value cryptobyte.String
		var kind asn1.ObjectIdentifier
		var tag der.Tag
		if !in.ReadASN1(&attr, der.SEQUENCE) || !attr.ReadASN1ObjectIdentifier(&kind) || !attr.ReadASN1(&values, der.SET) || !attr.Empty() {
			return nil, malformed("a signed attribute")
		}
		if !kind.Equal(want) {
			continue
		}
		if found != nil || !values.ReadAnyASN1Element(&value, &tag) || !values.Empty() {
			return nil, fail(integrity.SigBad, "the signed attribute %s does not stand once with one value", want)
		}
		found = value
	}
	return found, nil
}
