// Package tls looks at endpoints from outside: which versions of SSL and TLS
// each accepts, which weak cipher suites, and what certificate it shows.
//
// Which versions and suites an endpoint takes is asked with first messages
// written here, so that the answer does not depend on what our own library
// still speaks. No answer is no refusal: what could not be asked is not known.
package tls

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Config is an entry of type tls in a workspace file.
type Config struct {
	source.Common `yaml:",inline"`
	Endpoints     []Endpoint `yaml:"endpoints"`
	CA            string     `yaml:"ca"`    // PEM file of the workspace with the only authorities that count
	Allow         []string   `yaml:"allow"` // loopback, private
}

// Endpoint is one place that is looked at.
type Endpoint struct {
	Address   string `yaml:"address"` // host:port
	Name      string `yaml:"name"`    // that it is asked for; the host if left out
	Component string `yaml:"component"`
}

const maxEndpoints = 1000

type collector struct {
	cfg Config
}

var (
	_ source.Collector = (*collector)(nil)
	_ source.User      = (*collector)(nil)
	_ source.Checker   = (*collector)(nil)
)

// New makes a collector from an entry of a workspace file.
func New(raw strictyaml.Raw) (source.Collector, error) {
	c := &collector{}
	if err := source.Configure(raw, &c.cfg, &c.cfg.Common, c.prepare); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *collector) prepare() error {
	if n := len(c.cfg.Endpoints); n == 0 || n > maxEndpoints {
		return fmt.Errorf("endpoints lists %d, want 1 to %d, each with address: host:port", n, maxEndpoints)
	}
	for _, word := range c.cfg.Allow {
		if word != "loopback" && word != "private" {
			return fmt.Errorf("allow names %q, want loopback or private", word)
		}
	}
	seen := map[string]bool{}
	for i := range c.cfg.Endpoints {
		e := &c.cfg.Endpoints[i]
		host, port, err := net.SplitHostPort(e.Address)
		n, err2 := strconv.Atoi(port)
		if err != nil || err2 != nil || n < 1 || n > 65535 || host == "" || strings.ContainsAny(host, "/@ ") {
			return fmt.Errorf("endpoints: %q is no host:port", e.Address)
		}
		if e.Name == "" {
			e.Name = host
		}
		if len(e.Name) > 253 {
			return fmt.Errorf("endpoints: the name of %s is longer than a name can be", e.Address)
		}
		if id := e.id(); seen[id] {
			return fmt.Errorf("endpoints: %s stands twice", id)
		}
		seen[e.id()] = true
	}
	return nil
}

// id is host and port, and the name that it is asked for where that is another.
func (e Endpoint) id() string {
	if host, _, _ := net.SplitHostPort(e.Address); host != e.Name {
		return e.Address + " as " + e.Name
	}
	return e.Address
}

// Uses implements source.User.
func (c *collector) Uses() []source.Use {
	var out []source.Use
	for _, e := range c.cfg.Endpoints {
		place := e.Address
		if len(c.cfg.Allow) > 0 {
			place += " (allowing " + strings.Join(c.cfg.Allow, ", ") + ")"
		}
		out = append(out, source.Use{Place: place})
	}
	return out
}

// Check implements source.Checker: it connects and says nothing.
func (c *collector) Check(ctx context.Context, _ source.CheckEnv) error {
	var problems []error
	for _, e := range c.cfg.Endpoints {
		conn, err := web.Dialer(c.cfg.Allow).DialContext(ctx, "tcp", e.Address)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", e.Address, err))
			continue
		}
		_ = conn.Close() // nothing was sent
	}
	return errors.Join(problems...)
}

func init() {
	source.Register(source.Spec{
		Name:    "tls",
		Summary: "endpoints seen from outside: versions of SSL and TLS that each accepts, weak cipher suites, the certificate, its chain and whether it is of the name",
		Emits:   []evidence.Kind{"endpoint"},
		Access: []string{
			"a way through the network to each host and port that is listed, and no other; no account",
			"it opens some ten to sixty connections to each, says hello, and sends nothing else: intrusion detection may take notice",
		},
		Blind: []string{
			"endpoints that are not listed, and other addresses behind the same name",
			"SSL 2.0, and whether plain text is taken at the same port beside TLS; protocols that begin in plain text and change over",
			"a version or suite of which the answer did not come: it is not known, and never taken for refused",
			"a second certificate that an endpoint shows to other clients",
			"a suite counts as weak if it lacks encryption or authentication, has keys for export, or uses RC4, RC2, DES, 3DES, IDEA or MD5, and every suite of SSL 3.0 does; no column holds others that a policy may refuse",
			"whether the certificate is of the name and leads to an authority that counts: both stand in what is kept of each look, no column holds them",
		},
		Sample: `{id: endpoints, type: tls, endpoints: [{address: "models.example.com:443", component: fraud-score}, {address: "10.0.0.7:8443", name: registry.example.com}], allow: [private]}`,
		New:    New,
	})
}
