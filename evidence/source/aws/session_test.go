package aws

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws/awstest"
)

func TestALongPullTakesTheRoleOnAgain(t *testing.T) {
	t.Parallel()
	r := awstest.NewReplica(t, map[string][]string{
		"ListKeys": {"{}"},
		"AssumeRole": {`<R><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s1</SecretAccessKey><SessionToken>t1</SessionToken></Credentials></AssumeRoleResult></R>`,
			`<R><AssumeRoleResult><Credentials><AccessKeyId>ASIA2</AccessKeyId><SecretAccessKey>s2</SecretAccessKey><SessionToken>t2</SessionToken></Credentials></AssumeRoleResult></R>`,
			`<R><AssumeRoleResult><Credentials></Credentials></AssumeRoleResult></R>`},
	})
	r.Before = func(string, url.Values) string { return "" }
	a := access("eu-central-1")
	a.Role, a.Endpoint, a.Allow, a.Rate = "arn:aws:iam::123456789012:role/tieout", r.URL, []string{"http", "loopback"}, 1000
	svc := Service{Name: "kms", Target: "T", JSON: "1.1", Reads: []string{"ListKeys"}}
	acc, err := New(a, svc)
	if err != nil {
		t.Fatal(err)
	}
	acc.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	s, err := acc.OpenQuiet(t.Context(), source.CheckEnv{Secret: func(ref string) (secret.Value, error) { return secret.New(awstest.Secrets[ref]), nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Now()
	s.clock = func() time.Time { return at }
	ask := func(want string) {
		t.Helper()
		if _, err := s.Ask(t.Context(), svc, "ListKeys", nil); err != nil || s.creds.AccessKeyID != want {
			t.Errorf("%s, want %s; %v", s.creds.AccessKeyID, want, err)
		}
	}
	ask("ASIA1")
	at = at.Add(50 * time.Minute)
	ask("ASIA1")
	at = at.Add(10 * time.Minute)
	ask("ASIA2")
	at = at.Add(time.Hour)
	if _, err := s.Ask(t.Context(), svc, "ListKeys", nil); err == nil {
		t.Error("a role that gives no credential was taken on")
	}
}
