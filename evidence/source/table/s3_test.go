package table

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/klauspost/compress/zstd"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws/awstest"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// store is an S3 of this process.
type store struct {
	url    string
	puts   *s3mem.Backend
	before func(http.ResponseWriter, *http.Request) bool
	asked  []string
}

func newStore(t *testing.T) *store {
	t.Helper()
	s := &store{puts: s3mem.New()}
	if err := s.puts.CreateBucket("logs"); err != nil {
		t.Fatal(err)
	}
	h := gofakes3.New(s.puts).Server()
	srv := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, req *http.Request) {
		s.asked = append(s.asked, req.Method)
		if s.before == nil || !s.before(out, req) {
			h.ServeHTTP(out, req)
		}
	}))
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

func (s *store) put(t *testing.T, key string, body []byte) {
	t.Helper()
	if _, err := s.puts.PutObject("logs", key, map[string]string{}, bytes.NewReader(body), int64(len(body)), nil); err != nil {
		t.Fatal(err)
	}
}

// rows are incidents as JSONL.
func rows(name string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"incident_id":"%s-%d","declared_at":"2026-06-01T00:%02d:00Z"}`+"\n", name, i, i%60)
	}
	return b.String()
}

func packed(parts ...string) []byte {
	var out bytes.Buffer
	for _, p := range parts { // members one after the other
		z := gzip.NewWriter(&out)
		_, _ = z.Write([]byte(p)) // into memory
		_ = z.Close()
	}
	return out.Bytes()
}

func (s *store) config(files, rest string) string {
	return fmt.Sprintf("{id: t, type: table, files: '%s', codec: jsonl, mapping: native, kind: incident, s3: {region: eu-central-1, access_key: env:ID, secret_key: env:KEY, endpoint: '%s', allow: [http, loopback], rate: 1000%s}}", files, s.url, rest)
}

func tableSpec(t *testing.T) source.Spec {
	t.Helper()
	s, ok := source.Of("table")
	if !ok {
		t.Fatal("table is not registered")
	}
	return s
}

func (s *store) pull(t *testing.T, files, rest string) awstest.Pulled {
	t.Helper()
	return awstest.Pull(t, tableSpec(t), s.config(files, rest), awstest.Secrets, nil)
}

func TestABucketIsReadObjectByObject(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	z, _ := zstd.NewWriter(nil)
	s.put(t, "incidents/a b+c=é.jsonl.gz", packed(rows("a", 2), rows("b", 3)))
	s.put(t, "incidents/deep/er/c.jsonl.zst", z.EncodeAll([]byte(rows("c", 4)), nil))
	s.put(t, "incidents/", nil)
	s.put(t, "incidents/empty.jsonl", nil)
	s.put(t, "other/d.jsonl", []byte(rows("d", 5)))
	p := s.pull(t, "s3://logs/incidents/**", "")
	if p.Error != "" || len(p.Records["incident"]) != 9 {
		t.Fatalf("%d records; %s %+v", len(p.Records["incident"]), p.Error, p.Gaps)
	}
	for _, page := range p.Pages {
		if strings.HasSuffix(page.Name, "é.jsonl.gz") && (page.Name != "s3://logs/incidents/a b+c=é.jsonl.gz" || page.Rows != 5 || !page.Kept || page.SHA256.IsZero()) {
			t.Errorf("%+v", page)
		}
	}
	if !slices.ContainsFunc(p.Queries, func(q string) bool { return strings.Contains(q, "er/c.jsonl.zst, ETag \"") }) {
		t.Errorf("no ETag in %q", p.Queries)
	}
	if slices.ContainsFunc(s.asked, func(m string) bool { return m != http.MethodGet }) {
		t.Errorf("it sent %q", s.asked)
	}
	if again := s.pull(t, "s3://logs/incidents/**", ""); again.Result.Records != p.Result.Records {
		t.Error("two pulls differ")
	}
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i := range 1100 {
		s.put(t, fmt.Sprintf("many/%05d.jsonl", i), []byte(rows(fmt.Sprint(i), 1)))
	}
	if p := s.pull(t, "s3://logs/many/*.jsonl", ""); p.Error != "" || len(p.Records["incident"]) != 1100 {
		t.Fatalf("%d records; %s", len(p.Records["incident"]), p.Error)
	}
}

func TestAnHourWithoutAnObjectIsAGapUnlessSuchHoursAreOrdinary(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for hour := range 27 { // and two hours of the next day, of which one is what is delivered late
		if hour != 5 && hour != 6 {
			s.put(t, day.Add(time.Duration(hour)*time.Hour).Format("logs/2006/01/02/15/x.jsonl"), []byte(rows(fmt.Sprint("h", hour), 1)))
		}
	}
	s.put(t, "logs/2026/03/03/23/x.jsonl", []byte(rows("before", 1)))
	window := evidence.Window{From: evidence.InstantOf(day), To: evidence.InstantOf(day.Add(24 * time.Hour))}
	const files = "s3://logs/logs/{yyyy}/{mm}/{dd}/{hh}/*.jsonl"
	for rest, want := range map[string][]string{"": {"2026-03-04T05:00:00.000000Z 2026-03-04T07:00:00.000000Z"}, ", sparse: true": nil} {
		k, config := &sourcetest.Keeper{}, s.config(files, rest)
		plan := sourcetest.Plan(t, tableSpec(t), sourcetest.Fixture{Dir: t.TempDir(), Secret: awstest.Secrets}, config, k)
		plan.Window = window
		res, err := engine.Run(t.Context(), plan)
		if err != nil || res.Error != "" || len(k.Lines) != 22+1 {
			t.Fatalf("%d records; %v %s", len(k.Lines), err, res.Error)
		}
		var got []string
		for _, g := range res.Gaps {
			if g.Reason == evidence.GapDisabled {
				got = append(got, g.From.String()+" "+g.To.String())
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestOddAnswersOfABucketNeverLeadToAShorterList(t *testing.T) {
	t.Parallel()
	problem := func(status int, code string) func(http.ResponseWriter, *http.Request) {
		return func(out http.ResponseWriter, _ *http.Request) {
			out.WriteHeader(status)
			_, _ = fmt.Fprintf(out, "<Error><Code>%s</Code></Error>", code)
		}
	}
	for name, c := range map[string]struct {
		list   bool
		answer func(http.ResponseWriter, *http.Request)
		reason evidence.GapReason
		says   string
	}{
		"the list is closed":    {true, problem(403, "AccessDenied"), evidence.GapPermission, ""},
		"an object is closed":   {false, problem(403, "AccessDenied"), evidence.GapPermission, ""},
		"no such bucket":        {true, problem(404, "NoSuchBucket"), evidence.GapPullFailed, "NoSuchBucket"},
		"another region":        {true, problem(301, "PermanentRedirect"), evidence.GapPullFailed, "PermanentRedirect"},
		"an object is gone":     {false, problem(404, "NoSuchKey"), evidence.GapPullFailed, "NoSuchKey"},
		"an object has changed": {false, problem(412, "PreconditionFailed"), evidence.GapPullFailed, "PreconditionFailed"},
		"a wrong clock":         {true, problem(403, "RequestTimeTooSkewed"), evidence.GapPullFailed, "clock is wrong"},
		"a token again": {true, func(out http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(out, "<R><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></R>")
		}, evidence.GapTruncated, ""},
		"more, and not where": {true, func(out http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(out, "<R><IsTruncated>true</IsTruncated></R>")
		}, evidence.GapTruncated, ""},
		"a key of elsewhere": {true, func(out http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(out, "<R><Contents><Key>elsewhere</Key><Size>1</Size></Contents></R>")
		}, evidence.GapPullFailed, "not asked for"},
		"another object": {false, func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("ETag", `"other"`)
			_, _ = fmt.Fprint(out, "{}")
		}, evidence.GapPullFailed, "another object"},
		"a longer object": {false, func(out http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(out, rows("long", 50))
		}, evidence.GapTruncated, ""},
		"a shorter object": {false, func(out http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(out, "{}")
		}, evidence.GapPullFailed, "bytes came"},
		"nothing fits": {true, func(out http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(out, "<R></R>")
		}, evidence.GapPullFailed, "nothing in it matches"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			s.put(t, "incidents/a.jsonl", []byte(rows("a", 2)))
			s.before = func(out http.ResponseWriter, req *http.Request) bool {
				if c.list != req.URL.Query().Has("list-type") {
					return false
				}
				c.answer(out, req)
				return true
			}
			p := s.pull(t, "s3://logs/incidents/*.jsonl", "")
			if p.Lost(c.reason) != "incident" || !strings.Contains(p.Error, c.says) || (c.says == "") != (p.Error == "") || len(p.Records["incident"]) > 0 {
				t.Errorf("%+v; %s", p.Gaps, p.Error)
			}
		})
	}
}

func TestABreakPassesAndTheObjectIsFetchedAnew(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.put(t, "a.jsonl", []byte(rows("a", 20)))
	broken := false
	s.before = func(out http.ResponseWriter, req *http.Request) bool {
		if broken || req.URL.Query().Has("list-type") {
			return false
		}
		broken = true
		out.Header().Set("Content-Length", "1300")
		_, _ = fmt.Fprint(out, rows("half", 3))
		return true
	}
	p := s.pull(t, "s3://logs/*.jsonl", "")
	if !broken || p.Error != "" || len(p.Records["incident"]) != 20 || len(p.Gaps) > 0 && p.Lost(evidence.GapTruncated) != "" {
		t.Errorf("%d records; %s %+v", len(p.Records["incident"]), p.Error, p.Gaps)
	}
}

func TestAPlaceInABucketThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	s := &store{url: "https://s3.example.com"}
	for files, want := range map[string]string{
		"logs/*.csv": "no place in a bucket", "s3://UPPER/x": "no place in a bucket", "s3://logs": "no place in a bucket", "s3://logs/a//b": "no pattern",
		"s3://logs/[": "no pattern", "s3://logs/{yyyy}/x": "state {yyyy}", "s3://logs/**/**/**/x": "more than twice",
	} {
		if _, err := sourcetest.Parse(tableSpec(t), s.config(files, "")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", files, err)
		}
	}
	if _, err := sourcetest.Parse(tableSpec(t), "{id: t, type: table, files: 's3://logs/x.csv', mapping: native, kind: incident}"); err == nil || !strings.Contains(err.Error(), "state s3") {
		t.Error(err)
	}
}

func TestWhetherABucketLetsUsLookIsSeenBefore(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.put(t, "incidents/a.jsonl", []byte(rows("a", 1)))
	c, ok := sourcetest.Collector(t, tableSpec(t), s.config("s3://logs/incidents/*", "")).(source.Checker)
	if !ok {
		t.Fatal("it cannot be checked")
	}
	env := source.CheckEnv{Now: sourcetest.Now, Secret: func(ref string) (secret.Value, error) { return secret.New(awstest.Secrets[ref]), nil }}
	if err := c.Check(t.Context(), env); err != nil {
		t.Error(err)
	}
	s.before = func(out http.ResponseWriter, _ *http.Request) bool {
		out.WriteHeader(http.StatusForbidden)
		return true
	}
	if err := c.Check(t.Context(), env); err == nil || !strings.Contains(err.Error(), "403") {
		t.Error(err)
	}
}

func TestServerBucket(t *testing.T) {
	policy := []string{`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::logs.example.com"}, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs.example.com/incidents/*"}]}`}
	m := awstest.Server(t, policy)
	config := func(user string) string {
		return strings.NewReplacer("env:ID", "env:ID_"+user, "env:KEY", "env:KEY_"+user).Replace((&store{url: m.URL}).config("s3://logs.example.com/incidents/{yyyy}/{mm}/{dd}/{hh}/*.jsonl.gz", ""))
	}
	p := awstest.Pull(t, tableSpec(t), config("reader"), m.Secrets, nil)
	day := 0
	for _, g := range p.Gaps {
		if g.Reason == evidence.GapDisabled && g.From.String()[:10] == "2026-06-01" && g.To-g.From == 2*3600e6 {
			day++
		}
	}
	if p.Error != "" || len(p.Records["incident"]) != 22*3 || day != 1 {
		t.Errorf("%d records, %d holes; %s", len(p.Records["incident"]), day, p.Error)
	}
	if p := awstest.Pull(t, tableSpec(t), config("nobody"), m.Secrets, nil); p.Lost(evidence.GapPermission) != "incident" {
		t.Errorf("%+v; %s", p.Gaps, p.Error)
	}
}
