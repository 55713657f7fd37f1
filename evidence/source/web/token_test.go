package web

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestATokenIsFetchedRenewedAndNeverKept(t *testing.T) {
	t.Parallel()
	var asked []string
	issued := 0
	c, w, _ := open(t, func(out http.ResponseWriter, r *http.Request) {
		auth := r.Header.Get("Authorization")
		asked = append(asked, r.Method+" "+r.URL.EscapedPath()+" "+auth[:6])
		if r.URL.Path == "/base/token" {
			issued++
			_, _ = fmt.Fprintf(out, `{"access_token":"finch-%d","token_type":"Bearer","expires_in":300}`, issued)
			return
		}
		if auth != fmt.Sprint("Bearer finch-", issued) || len(asked) == 4 {
			issued = max(issued, 1)
			out.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(out, `{"echo":"`+auth+`"}`)
	}, func(_ *Access, r *Rules) { r.Tokens = "/token" })
	for _, path := range []string{"/a", "/b%2Fc%20d", "/e"} {
		if _, err := c.Get(t.Context(), path, nil); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"POST /base/token Basic ", "GET /base/a Bearer", "GET /base/b%2Fc%20d Bearer", "GET /base/e Bearer", "POST /base/token Basic ", "GET /base/e Bearer"}
	if !slices.Equal(asked, want) {
		t.Errorf("%q", asked)
	}
	if all := fmt.Sprint(w.kept, w.queries, w.pages); strings.Contains(all, "finch-") || strings.Contains(all, password) {
		t.Errorf("a credential was kept: %s", all)
	}
}

func TestATokenEndpointThatGivesNoneIsAnError(t *testing.T) {
	t.Parallel()
	for answer, says := range map[string]string{
		`{"access_token":"","token_type":"Bearer"}`:    "no bearer token",
		`{"access_token":"finch","token_type":"DPoP"}`: "no bearer token",
		`<html>finch`: "no bearer token",
	} {
		c, _, _ := open(t, func(out http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(out, answer) }, func(_ *Access, r *Rules) { r.Tokens = "/token" })
		if _, err := c.Get(t.Context(), "/a", nil); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "finch") {
			t.Errorf("%s: %v", answer, err)
		}
	}
	c, _, _ := open(t, func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusUnauthorized) }, func(_ *Access, r *Rules) { r.Tokens = "/token" })
	if _, err := c.Get(t.Context(), "/a", nil); !Refused(err) {
		t.Error(err)
	}
}
