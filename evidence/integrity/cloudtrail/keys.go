package cloudtrail

import (
	"crypto"
	"crypto/md5" // an identifier that AWS made, and no protection
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// MaxKeys bounds a file of keys: some hundred bytes for each.
const MaxKeys = 4 << 20

const minBits = 2048

// Key is one public key of CloudTrail.
type Key struct {
	Fingerprint string // lower-case hex MD5 of the key's PKCS#1 DER: its name, not a protection
	From, To    evidence.Instant
	DER         []byte

	public *rsa.PublicKey
}

// Keys are the keys that were handed over, by their fingerprints.
type Keys map[string]*Key

// IsKeys reports whether the content of a file is an export of keys, and no
// other kind of key.
func IsKeys(content []byte) bool {
	text := strings.TrimLeft(string(content[:min(len(content), 1<<10)]), " \t\r\n")
	return strings.HasPrefix(text, "{") && strings.Contains(text, `"PublicKeyList"`)
}

// Read adds the keys of a file as `aws cloudtrail list-public-keys` prints it.
// Every key is checked against the fingerprint that stands beside it; keys of
// fewer than 2048 bits and lists that go on elsewhere are refused. name stands
// in errors.
func (k Keys) Read(name string, content []byte) error {
	if len(content) > MaxKeys {
		return fmt.Errorf("read keys %s: %d bytes are more than the %d that are read", name, len(content), MaxKeys)
	}
	doc, err := canon.ParseObject(content)
	if err != nil {
		return fmt.Errorf("read keys %s: %w", name, err)
	}
	if next, ok := doc["NextToken"]; ok && next != nil {
		return fmt.Errorf("read keys %s: the list goes on behind its NextToken: export it whole", name)
	}
	list, ok := doc["PublicKeyList"].([]any)
	if !ok {
		return fmt.Errorf("read keys %s: it has no PublicKeyList: export one with 'aws cloudtrail list-public-keys'", name)
	}
	if len(list) == 0 {
		return fmt.Errorf("read keys %s: its PublicKeyList is empty: export the keys of the region, from the period's start to two hours behind its end", name)
	}
	for i, v := range list {
		key, err := readKey(v)
		if err != nil {
			return fmt.Errorf("read keys %s: key %d: %w", name, i+1, err)
		}
		if old := k[key.Fingerprint]; old != nil {
			key.From, key.To = min(key.From, old.From), max(key.To, old.To)
		}
		k[key.Fingerprint] = key
	}
	return nil
}

func readKey(v any) (*Key, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("it is no object")
	}
	value, _ := m["Value"].(string)
	fingerprint, _ := m["Fingerprint"].(string)
	der, err := base64.StdEncoding.DecodeString(value)
	if err != nil || value == "" {
		return nil, errors.New("its Value is not base64")
	}
	public, err := x509.ParsePKCS1PublicKey(der)
	if err != nil {
		return nil, errors.New("its Value is no RSA public key in PKCS#1 form")
	}
	if n := public.N.BitLen(); n < minBits {
		return nil, fmt.Errorf("an RSA key of %d bits proves nothing: %d is the least", n, minBits)
	}
	sum := md5.Sum(der)
	if own := hex.EncodeToString(sum[:]); own != fingerprint {
		return nil, fmt.Errorf("its Fingerprint is %q, and that of its Value is %s: the file was changed", fingerprint, own)
	}
	key := &Key{Fingerprint: fingerprint, DER: der, public: public}
	if key.From, err = keyMoment(m["ValidityStartTime"]); err != nil {
		return nil, fmt.Errorf("its ValidityStartTime: %w", err)
	}
	if key.To, err = keyMoment(m["ValidityEndTime"]); err != nil {
		return nil, fmt.Errorf("its ValidityEndTime: %w", err)
	}
	return key, nil
}

// keyMoment reads a time as the command line prints it: text with a zone, or
// seconds since 1970, by its version and settings.
func keyMoment(v any) (evidence.Instant, error) {
	switch v := v.(type) {
	case string:
		return evidence.ParseInstant(v)
	case canon.Number:
		s, err := v.Float64()
		if err != nil || s < 0 || s > 253402300799 {
			return 0, fmt.Errorf("%s is no number of seconds", v)
		}
		return evidence.InstantOf(time.UnixMilli(int64(s * 1000))), nil
	}
	return 0, errors.New("it is neither a time nor a number of seconds")
}

// holds reports whether AWS signed the text with the key. The algorithm is
// fixed here: nothing that a file says about it is obeyed.
func (k *Key) holds(text, signature []byte) bool {
	sum := sha256.Sum256(text)
	return rsa.VerifyPKCS1v15(k.public, crypto.SHA256, sum[:], signature) == nil
}

// signLag is how long after the end of its hour a digest may be signed: the key
// in use then may have begun after that end.
const signLag = 2 * time.Hour

// valid reports whether the key was in use when a digest was signed that ended
// at the moment, or, of late files, that was made around it.
func (k *Key) valid(at evidence.Instant, backfill bool) bool {
	before, after := evidence.Instant(0), evidence.Instant(signLag.Microseconds())
	if backfill {
		before = evidence.Instant(time.Hour.Microseconds())
		after = before
	}
	return k.From <= at+after && at-before <= k.To
}
