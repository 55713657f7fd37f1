//go:build unix

package cloudtrail

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence/integrity"
)

const (
	benchHours   = 250
	benchLogs    = 12 // an hour: one every five minutes
	benchRecords = 130
)

// event is one record as a service writes it, about 1.5 kB.
func event(i int) string {
	return fmt.Sprintf(`{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE%08x:worker-%d","arn":"arn:aws:sts::111122223333:assumed-role/ingest/worker-%d","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE%08X","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE%08x","arn":"arn:aws:iam::111122223333:role/ingest","accountId":"111122223333","userName":"ingest"},"attributes":{"creationDate":"2026-03-01T00:00:%02dZ","mfaAuthenticated":"false"}}},"eventTime":"2026-03-01T%02d:%02d:%02dZ","eventSource":"kms.amazonaws.com","eventName":"Decrypt","awsRegion":"us-east-2","sourceIPAddress":"10.%d.%d.%d","userAgent":"aws-sdk-go-v2/1.%d.0 os/linux lang/go md/GOARCH#amd64 api/kms","requestParameters":{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::example-bucket/data/%08x"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"},"responseElements":null,"requestID":"%08x-4a5b-4c6d-8e7f-%012x","eventID":"%08x-9a8b-4c7d-8e6f-%012x","readOnly":true,"resources":[{"accountId":"111122223333","type":"AWS::KMS::Key","ARN":"arn:aws:kms:us-east-2:111122223333:key/%08x-1a2b-3c4d-5e6f-000000000000"}],"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"kms.us-east-2.amazonaws.com"}}`,
		i*7919, i%40, i%40, i*104729, i*31, i%60, i/3600%24, i/60%60, i%60, i%250, i/7%250, i/11%250, i%40, i*6151, i*2654435761, i*48611, i*40503, i*93179, i%9)
}

// benchCopy writes a copy of so many hours.
func benchCopy(b *testing.B) (dir string, tr *trail, bytes int64) {
	bk := newBucket()
	tr = bk.trail("111122223333", "us-east-2", "main")
	n := 0
	tr.content = func() string {
		var s strings.Builder
		s.WriteString(`{"Records":[`)
		for i := range benchRecords {
			if i > 0 {
				s.WriteByte(',')
			}
			n++
			s.WriteString(event(n))
		}
		s.WriteString(`]}`)
		bytes += int64(s.Len())
		return s.String()
	}
	for range benchHours {
		tr.hour(benchLogs)
	}
	if !json.Valid([]byte(event(1))) {
		b.Fatal("no JSON")
	}
	return bk.copy(b, tr.digest), tr, bytes
}

func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRatios prints how many log files a core checks in a second, and how
// much processor time that is against a loop in Python that only unpacks and
// hashes the same files.
//
//	go test ./evidence/integrity/cloudtrail -run '^$' -bench Ratios -benchtime 1x
func BenchmarkRatios(b *testing.B) {
	dir, tr, bytes := benchCopy(b)
	keys := keyring(b, tr.key)
	const files = benchHours * benchLogs
	for b.Loop() {
		cpu := map[int]time.Duration{1: 1 << 62, 2: 1 << 62}
		wall := map[int]time.Duration{1: 1 << 62, 2: 1 << 62}
		for range 5 {
			for _, cores := range []int{1, 2} {
				was := runtime.GOMAXPROCS(cores)
				start, from := time.Now(), processor(b)
				if r := check(b, dir, Options{Keys: keys, Workers: cores}); r.Verdict != integrity.Verified {
					b.Fatal(r.Verdict)
				}
				cpu[cores], wall[cores] = min(cpu[cores], processor(b)-from), min(wall[cores], time.Since(start))
				runtime.GOMAXPROCS(was)
			}
		}
		one := cpu[1].Seconds()
		b.Logf("%d log files, %d digests, %.0f MB unpacked: %.0f log files/s and %.0f MB/s on one core; two cores are done %.2f x as fast, with %.2f x the processor time", files, benchHours, float64(bytes)/1e6, files/one, float64(bytes)/1e6/one, wall[1].Seconds()/wall[2].Seconds(), cpu[2].Seconds()/one)
		python, err := exec.LookPath("python3")
		if err != nil {
			continue
		}
		best := time.Duration(1 << 62)
		for range 3 {
			c := exec.CommandContext(b.Context(), python, "testdata/plain_loop.py", filepath.Join(dir, "AWSLogs"))
			if out, err := c.CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
			best = min(best, c.ProcessState.UserTime()+c.ProcessState.SystemTime())
		}
		b.Logf("%.2f x the time of a loop in Python that only unpacks and hashes them", one/best.Seconds())
	}
}
