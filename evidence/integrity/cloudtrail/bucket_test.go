package cloudtrail

import (
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence/integrity"
)

// This is a second CloudTrail, written from the description of its files alone:
// it shares no code with the verifier.

type awsKey struct {
	private     *rsa.PrivateKey
	fingerprint string
	value       string
	from, to    string
}

var makeKeys = sync.OnceValue(func() []*awsKey {
	var out []*awsKey
	for _, bits := range []int{2048, 2048, 2048} {
		k, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		der := x509.MarshalPKCS1PublicKey(&k.PublicKey)
		sum := md5.Sum(der)
		out = append(out, &awsKey{k, hex.EncodeToString(sum[:]), base64.StdEncoding.EncodeToString(der), "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"})
	}
	return out
})

func keyFile(keys ...*awsKey) []byte {
	var list []map[string]string
	for _, k := range keys {
		list = append(list, map[string]string{"Value": k.value, "Fingerprint": k.fingerprint, "ValidityStartTime": k.from, "ValidityEndTime": k.to})
	}
	b, err := json.Marshal(map[string]any{"PublicKeyList": list})
	if err != nil {
		panic(err)
	}
	return b
}

// trail writes the digests and log files of one trail into a bucket.
type trail struct {
	b                                           *bucket
	prefix, account, region, name, home, bucket string
	org                                         string
	backfill                                    bool
	key                                         *awsKey
	at                                          time.Time // end of the last hour

	prevObject, prevBucket, prevHash, prevSig string
	number                                    int
	edit                                      func(text string) string // of a digest before it is signed
	content                                   func() string            // of a log file, instead of one event
	files                                     []string                 // log files of the last hour
	digest                                    string                   // its object
}

// bucket is a copy in memory: contents by name, packed when written.
type bucket struct {
	objects map[string][]byte // packed
	sides   map[string][]byte
}

func newBucket() *bucket { return &bucket{map[string][]byte{}, map[string][]byte{}} }

func pack(content string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(content))
	_ = z.Close()
	return b.Bytes()
}

func unpack(t testing.TB, b []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := out.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func (b *bucket) trail(account, region, name string) *trail {
	return &trail{
		b: b, account: account, region: region, name: name, home: "us-east-2", bucket: "example-bucket", key: makeKeys()[0],
		at: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	}
}

func (t *trail) area() string {
	s := "AWSLogs/"
	if t.prefix != "" {
		s = t.prefix + "/" + s
	}
	if t.org != "" {
		s += t.org + "/"
	}
	return s + t.account
}

func hashOf(s string) string {
	d := sha256.Sum256([]byte(s))
	return hex.EncodeToString(d[:])
}

func quoted(s string) string {
	if s == "" {
		return "null"
	}
	return `"` + strings.ReplaceAll(s, "/", `\/`) + `"`
}

// hour writes one hour with so many log files, and returns the digest's name.
func (t *trail) hour(logs int) string {
	start, end := t.at, t.at.Add(time.Hour)
	t.at = end
	t.files = nil
	var entries []string
	for i := range logs {
		t.number++
		at := start.Add(time.Duration(5*i+5) * time.Minute)
		object := fmt.Sprintf("%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_%016d.json.gz", t.area(), t.region, at.Format("2006/01/02"), t.account, t.region, at.Format("20060102T1504Z"), t.number)
		content := fmt.Sprintf(`{"Records":[{"eventVersion":"1.08","eventTime":%q,"eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":%q,"eventID":"e-%d"}]}`, at.Format(time.RFC3339), t.region, t.number)
		if t.content != nil {
			content = t.content()
		}
		t.b.objects[object] = pack(content)
		t.files = append(t.files, object)
		entries = append(entries, fmt.Sprintf(`{"s3Bucket":%s,"s3Object":%s,"hashValue":%q,"hashAlgorithm":"SHA-256","newestEventTime":%q,"oldestEventTime":%q}`,
			quoted(t.bucket), quoted(object), hashOf(content), at.Format(time.RFC3339), at.Format(time.RFC3339)))
	}
	ending := ".json.gz"
	if t.backfill {
		ending = "_backfill.json.gz"
	}
	t.digest = fmt.Sprintf("%s/CloudTrail-Digest/%s/%s/%s_CloudTrail-Digest_%s_%s_%s_%s%s", t.area(), t.region, end.Format("2006/01/02"), t.account, t.region, t.name, t.home, end.Format("20060102T150405Z"), ending)
	algorithm := ""
	if t.prevObject != "" {
		algorithm = "SHA-256"
	}
	text := fmt.Sprintf(`{"awsAccountId":%q,"digestStartTime":%q,"digestEndTime":%q,"digestS3Bucket":%s,"digestS3Object":%s,"digestPublicKeyFingerprint":%q,"digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":null,"oldestEventTime":null,"previousDigestS3Bucket":%s,"previousDigestS3Object":%s,"previousDigestHashValue":%s,"previousDigestHashAlgorithm":%s,"previousDigestSignature":%s,"logFiles":[%s]}`,
		t.account, start.Format(time.RFC3339), end.Format(time.RFC3339), quoted(t.bucket), quoted(t.digest), t.key.fingerprint,
		quoted(t.prevBucket), quoted(t.prevObject), quoted(t.prevHash), quoted(algorithm), quoted(t.prevSig), strings.Join(entries, ","))
	if t.edit != nil {
		text = t.edit(text)
	}
	prev := t.prevSig
	if prev == "" {
		prev = "null"
	}
	signed := end.Format(time.RFC3339) + "\n" + t.bucket + "/" + t.digest + "\n" + hashOf(text) + "\n" + prev
	sum := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(nil, t.key.private, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	t.b.objects[t.digest] = pack(text)
	t.b.sides[t.digest] = []byte(fmt.Sprintf(`{"ContentType":"application/json","Metadata":{"signature":%q,"signature-algorithm":"SHA256withRSA"}}`, hex.EncodeToString(sig)))
	t.prevBucket, t.prevObject, t.prevHash, t.prevSig = t.bucket, t.digest, hashOf(text), hex.EncodeToString(sig)
	return t.digest
}

// copy writes the bucket into a folder. Side files are written for the digests
// named.
func (b *bucket) copy(t testing.TB, sides ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(b.objects)) {
		writeFile(t, dir, name, b.objects[name])
	}
	for _, name := range sides {
		writeFile(t, dir, name+metaEnding, b.sides[name])
	}
	return dir
}

func writeFile(t testing.TB, dir, name string, content []byte) {
	t.Helper()
	full := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func keyring(t testing.TB, keys ...*awsKey) Keys {
	t.Helper()
	out := Keys{}
	if len(keys) == 0 {
		return out
	}
	if err := out.Read("keys.json", keyFile(keys...)); err != nil {
		t.Fatal(err)
	}
	return out
}

func check(t testing.TB, dir string, o Options) *integrity.Report {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	r, err := Verify(t.Context(), root, "copy", o)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Text(&bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	return r
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
