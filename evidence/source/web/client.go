package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
)

// Env is what a client uses of the world; every source.Env is one.
type Env interface {
	source.Noter
	Secret(ref string) (secret.Value, error)
	Files() *os.Root
	Now() evidence.Instant
	Query(text string)
	Principal(name string)
	Page(source.Page)
}

// Keep keeps what was answered; every source.Sink does.
type Keep interface {
	Raw(name string, r io.Reader) (evidence.Digest, error)
}

// Client asks one Site. It is used by one goroutine at a time.
type Client struct {
	// Sleep waits, or returns the error of a context that ends first. Tests set it.
	Sleep func(ctx context.Context, d time.Duration) error
	// Sign puts the credential on a request, before each attempt; nil where a
	// header of the site's Access is all there is.
	Sign func(req *http.Request, body []byte) error

	site    *Site
	env     Env
	keep    Keep
	http    *http.Client
	auth    string   // the header, or none
	secrets []string // texts that stand for the credential
	asked   bool
	tries   int
	basic   string      // the header with which a token is asked for
	age     *time.Timer // runs until the token is to be renewed
}

const maxCA = 1 << 20

// Open resolves the credential and returns a client. It connects to nothing
// yet. Close it.
func (s *Site) Open(env Env, keep Keep) (*Client, error) {
	c := &Client{Sleep: sleep, site: s, env: env, keep: keep, tries: attempts}
	if err := c.credential(); err != nil {
		return nil, err
	}
	roots, err := Authorities(env.Files(), s.access.CA)
	if err != nil {
		return nil, err
	}
	c.http = &http.Client{Transport: s.transport(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}), CheckRedirect: s.redirect}
	return c, nil
}

func (s *Site) transport(t *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            Dialer(s.access.Allow).DialContext,
		TLSClientConfig:        t,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  s.rules.Timeout,
		MaxResponseHeaderBytes: 1 << 20,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        30 * time.Second,
	}
}

// Close ends the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func (c *Client) credential() error {
	a := c.site.access
	ref := a.Password + a.Token
	if c.site.rules.Signed {
		return nil
	}
	if ref == "" {
		c.env.Principal("nobody: no credential is configured for " + c.site.Host())
		return nil
	}
	v, err := c.env.Secret(ref)
	if err != nil {
		return fmt.Errorf("read the credential for %s: %w", c.site.Host(), err)
	}
	text := v.Reveal()
	if text == "" {
		return fmt.Errorf("read the credential for %s: %s is empty", c.site.Host(), ref)
	}
	if a.Token != "" {
		c.auth = "Bearer " + text
		c.secrets = spellings(text)
		c.env.Principal("whoever the token of " + ref + " stands for, at " + c.site.Host())
		return nil
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(a.User + ":" + text))
	c.auth = "Basic " + encoded
	c.secrets = append(spellings(text), encoded)
	c.env.Principal(a.User + " at " + c.site.Host())
	if c.site.rules.Tokens != "" {
		c.basic, c.auth = c.auth, ""
	}
	return nil
}

// spellings are the ways in which a server may repeat a secret: as it is, and
// as JSON writes it.
func spellings(text string) []string {
	out := []string{text}
	for _, html := range []bool{true, false} {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(html)
		if e.Encode(text) != nil {
			continue
		}
		quoted := strings.TrimSuffix(b.String(), "\n")
		if s := quoted[1 : len(quoted)-1]; !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Authorities reads the PEM file of the workspace with the only authorities
// that count. Without a name it returns nil, which stands for the system's.
func Authorities(files *os.Root, name string) (*x509.CertPool, error) {
	if name == "" {
		return nil, nil
	}
	if files == nil {
		return nil, errors.New("read ca: the workspace's folder is not open")
	}
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read ca: %w", err)
	}
	defer func() { _ = f.Close() }() // only read from
	pem, err := io.ReadAll(io.LimitReader(f, maxCA))
	if err != nil {
		return nil, fmt.Errorf("read ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read ca: %s holds no certificate in PEM", name)
	}
	return pool, nil
}

// errRedirect is the error of a redirect that is not followed.
var errRedirect = errors.New("the server sends the request elsewhere, which is not followed: state the url where it answers itself")

// redirect follows a reading request within its host and no other: a
// credential belongs to one host, and a POST was declared for one path.
func (s *Site) redirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > 5 || first.Method == http.MethodPost || req.URL.Scheme != s.base.Scheme || req.URL.Host != s.base.Host {
		return errRedirect
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
