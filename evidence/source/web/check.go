package web

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
)

// OpenQuiet is Open for a look that notes and keeps nothing. The client asks
// once each time: somebody is waiting for the answer.
func (s *Site) OpenQuiet(env source.CheckEnv) (*Client, error) {
	quiet := unnoted{env}
	c, err := s.Open(quiet, quiet)
	if err != nil {
		return nil, err
	}
	c.tries = 1
	return c, nil
}

// Check asks for one path, such as "/api?limit=1", which must answer with an
// object, and keeps nothing.
func (s *Site) Check(ctx context.Context, env source.CheckEnv, path string) error {
	u, err := url.Parse(path)
	if err != nil {
		return err
	}
	c, err := s.OpenQuiet(env)
	if err != nil {
		return err
	}
	defer c.Close()
	a, err := c.Get(ctx, u.Path, u.Query())
	if err != nil {
		return err
	}
	var object map[string]any
	if err := a.Decode(&object); err != nil {
		return fmt.Errorf("%s: something answers that is not what was expected: %w", s.Host(), err)
	}
	return nil
}

// unnoted is the world of a look that leaves no trace.
type unnoted struct{ env source.CheckEnv }

func (u unnoted) Secret(ref string) (secret.Value, error)                    { return u.env.Secret(ref) }
func (u unnoted) Files() *os.Root                                            { return u.env.Files }
func (u unnoted) Now() evidence.Instant                                      { return u.env.Now }
func (u unnoted) Query(string)                                               {}
func (u unnoted) Principal(string)                                           {}
func (u unnoted) Page(source.Page)                                           {}
func (u unnoted) Unparsable(evidence.Kind, string, string, source.Rejection) {}

func (u unnoted) Raw(string, io.Reader) (evidence.Digest, error) { return evidence.Digest{}, nil }
