// Package web is how collectors ask a system over HTTP. It asks one host, by
// reading verbs only, and keeps every answer.
//
// What a workspace file names may be a stranger's idea of where a credential
// should go, so a connection is checked by the address that is dialled and not
// by the name it had, nothing leads to another host, and no proxy of the
// surroundings is used. What the server hands back is a stranger's too: it is
// bounded, and whatever is not whole is an error and never a shorter list.
package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence/source"
)

// Access is what an entry of a workspace file says about reaching a server. A
// source's own Config holds it inline.
type Access struct {
	URL      string   `yaml:"url"`
	User     string   `yaml:"user"`     // with password: basic authentication
	Password string   `yaml:"password"` // a reference, such as env:NAME
	Token    string   `yaml:"token"`    // a reference; sent as a bearer token
	CA       string   `yaml:"ca"`       // PEM file of the workspace with the only authorities that count
	Allow    []string `yaml:"allow"`    // http, loopback, private
	Rate     int      `yaml:"rate"`     // requests a second at most; 20 if left out
}

// Rules is what a type of source lets its client do.
type Rules struct {
	Posts   []string                                                  // paths below the URL at which POST only reads, or names of a Question's actions
	Tokens  string                                                    // path at which user and password, as a client and its secret, get a token (OAuth 2.0 client credentials)
	Secrets []string                                                  // members of JSON whose values are never kept, at any depth
	MaxBody int64                                                     // bytes of one answer; 64 MiB if 0
	Timeout time.Duration                                             // of one attempt; a minute if 0
	Signed  bool                                                      // the collector signs requests and says as whom; Access names no credential
	Number  *regexp.Regexp                                            // what of an answer differs each time it is asked for, such as its number: its first group is not kept
	Judge   func(status int, header http.Header, body []byte) Verdict // what an answer other than 200 says
}

const (
	defaultBody    = 64 << 20
	defaultTimeout = time.Minute
	defaultRate    = 20
	maxRate        = 1000
)

// Site is one server as the workspace names it. Making one connects to nothing.
type Site struct {
	access Access
	rules  Rules
	base   *url.URL
}

// New checks an Access.
func New(a Access, r Rules) (*Site, error) {
	if r.MaxBody == 0 {
		r.MaxBody = defaultBody
	}
	if r.Timeout == 0 {
		r.Timeout = defaultTimeout
	}
	if a.Rate == 0 {
		a.Rate = defaultRate
	}
	s := &Site{access: a, rules: r}
	if err := s.checkURL(); err != nil {
		return nil, err
	}
	return s, s.checkRest()
}

func (s *Site) checkURL() error {
	if s.access.URL == "" {
		return errors.New("url is missing: where the server answers, such as https://mlflow.example.com")
	}
	u, err := url.Parse(s.access.URL)
	if err != nil || u.Host == "" || u.Opaque != "" {
		return errors.New("url cannot be read: want one such as https://mlflow.example.com")
	}
	switch {
	case u.User != nil:
		return errors.New("url holds a user or a password: state user and password by themselves, the password as a reference")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("url has a query or a fragment: leave them out")
	case u.Scheme == "http" && !s.allows("http"):
		return errors.New("url is http, which anybody between can read and change: use https, or state allow: [http]")
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("url begins with %s, want https", u.Scheme)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	s.base = u
	return nil
}

func (s *Site) checkRest() error {
	a := s.access
	for _, word := range a.Allow {
		if word != "http" && word != "loopback" && word != "private" {
			return fmt.Errorf("allow names %q, want http, loopback or private", word)
		}
	}
	for name, ref := range map[string]string{"password": a.Password, "token": a.Token} {
		if ref != "" && !IsReference(ref) {
			return fmt.Errorf("%s must be a reference such as env:NAME: this file is no place for a secret", name)
		}
	}
	switch {
	case a.Token != "" && (a.User != "" || a.Password != ""):
		return errors.New("state a token, or a user and a password, not both")
	case (a.User == "") != (a.Password == ""):
		return errors.New("user and password belong together")
	case strings.ContainsAny(a.User, ":\r\n"):
		return errors.New("user holds a colon or a line end")
	case a.Rate < 0 || a.Rate > maxRate:
		return fmt.Errorf("rate is %d, want 1 to %d requests a second", a.Rate, maxRate)
	}
	return nil
}

// IsReference reports whether the text is a reference to a secret and not one.
func IsReference(s string) bool {
	kind, rest, ok := strings.Cut(s, ":")
	return ok && rest != "" && (kind == "env" || kind == "file" || kind == "exec")
}

func (s *Site) allows(word string) bool { return slices.Contains(s.access.Allow, word) }

// Host is the host and port that are connected to.
func (s *Site) Host() string {
	if s.base.Port() != "" {
		return s.base.Host
	}
	port := "443"
	if s.base.Scheme == "http" {
		port = "80"
	}
	return net.JoinHostPort(s.base.Hostname(), port)
}

// Uses says what is connected to, and which secret goes there. What was
// allowed beyond the ordinary is part of it, so that a change is seen.
func (s *Site) Uses() []source.Use {
	place := s.Host()
	if len(s.access.Allow) > 0 {
		words := slices.Sorted(slices.Values(s.access.Allow))
		place += " (allowing " + strings.Join(slices.Compact(words), ", ") + ")"
	}
	return []source.Use{{Secret: s.access.Password + s.access.Token, Place: place}}
}
