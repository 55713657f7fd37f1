package cloudtrail

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/integrity"
)

// FuzzDocument reads digests that strangers wrote. What is taken for one must
// say the same to a reader that takes the last of two members.
func FuzzDocument(f *testing.F) {
	b := newBucket()
	tr := b.trail("111122223333", "us-east-2", "main")
	for range 2 {
		f.Add([]byte(unpack(f, b.objects[tr.hour(2)])))
	}
	f.Add([]byte(`{"logFiles":[]}`))
	f.Add([]byte(`{"awsAccountId":"1","aws\u0041ccountId":"2"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, bad := readDocument(text)
		if bad != nil {
			if bad.note == "" && bad.code == "" {
				t.Fatal("a problem without a word")
			}
			return
		}
		var other struct {
			DigestS3Object string `json:"digestS3Object"`
			DigestEndTime  string `json:"digestEndTime"`
			LogFiles       []struct {
				S3Object  string `json:"s3Object"`
				HashValue string `json:"hashValue"`
			} `json:"logFiles"`
		}
		if strings.Count(strings.ToLower(string(text)), "logfiles") > 1 || strings.Contains(string(text), `\u`) {
			return // encoding/json takes names in any case
		}
		if err := json.Unmarshal(text, &other); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if len(other.LogFiles) != len(d.logs) {
			t.Fatalf("%q: %d log files, and %d", text, len(d.logs), len(other.LogFiles))
		}
	})
}

// FuzzCopy puts anything in the place of one file of a good copy. It must not be
// called verified unless the content is the same.
func FuzzCopy(f *testing.F) {
	b := newBucket()
	tr := b.trail("111122223333", "us-east-2", "main")
	tr.hour(1)
	log, first := tr.files[0], tr.digest
	tr.hour(1)
	keys := keyring(f, tr.key)
	for which, name := range []string{log, first, tr.digest} {
		f.Add(uint8(which), b.objects[name])
		f.Add(uint8(which), append(bytes.Clone(b.objects[name]), pack("{}")...))
		f.Add(uint8(which), b.objects[name][:20])
	}
	f.Add(uint8(3), b.sides[first])
	f.Fuzz(func(t *testing.T, which uint8, content []byte) {
		names := []string{log, first, tr.digest, tr.digest + metaEnding}
		name := names[int(which)%len(names)]
		dir := b.copy(t, tr.digest)
		writeFile(t, dir, name, content)
		r := check(t, dir, Options{Keys: keys, Workers: 1})
		if r.Verdict != integrity.Verified {
			return
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		o := newOpener(root)
		defer o.close()
		var got bytes.Buffer
		if name == names[3] {
			return // the signature held
		}
		if _, err := o.read(filepath.ToSlash(name), maxLog, &got); err != nil || got.String() != unpack(t, b.objects[name]) {
			t.Fatalf("%s with other content passed", name)
		}
	})
}
