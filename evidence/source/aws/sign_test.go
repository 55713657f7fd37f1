package aws

import (
	"net/http"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The signatures are those that AWS's client for Python makes of the same requests.
func TestSignaturesAreTheOnesOfAnotherClient(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ service, path, query, want string }{
		{"bedrock", "/custom-models/arn:aws:bedrock:eu-central-1:123456789012:custom-model/amazon.titan-text-lite-v1:0:4k/abc", "maxResults=100&nextToken=a%2Bb%2F%3D+c",
			"09e3c0c47bcb3440576c0e2871118b6e4f73d73aff410fb63ae60c525ef34379"},
		{"s3", "/logs/a b+c=é", "list-type=2&prefix=a%2F", "b44feef8778d7376f1c0e82d1df9aab854ca5905a50af669db04638f0445edb0"},
	} {
		acc, err := New(access("eu-central-1"), Service{Name: c.service})
		if err != nil {
			t.Fatal(err)
		}
		s := &Session{account: acc, signer: v4.NewSigner(), clock: func() time.Time { return time.Date(2026, 7, 6, 9, 0, 0, 0, time.UTC) },
			creds: sdk.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", SessionToken: "token+of/test="}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+c.service+".eu-central-1.amazonaws.com"+escapePath(c.path)+"?"+c.query, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "application/json")
		if err := s.sign(req, nil, Service{Name: c.service}); err != nil {
			t.Fatal(err)
		}
		if got := req.Header.Get("Authorization"); len(got) < 64 || got[len(got)-64:] != c.want {
			t.Errorf("%s: %s, want %s", c.service, got, c.want)
		}
	}
}
