package cloudtrail

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/logfile"
)

// document is what a digest file says.
type document struct {
	account        string
	start, end     evidence.Instant
	endText        string // as it stands, which is what was signed
	bucket, object string
	fingerprint    string
	prev           *link // nil for the first digest of a chain
	logs           []entry
}

// link is what a digest says about the one before it.
type link struct {
	bucket, object string
	sum            evidence.Digest
	signature      []byte
	text           string // the signature as it stands
}

// entry is what a digest says about one log file.
type entry struct {
	bucket         string
	object         string
	sum            evidence.Digest
	oldest, newest evidence.Instant
	timed          bool
}

// problem is why a digest cannot be taken at its word.
type problem struct {
	code   integrity.Code
	offset int64
	note   string
}

const (
	digestTime     = "2006-01-02T15:04:05Z"
	hashAlgorithm  = "SHA-256"
	signsAlgorithm = "SHA256withRSA"
	maxSignature   = 2048 // bytes: an RSA key of 16384 bits
)

var classes = map[logfile.Class]integrity.Code{
	logfile.BadJSON: integrity.BadJSON, logfile.BadUTF8: integrity.BadUTF8, logfile.DupKey: integrity.DupKey, logfile.TooDeep: integrity.BadJSON,
}

// readDocument reads the unpacked content of a digest file. Names are compared
// letter by letter, a name that stands twice is refused, and a word for an
// algorithm is compared and never obeyed. Members that are not known are left
// alone: the signature covers them.
func readDocument(content []byte) (*document, *problem) {
	if err := logfile.NewScanner(nil, false).Read(content); err != nil {
		return nil, &problem{classes[err.Class], int64(err.Offset), err.What}
	}
	m, err := canon.ParseObject(content)
	if err != nil {
		p := &problem{code: integrity.BadJSON, note: err.Error()}
		if s := (*canon.SyntaxError)(nil); errors.As(err, &s) {
			p.offset = int64(s.Offset)
		}
		return nil, p
	}
	r := &reader{m: m}
	d := &document{
		account: r.text("awsAccountId"), bucket: r.text("digestS3Bucket"), object: r.text("digestS3Object"),
		fingerprint: r.text("digestPublicKeyFingerprint"), endText: r.text("digestEndTime"),
	}
	d.start, d.end = r.time("digestStartTime"), r.time("digestEndTime")
	r.is("digestSignatureAlgorithm", signsAlgorithm)
	d.prev = r.link()
	list, ok := m["logFiles"].([]any)
	if !ok {
		r.miss("logFiles is no list")
	}
	for i, v := range list {
		if r.bad != nil {
			break
		}
		d.logs = append(d.logs, r.entry(i, v))
	}
	if r.bad == nil && d.end < d.start {
		r.miss("digestEndTime comes before digestStartTime")
	}
	if r.bad != nil {
		return nil, r.bad
	}
	return d, nil
}

// reader takes members out of an object and remembers the first that is wrong.
type reader struct {
	m   map[string]any
	bad *problem
}

func (r *reader) miss(format string, args ...any) {
	if r.bad == nil {
		r.bad = &problem{code: integrity.FieldMissing, note: fmt.Sprintf(format, args...)}
	}
}

func (r *reader) text(name string) string {
	s, ok := r.m[name].(string)
	if !ok || s == "" {
		r.miss("%s is not there, or is no text", name)
	}
	return s
}

func (r *reader) time(name string) evidence.Instant {
	s := r.text(name)
	t, err := time.Parse(digestTime, s)
	if err != nil || t.Format(digestTime) != s {
		r.miss("%s is no time such as 2026-01-31T09:00:00Z", name)
	}
	return evidence.InstantOf(t)
}

func (r *reader) digest(name string) evidence.Digest {
	d, err := evidence.ParseDigest(r.text(name))
	if err != nil {
		r.miss("%s is no SHA-256 in lower-case hex", name)
	}
	return d
}

func (r *reader) is(name, want string) {
	if got := r.text(name); got != want && r.bad == nil {
		r.bad = &problem{code: integrity.AlgUnexpected, note: fmt.Sprintf("%s is %q, and CloudTrail uses %s only", name, got, want)}
	}
}

var linkMembers = []string{"previousDigestS3Bucket", "previousDigestS3Object", "previousDigestHashValue", "previousDigestHashAlgorithm", "previousDigestSignature"}

// link reads the members about the digest before: all of them, or none.
func (r *reader) link() *link {
	none := 0
	for _, name := range linkMembers {
		v, there := r.m[name]
		if !there && name == "previousDigestSignature" {
			r.miss("%s is not there", name) // null where there is none
		}
		if v == nil {
			none++
		}
	}
	switch {
	case r.bad != nil || none == len(linkMembers):
		return nil
	case none > 0:
		r.miss("of the members about the digest before, some are null and some are not")
		return nil
	}
	l := &link{bucket: r.text("previousDigestS3Bucket"), object: r.text("previousDigestS3Object"), sum: r.digest("previousDigestHashValue"), text: r.text("previousDigestSignature")}
	r.is("previousDigestHashAlgorithm", hashAlgorithm)
	var err error
	if l.signature, err = hex.DecodeString(l.text); err != nil || len(l.signature) > maxSignature {
		r.miss("previousDigestSignature is no signature in hex")
	}
	return l
}

func (r *reader) entry(i int, v any) entry {
	m, ok := v.(map[string]any)
	if !ok {
		r.miss("entry %d of logFiles is no object", i+1)
		return entry{}
	}
	in := &reader{m: m}
	e := entry{bucket: in.text("s3Bucket"), object: in.text("s3Object"), sum: in.digest("hashValue")}
	in.is("hashAlgorithm", hashAlgorithm)
	times := &reader{m: m} // nothing rests on them
	e.oldest, e.newest = times.time("oldestEventTime"), times.time("newestEventTime")
	e.timed = times.bad == nil
	if in.bad != nil && r.bad == nil {
		in.bad.note = fmt.Sprintf("entry %d of logFiles: %s", i+1, in.bad.note)
		r.bad = in.bad
	}
	return e
}

// signed returns the bytes over which AWS signs a digest whose unpacked content
// has that hash.
func (d *document) signed(sum evidence.Digest) []byte {
	prev := "null"
	if d.prev != nil {
		prev = d.prev.text
	}
	return []byte(d.endText + "\n" + d.bucket + "/" + d.object + "\n" + sum.String() + "\n" + prev)
}
