// Package awstest is for tests of what asks AWS: against a moto server where
// one is named, and against answers that a test writes itself.
package awstest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// Moto is a moto server that .ci/servers/moto filled.
type Moto struct {
	URL     string
	Secrets map[string]string // of reader, who has the policy, and nobody, who has none
}

// Server returns the server that the environment names, or skips the test.
// Until the test ends it checks every signature and right; reader has the
// policy, which is the text that the source prints. Without a policy nothing is
// checked: moto cannot check the signature of a GET that is not of S3.
func Server(t *testing.T, policy []string) Moto {
	t.Helper()
	at := os.Getenv("TIEOUT_TEST_MOTO")
	if at == "" {
		t.Skip("set TIEOUT_TEST_MOTO to a server made by .ci/servers/moto")
	}
	m := Moto{at, map[string]string{}}
	for _, name := range []string{"reader", "nobody"} {
		id, key, _ := strings.Cut(os.Getenv("TIEOUT_TEST_MOTO_"+strings.ToUpper(name)), ":")
		m.Secrets["env:ID_"+name], m.Secrets["env:KEY_"+name] = id, key
	}
	m.post(t, "/moto-api/reset-auth", "inf")
	if policy == nil {
		return m
	}
	m.post(t, "/", url.Values{
		"Action": {"PutUserPolicy"}, "Version": {"2010-05-08"}, "UserName": {"reader"}, "PolicyName": {"least"}, "PolicyDocument": {policy[len(policy)-1]},
	}.Encode())
	m.post(t, "/moto-api/reset-auth", "0")
	t.Cleanup(func() { m.post(t, "/moto-api/reset-auth", "inf") })
	return m
}

func (m Moto) post(t *testing.T, path, body string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, m.URL+path, strings.NewReader(body)) //nolint:noctx // also after the test
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/plain")
	if path == "/" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=none")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	if b, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", path, resp.StatusCode, b, err)
	}
}

// Config is an entry of a workspace file for one of the users.
func (m Moto) Config(kind, user, rest string) string {
	return fmt.Sprintf("{id: aws, type: %s, region: eu-central-1, access_key: env:ID_%s, secret_key: env:KEY_%s, endpoint: '%s', allow: [http, loopback], rate: 1000%s}", kind, user, user, m.URL, rest)
}

// Pulled is what a pull gave.
type Pulled struct{ sourcetest.Pulled }

// Pull runs a collector made from the configuration.
func Pull(t *testing.T, spec source.Spec, config string, secrets map[string]string, change func(source.Collector)) Pulled {
	t.Helper()
	k := &sourcetest.Keeper{}
	f := sourcetest.Fixture{Config: config, Dir: t.TempDir(), Secret: secrets}
	plan := sourcetest.Plan(t, spec, f, config, k)
	if change != nil {
		change(plan.Collector)
	}
	res, err := engine.Run(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	p := Pulled{sourcetest.Read(t, res, k)}
	for name, s := range secrets {
		if strings.Contains(name, "KEY") && s != "" {
			for _, b := range k.Blobs {
				if strings.Contains(string(b), s) {
					t.Error("a secret stands in what was kept")
				}
			}
		}
	}
	return p
}

// Find returns the record of the kind with the column's value.
func (p Pulled) Find(t *testing.T, kind evidence.Kind, column, value string) *evidence.Record {
	t.Helper()
	return p.Pulled.Find(t, kind, map[string]string{column: value})
}

// Lost lists the kinds, with columns, that have a gap of the reason.
func (p Pulled) Lost(reason evidence.GapReason) string {
	var out []string
	for _, g := range p.Gaps {
		s := strings.TrimSpace(string(g.Kind) + " " + strings.Join(g.Columns, ","))
		if g.Reason == reason && (len(out) == 0 || out[len(out)-1] != s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, "; ")
}
