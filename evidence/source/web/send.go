package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Question is a request that is more than a path: one that is signed, has
// headers of its own, or whose action stands in its body.
type Question struct {
	Method  string // GET or POST
	Action  string // names it in messages and in the manifest; a POST's must be one of Rules.Posts
	Path    string // below the site's URL, not escaped
	RawPath string // the same as it is to be sent, where the server is particular about it
	Query   url.Values
	Header  http.Header // beyond Accept and User-Agent
	Body    []byte
}

// Send asks. An answer other than 200 is a *StatusError.
func (c *Client) Send(ctx context.Context, q Question) (*Answer, error) {
	asked, err := c.of(q)
	if err != nil {
		return nil, err
	}
	return c.ask(ctx, asked)
}

// fetchTimeout is how long one attempt of Fetch may take.
const fetchTimeout = time.Hour

// Fetch asks, and writes the answer's body, of so many bytes at most, to what
// into gives, which is called for every attempt anew. It keeps, masks and notes
// nothing: what becomes of the bytes is for the caller to say.
func (c *Client) Fetch(ctx context.Context, q Question, most int64, into func() (io.Writer, error)) (http.Header, error) {
	asked, err := c.of(q)
	if err != nil {
		return nil, err
	}
	asked.into, asked.most = into, most
	_, header, err := c.attempts(ctx, asked)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("%s at %s: %w", asked.name, c.site.Host(), c.hidden(err))
	}
	return header, nil
}

func (c *Client) of(q Question) (question, error) {
	switch {
	case q.Method == http.MethodPost && !slices.Contains(c.site.rules.Posts, q.Action):
		return question{}, fmt.Errorf("POST %s is not among the requests that only read", q.Action)
	case q.Method != http.MethodGet && q.Method != http.MethodPost:
		return question{}, fmt.Errorf("%s %s: only GET and POST are sent", q.Method, q.Action)
	}
	u := *c.site.base
	u.Path += q.Path
	u.RawPath = ""
	if q.RawPath != "" {
		u.RawPath = c.site.base.EscapedPath() + q.RawPath
	}
	u.RawQuery = q.Query.Encode()
	return question{method: q.Method, url: u.String(), body: q.Body, name: q.Method + " " + q.Action, header: q.Header}, nil
}

// copy writes a body to where it goes. What is not whole is an error.
func (q question) copy(body io.Reader) error {
	w, err := q.into()
	if err != nil {
		return &ownError{err}
	}
	own := &ownWriter{w: w}
	n, err := io.Copy(own, io.LimitReader(body, q.most+1))
	switch {
	case own.err != nil:
		return &ownError{own.err}
	case err != nil:
		return &TruncatedError{n, err}
	case n > q.most:
		return &TruncatedError{q.most, errTooLong}
	}
	return nil
}

// ownError is an error of our own side, such as a full disk: asking again
// changes nothing, and the server is not to blame.
type ownError struct{ err error }

func (e *ownError) Error() string { return e.err.Error() }
func (e *ownError) Unwrap() error { return e.err }

type ownWriter struct {
	w   io.Writer
	err error
}

func (o *ownWriter) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil {
		o.err = err
	}
	return n, err
}

// Hide names further texts that stand for the credential: they are taken out
// of whatever is kept or said.
func (c *Client) Hide(secrets ...string) {
	for _, s := range secrets {
		if s != "" {
			c.secrets = append(c.secrets, spellings(s)...)
		}
	}
}
