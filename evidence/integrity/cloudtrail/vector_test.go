package cloudtrail

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
)

// What was signed in a vector that was made with openssl.
const (
	vectorKey         = "MIIBCgKCAQEAzpjdvv5wK0GAZkbzZtUXdLrJGDbrp2Y+WrGmR2Q4+g2KOS+hrZW0nECP7v5RLDX2hM0juUPbuDa88DPQ/K7JMN0Urphpo0G2Z+lh7o1qHL/D9STEleN9DL8+S4Y6Eoa12gp5HjGkhQJBc7e6Qt2/SbkQBVwlPQrvIznv6nFYzr1oJ6BoNsNRLHyW0Bbb7vF8fPvilqWaZ4ufwHkrgUQns5+Sr8CZ4cLpAbR65mokXE0c2RXX6+4PMTA89LhkCe4Jd9LCyKYtCuqcuGoJgcrSPzmOmuIfVrQeGvLqTBby093z9XK4xdD+Lb5EEe+5+mud71FQ+ObGm9syjrPW+acAoQIDAQAB"
	vectorFingerprint = "2605bf784c102f6ddeb01187384c2291"
	vectorObject      = "AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2026/03/01/111122223333_CloudTrail-Digest_us-east-2_t1_us-east-2_20260301T010000Z.json.gz"
	vectorHash        = "6417545c2c1bd0a67700ce3a3d5c9b1b67970d1df05002d7a98a13c9aaa203ba"
	vectorSignature   = "32be5a48255240ea00fd1d78de819a3eb126bd7b5b3c37d67c6fa8a347c1d07d500c25f72aefefc55b11c66b39b5ba838ecbe672b90cf34fecf620392fa73aee8602b4995c07c77dec2234824037d5a6b085537982ac70b194a65c30e7d039c0164bd31d23c774282eba9613f85d5cee002a1d1c8c4d878299239ddeb64746a1e383a0225c255b4bf83b4cae707048bfc0162def822f7289238b69e2acb74c586ae2dfff275c70a29ea830d7708755cf37b8453bf75d9b9acc8f2f2d69639d314d934dba0848b7456ecb8496462b41ad01467cde97032d9ef06370590d0061eb037b1137791a9b04a0af8e11d2a0160c020001f27ef99d08e708fdfd7805c279"
)

func vectorKeys(t *testing.T, change func(key map[string]string)) ([]byte, error) {
	t.Helper()
	key := map[string]string{"Value": vectorKey, "Fingerprint": vectorFingerprint, "ValidityStartTime": "2026-02-20T01:00:00+01:00", "ValidityEndTime": "2026-03-20T00:00:00Z"}
	if change != nil {
		change(key)
	}
	b, err := json.Marshal(map[string]any{"PublicKeyList": []any{key}})
	if err != nil {
		t.Fatal(err)
	}
	return b, Keys{}.Read("keys.json", b)
}

func TestSignedTextOfTheVector(t *testing.T) {
	t.Parallel()
	text, err := vectorKeys(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := Keys{}
	if err := keys.Read("keys.json", text); err != nil {
		t.Fatal(err)
	}
	key := keys[vectorFingerprint]
	sum, err := evidence.ParseDigest(vectorHash)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := hex.DecodeString(vectorSignature)
	if err != nil {
		t.Fatal(err)
	}
	d := &document{endText: "2026-03-01T01:00:00Z", bucket: "example-bucket", object: vectorObject}
	if !key.holds(d.signed(sum), sig) {
		t.Fatal("the vector's signature does not hold")
	}
	d.bucket = "other-bucket"
	if key.holds(d.signed(sum), sig) {
		t.Fatal("the signature holds for another bucket")
	}
	if n, ok := parseDigestName(vectorObject[strings.LastIndexByte(vectorObject, '/')+1:], "111122223333", "us-east-2"); !ok || n.trail != "t1" || n.home != "us-east-2" || n.backfill || n.end.String() != "2026-03-01T01:00:00.000000Z" {
		t.Errorf("%+v", n)
	}
}

// TestSignedTextWithoutAPredecessor is the case that AWS's command line has in
// its own tests.
func TestSignedTextWithoutAPredecessor(t *testing.T) {
	t.Parallel()
	d := &document{endText: "a", bucket: "b", object: "c"}
	want := "a\nb/c\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\nnull"
	if got := string(d.signed(evidence.DigestOf([]byte("abc")))); got != want {
		t.Errorf("%q", got)
	}
	d.prev = &link{text: "00ff"}
	if got := string(d.signed(evidence.DigestOf([]byte("abc")))); got != strings.TrimSuffix(want, "null")+"00ff" {
		t.Errorf("%q", got)
	}
}

func TestKeysAreCheckedAgainstTheirFingerprints(t *testing.T) {
	t.Parallel()
	small, err := base64.StdEncoding.DecodeString("MIGJAoGBAK2jPZ1+nGGPxnZ7")
	if err != nil || len(small) == 0 {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(map[string]string)
		want   string
	}{
		"another fingerprint": {func(k map[string]string) { k["Fingerprint"] = strings.Repeat("0", 32) }, "the file was changed"},
		"no base64":           {func(k map[string]string) { k["Value"] = "*" }, "not base64"},
		"no key":              {func(k map[string]string) { k["Value"] = base64.StdEncoding.EncodeToString(small) }, "no RSA public key"},
		"no time":             {func(k map[string]string) { delete(k, "ValidityEndTime") }, "ValidityEndTime"},
		"no zone":             {func(k map[string]string) { k["ValidityEndTime"] = "2026-03-20T00:00:00" }, "without zone"},
	} {
		if _, err := vectorKeys(t, c.change); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The command line prints seconds, too.
	seconds := `{"PublicKeyList":[{"Value":"` + vectorKey + `","Fingerprint":"` + vectorFingerprint + `","ValidityStartTime":1771545600.0,"ValidityEndTime":1.7739648e9}]}`
	keys := Keys{}
	if err := keys.Read("keys.json", []byte(seconds)); err != nil || keys[vectorFingerprint].From.String() != "2026-02-20T00:00:00.000000Z" {
		t.Fatal(keys, err)
	}
	for text, want := range map[string]string{
		`{"PublicKeyList":[],"NextToken":"x"}`: "NextToken", `{"PublicKeyList":[]}`: "empty", `{"PublicKeyList":[{}],"PublicKeyList":[]}`: "PublicKeyList", `{}`: "no PublicKeyList",
	} {
		if err := (Keys{}).Read("keys.json", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestAKeyOfAWS is the key that AWS prints in the description of its command:
// its fingerprint is the MD5 of its PKCS#1 form.
func TestAKeyOfAWS(t *testing.T) {
	t.Parallel()
	const file = `{"PublicKeyList": [{"ValidityStartTime": 1453076702.0, "ValidityEndTime": 1455668702.0, "Fingerprint": "7f3f401420072e50a65a141430817ab3",
		"Value": "MIIBCgKCAQEAlSS3cl92HDycr/MTj0moOhas8habjrraXw+KzlWF0axSI2tcF+3iJ9BKQAVSKxGwxwu3m0wG3J+kUl1xboEcEPHYoIYMbgfSw7KGnuDKwkLzsQWhUJ0cIbOHASox1vv/5fNXkrHhGbDCHeVXm804c83nvHUEFYThr1PfyP/8HwrCtR3FX5OANtQCP61C1nJtSSkC8JSQUOrIP4CuwJjc+4WGDk+BGH5m9iuiAKkipEHWmUl8/P7XpfpWQuk4h8g3pXZOrNXr08lbh4d39svj7UqdhvOXoBISp9t/EXYuePGEtBdrKD9Dz+VHwyUPtBQvYr9BnkF88qBnaPNhS44rzwIDAQAB"}]}`
	if !IsKeys([]byte(file)) {
		t.Error("it is not recognised")
	}
	keys := Keys{}
	if err := keys.Read("keys.json", []byte(file)); err != nil || len(keys) != 1 {
		t.Fatal(err)
	}
	k := keys["7f3f401420072e50a65a141430817ab3"]
	if k.From.String() != "2016-01-18T00:25:02.000000Z" || k.public.N.BitLen() != 2048 {
		t.Errorf("%s, %d bits", k.From, k.public.N.BitLen())
	}
}

func TestSmallKeysAreRefused(t *testing.T) {
	t.Parallel()
	// 1024 bits: the modulus is 2^1024 - 1, which proves nothing either way.
	der, err := hex.DecodeString("308189" + "028181" + "00" + strings.Repeat("ff", 128) + "0203010001")
	if err != nil {
		t.Fatal(err)
	}
	sum := md5.Sum(der)
	_, err = vectorKeys(t, func(k map[string]string) {
		k["Value"], k["Fingerprint"] = base64.StdEncoding.EncodeToString(der), hex.EncodeToString(sum[:])
	})
	if err == nil || !strings.Contains(err.Error(), "1024 bits") {
		t.Fatal(err)
	}
}
