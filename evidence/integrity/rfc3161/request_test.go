package rfc3161

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"io"
	"math/big"
	"net/http"
	"strings"
	"testing"
)

type answers func(*http.Request) (*http.Response, error)

func (a answers) Do(r *http.Request) (*http.Response, error) { return a(r) }

func answer(status int, kind string, body []byte) answers {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
	}
}

// The request is what openssl writes, but for the nonce.
func TestTheRequestIsOpenssls(t *testing.T) {
	want := read(t, "q.tsq")
	sum := sha256.Sum256(read(t, "data.txt"))
	nonce := new(big.Int).SetBytes(want[len(want)-11 : len(want)-3])
	got, err := query(crypto.SHA256, sum[:], nonce)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%x\n%x", got, want)
	}
	if _, err := query(crypto.SHA1, sum[:20], nonce); err == nil {
		t.Error("a SHA-1 digest is asked for")
	}
}

// An answer to another request, or none at all, gives no token.
func TestAnAnswerToAnotherRequestIsRefused(t *testing.T) {
	sum := sha256.Sum256(read(t, "data.txt"))
	o := Options{Roots: []*x509.Certificate{cert(t, "root.pem")}}
	const reply = "application/timestamp-reply"
	for name, d := range map[string]struct {
		doer answers
		want string
	}{
		"a recorded answer": {answer(200, reply, read(t, "good.tsr")), "another request"},
		"no nonce":          {answer(200, reply, read(t, "good-nononce.tsr")), "another request"},
		"refused":           {answer(200, reply, read(t, "bad-refused.tsr")), "rejected"},
		"a page":            {answer(200, "text/html", []byte("<html>")), "no time-stamp"},
		"an error":          {answer(503, reply, nil), "no time-stamp"},
		"too long":          {answer(200, reply, make([]byte, MaxToken+1)), "more than"},
	} {
		tok, kept, err := Request(context.Background(), d.doer, "https://tsa.example.test/", crypto.SHA256, sum[:], o)
		if tok != nil || kept != nil || err == nil || !strings.Contains(err.Error(), d.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAnswerToOurRequestIsATokenToKeep(t *testing.T) {
	asked, answered := read(t, "q.tsq"), read(t, "good.tsr")
	sum := sha256.Sum256(read(t, "data.txt"))
	o := Options{Roots: []*x509.Certificate{cert(t, "root.pem")}, Nonce: new(big.Int).SetBytes(asked[len(asked)-11 : len(asked)-3])}
	d := func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(body, asked) || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/timestamp-query" {
			t.Errorf("the authority was asked %x", body)
		}
		return answer(200, "application/timestamp-reply", answered)(r)
	}
	tok, kept, err := request(context.Background(), answers(d), "https://tsa.example.test/", crypto.SHA256, sum[:], o)
	if err != nil || !bytes.Equal(kept, answered) || tok.Signer.Subject.CommonName != "TSA tsa" {
		t.Fatalf("%v %v", tok, err)
	}
}
