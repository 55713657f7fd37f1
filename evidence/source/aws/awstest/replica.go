package awstest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Replica answers as AWS does, from what a test gives it.
type Replica struct {
	URL     string
	Answers map[string][]string                         // action → its answers, one a request; the last one stays
	Before  func(action string, form url.Values) string // an answer that goes before, or none

	mu    sync.Mutex
	asked []string
}

// Call is what a request asks for: its action, or its method and path.
func call(req *http.Request, body []byte) (string, url.Values) {
	form, _ := url.ParseQuery(string(body)) // of a body of JSON nothing is wanted
	if a := form.Get("Action"); a != "" {
		return a, form
	}
	if t := req.Header.Get("X-Amz-Target"); t != "" {
		return t[strings.IndexByte(t, '.')+1:], url.Values{"body": {string(body)}}
	}
	return req.Method + " " + req.URL.Path, req.URL.Query()
}

// NewReplica starts a replica. An answer is a body; one that begins with a
// number and a blank has that status, and one of a status and nothing else has
// no body.
func NewReplica(t *testing.T, answers map[string][]string) *Replica {
	t.Helper()
	r := &Replica{Answers: map[string][]string{"GetCallerIdentity": {
		`<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/reader</Arn><UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>01234567</RequestId></ResponseMetadata></GetCallerIdentityResponse>`}}}
	for k, v := range answers {
		r.Answers[k] = slices.Clone(v)
	}
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	r.URL = srv.URL
	return r
}

// ServeHTTP implements http.Handler.
func (r *Replica) ServeHTTP(out http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body) // a test's own request
	action, form := call(req, body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, action)
	if !strings.HasPrefix(req.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") {
		out.WriteHeader(http.StatusForbidden)
		return
	}
	text := ""
	if r.Before != nil {
		text = r.Before(action, form)
	}
	if list := r.Answers[action]; text == "" && len(list) > 0 {
		text = list[0]
		if len(list) > 1 {
			r.Answers[action] = list[1:]
		}
	}
	if text == "" {
		text = `400 {"__type":"UnknownOperationException"}`
	}
	if text == "cut" {
		out.Header().Set("Content-Length", "1000")
		_, _ = fmt.Fprint(out, "<half")
		return
	}
	status := http.StatusOK
	if n, _ := fmt.Sscanf(text, "%d", &status); n == 1 {
		_, text, _ = strings.Cut(text, " ")
	}
	out.WriteHeader(status)
	_, _ = fmt.Fprint(out, text)
}

// Asked are the actions asked for, sorted, each once.
func (r *Replica) Asked() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(r.asked)))
}

// Count says how often an action was asked for.
func (r *Replica) Count(action string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, a := range r.asked {
		if a == action {
			n++
		}
	}
	return n
}

// Config is an entry of a workspace file that asks the replica.
func (r *Replica) Config(kind, rest string) string {
	return fmt.Sprintf("{id: aws, type: %s, region: eu-central-1, access_key: env:ID, secret_key: env:KEY, endpoint: '%s', allow: [http, loopback], rate: 1000%s}", kind, r.URL, rest)
}

// Secrets are what its references resolve to.
var Secrets = map[string]string{"env:ID": "AKIAIOSFODNN7EXAMPLE", "env:KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}

// Problem is an answer of the query protocol that is an error.
func Problem(status int, code string) string {
	return fmt.Sprintf("%d <ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>said of %s</Message></Error><RequestId>7a62c49f</RequestId></ErrorResponse>", status, code, code)
}
