package rfc3161

import (
	"encoding/asn1"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tieout/tieout/evidence/integrity"
)

// parseInfo reads what the authority states (TSTInfo).
func parseInfo(content []byte) (*Token, error) {
	in := cryptobyte.String(content)
	var info, imprint, digest, at cryptobyte.String
	var version int64
	var policy, hash asn1.ObjectIdentifier
	t := &Token{Serial: new(big.Int)}
	if !in.ReadASN1(&info, der.SEQUENCE) || !in.Empty() || !info.ReadASN1Integer(&version) || !info.ReadASN1ObjectIdentifier(&policy) ||
		!info.ReadASN1(&imprint, der.SEQUENCE) || !readDigest(&imprint, &hash) ||
		!imprint.ReadASN1(&digest, der.OCTET_STRING) || !imprint.Empty() || !info.ReadASN1Integer(t.Serial) || !info.ReadASN1(&at, der.GeneralizedTime) {
		return nil, malformed("what the authority states")
	}
	if version != 1 {
		return nil, fail(integrity.AlgUnexpected, "its version is %d: only version 1 is known", version)
	}
	if t.Hash = hashOf(hash); t.Hash == 0 {
		return nil, fail(integrity.AlgUnexpected, "it is over a digest by %s: SHA-256, SHA-384 and SHA-512 prove something, SHA-1 and what is unknown do not", hash)
	}
	if len(digest) != t.Hash.Size() {
		return nil, fail(integrity.SigBad, "its digest has %d bytes, %s has %d", len(digest), t.Hash, t.Hash.Size())
	}
	when, err := time.Parse("20060102150405Z", string(at))
	if err != nil || !strings.HasSuffix(string(at), "Z") {
		return nil, malformed("its time")
	}
	t.Digest, t.Policy, t.Time = digest, policy.String(), when
	return t, t.rest(info)
}

func readDigest(in *cryptobyte.String, to *asn1.ObjectIdentifier) bool {
	id, ok := digestAlgorithm(in)
	*to = id
	return ok
}

// rest reads what may follow: accuracy, order, nonce, name, extensions.
func (t *Token) rest(info cryptobyte.String) error {
	var acc, value, exts cryptobyte.String
	var has bool
	if !info.ReadOptionalASN1(&acc, &has, der.SEQUENCE) || has && !t.accuracy(acc) {
		return malformed("its accuracy")
	}
	if info.PeekASN1Tag(der.BOOLEAN) && !info.ReadASN1Boolean(&t.Ordered) {
		return malformed("what the authority states")
	}
	if info.PeekASN1Tag(der.INTEGER) {
		t.Nonce = new(big.Int)
		if !info.ReadASN1Integer(t.Nonce) {
			return malformed("its nonce")
		}
	}
	if !info.SkipOptionalASN1(der.Tag(0).ContextSpecific().Constructed()) || !info.ReadOptionalASN1(&exts, &has, der.Tag(1).ContextSpecific().Constructed()) || !info.Empty() {
		return malformed("what the authority states")
	}
	for has && !exts.Empty() {
		var ext cryptobyte.String
		var id asn1.ObjectIdentifier
		critical := false
		if !exts.ReadASN1(&ext, der.SEQUENCE) || !ext.ReadASN1ObjectIdentifier(&id) || ext.PeekASN1Tag(der.BOOLEAN) && !ext.ReadASN1Boolean(&critical) ||
			!ext.ReadASN1(&value, der.OCTET_STRING) || !ext.Empty() {
			return malformed("an extension")
		}
		if critical {
			return fail(integrity.AlgUnexpected, "it has the critical extension %s, which is not known here", id)
		}
	}
	return nil
}

func (t *Token) accuracy(in cryptobyte.String) bool {
	var n, milli, micro int64
	if in.PeekASN1Tag(der.INTEGER) && !in.ReadASN1Integer(&n) {
		return false
	}
	for i, to := range []*int64{&milli, &micro} {
		tag := der.Tag(i).ContextSpecific()
		if in.PeekASN1Tag(tag) && (!in.ReadASN1Int64WithTag(to, tag) || *to < 1 || *to > 999) {
			return false
		}
	}
	if n < 0 || n > 365*24*60*60 || !in.Empty() {
		return false
	}
	t.Accuracy = time.Duration(n)*time.Second + time.Duration(milli)*time.Millisecond + time.Duration(micro)*time.Microsecond
	return true
}
