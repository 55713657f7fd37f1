package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/source"
)

// Answer is one answer of a server, as it was kept.
type Answer struct {
	Name   string          // what was asked, for messages and the manifest
	Raw    evidence.Digest // of the bytes that were kept
	Body   []byte          // those bytes
	Header http.Header
}

// question is one request, which may take several attempts.
type question struct {
	method string
	url    string
	body   []byte
	name   string // METHOD /path, without query
	header http.Header
	into   func() (io.Writer, error) // where each attempt writes the body, or nil: it is held in memory
	most   int64                     // bytes that are written there
}

// Get asks for a path below the site's URL, in which names are escaped as in a
// URL. An answer other than 200 is a *StatusError.
func (c *Client) Get(ctx context.Context, path string, query url.Values) (*Answer, error) {
	return c.ask(ctx, c.question(http.MethodGet, path, query, nil))
}

// Post asks with a JSON body at a path where POST only reads: one of
// Rules.Posts. Any other is a mistake of the programmer.
func (c *Client) Post(ctx context.Context, path string, body any) (*Answer, error) {
	if !slices.Contains(c.site.rules.Posts, path) {
		return nil, fmt.Errorf("POST %s is not among the requests that only read", path)
	}
	b, err := canon.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("POST %s: %w", path, err)
	}
	return c.ask(ctx, c.question(http.MethodPost, path, nil, b))
}

func (c *Client) question(method, path string, query url.Values, body []byte) question {
	u := *c.site.base
	if plain, err := url.PathUnescape(path); err == nil && plain != path {
		u.RawPath = u.EscapedPath() + path // what stands in it as %2F is a part of a name
		path = plain
	} else {
		u.RawPath = ""
	}
	u.Path += path
	u.RawQuery = query.Encode() // sorted, so that one question is one text
	return question{method: method, url: u.String(), body: body, name: method + " " + path}
}

func (c *Client) ask(ctx context.Context, q question) (*Answer, error) {
	note := q.method + " " + q.url
	if q.body != nil {
		note += " " + string(q.body)
	}
	c.env.Query(note)
	body, header, err := c.attempts(ctx, q)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		c.env.Page(source.Page{Name: q.name, Error: c.hide(err.Error())})
		return nil, fmt.Errorf("%s at %s: %w", q.name, c.site.Host(), c.hidden(err))
	}
	body, masked := c.mask(body)
	if len(masked) > 0 {
		c.env.Query("masked in what was kept of " + q.name + ": " + strings.Join(masked, ", "))
	}
	a := &Answer{Name: q.name, Body: body, Header: header}
	if a.Raw, err = c.keep.Raw(q.name, bytes.NewReader(body)); err != nil {
		return nil, err
	}
	return a, nil
}

// Page notes the answer with the number of rows that were found in it.
func (c *Client) Page(a *Answer, rows int) {
	c.env.Page(source.Page{Name: a.Name, SHA256: a.Raw, Bytes: int64(len(a.Body)), Rows: int64(rows), Kept: true})
}

// once makes one attempt. A token that the server no longer takes is renewed,
// once.
func (c *Client) once(ctx context.Context, q question) ([]byte, http.Header, error) {
	fresh, err := c.renew(ctx)
	if err != nil {
		return nil, nil, err
	}
	body, header, err := c.send(ctx, q)
	var status *StatusError
	if c.basic != "" && !fresh && errors.As(err, &status) && status.Status == http.StatusUnauthorized {
		c.auth = ""
		if _, err := c.renew(ctx); err != nil {
			return nil, nil, err
		}
		return c.send(ctx, q)
	}
	return body, header, err
}

// send sends the question.
func (c *Client) send(ctx context.Context, q question) (_ []byte, _ http.Header, err error) {
	timeout := c.site.rules.Timeout
	if q.into != nil {
		timeout = fetchTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, q.method, q.url, bytes.NewReader(q.body))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "tieout")
	if q.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.auth != "" {
		req.Header.Set("Authorization", c.auth)
	}
	for name, values := range q.header {
		req.Header[name] = values
	}
	if c.Sign != nil {
		if err := c.Sign(req, q.body); err != nil {
			return nil, nil, fmt.Errorf("sign the request: %w", err)
		}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err // it repeats the URL
		}
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end, or given up
	if resp.StatusCode != http.StatusOK {
		return nil, nil, c.site.statusError(resp)
	}
	if q.into != nil {
		return nil, resp.Header, q.copy(resp.Body)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.site.rules.MaxBody+1))
	switch {
	case err != nil:
		return nil, nil, &TruncatedError{int64(len(body)), err}
	case int64(len(body)) > c.site.rules.MaxBody:
		return nil, nil, &TruncatedError{c.site.rules.MaxBody, errTooLong}
	}
	return body, resp.Header, nil
}

// hide takes the credential out of a text.
func (c *Client) hide(s string) string {
	for _, x := range c.secrets {
		s = strings.ReplaceAll(s, x, mark)
	}
	return s
}

// hiddenError says what its error says without the credential.
type hiddenError struct {
	err  error
	text string
}

func (e *hiddenError) Error() string { return e.text }
func (e *hiddenError) Unwrap() error { return e.err }

func (c *Client) hidden(err error) error { return &hiddenError{err, c.hide(err.Error())} }
