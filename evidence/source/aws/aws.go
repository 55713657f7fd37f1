// Package aws is how collectors ask Amazon Web Services: plain signed requests
// through package web, so that its guards and its keeping of answers stay in
// force. There are no service clients here; what a collector may ask stands in
// one list, which is the guard and the policy that doctor prints.
package aws

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

// Access is what an entry of a workspace file says about reaching an account.
// A source's own Config holds it inline.
type Access struct {
	Region    string            `yaml:"region"`        // such as eu-central-1
	KeyID     string            `yaml:"access_key"`    // a reference to the access key's id
	Secret    string            `yaml:"secret_key"`    // a reference to its secret
	Token     string            `yaml:"session_token"` // a reference, where the key is a temporary one
	Role      string            `yaml:"role_arn"`      // role to take on, in this account or another
	External  string            `yaml:"external_id"`   // what that role asks for
	Endpoint  string            `yaml:"endpoint"`      // URL of every service, in place of AWS's own
	Endpoints map[string]string `yaml:"endpoints"`     // service → URL, such as a VPC endpoint's
	CA        string            `yaml:"ca"`            // PEM file of the workspace with the only authorities that count
	Allow     []string          `yaml:"allow"`         // http, loopback, private
	Rate      int               `yaml:"rate"`          // requests a second and service at most; 5 if left out
}

// defaultRate keeps a pull far from AWS's own limits, which the entity's
// programs share.
const defaultRate = 5

// Service is one service and everything that a collector asks of it.
type Service struct {
	Name    string   // as policies, signatures and endpoints have it
	Host    string   // its host's first part, where that is not its name
	Version string   // of the query protocol
	Target  string   // prefix of X-Amz-Target
	JSON    string   // version of the JSON protocol
	Global  bool     // one for all regions
	Secrets []string // members of its answers that are never kept
	Reads   []string // actions asked for; none other can be
	Free    []string // those of Reads that need no right
}

var stsService = Service{Name: "sts", Version: "2011-06-15", Reads: []string{"GetCallerIdentity", "AssumeRole"}, Free: []string{"GetCallerIdentity"}}

// Account is one account in one region, as the workspace names it. Making one
// connects to nothing.
type Account struct {
	// Nameless says that the services may be somebody else's, whom nobody can
	// ask as whom one asks.
	Nameless bool
	// Sleep waits in place of the clients' own, where tests set it.
	Sleep func(ctx context.Context, d time.Duration) error

	access   Access
	services []Service
	sites    map[string]*web.Site
}

var (
	number     = regexp.MustCompile(`<RequestId>([^<]*)</RequestId>`)
	regionForm = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$`)
	roleForm   = regexp.MustCompile(`^arn:aws(-[a-z-]+)?:iam::[0-9]{12}:role/[\x21-\x7e]{1,512}$`)
)

// New checks an Access for a collector that asks these services.
func New(a Access, services ...Service) (*Account, error) {
	if a.Rate == 0 {
		a.Rate = defaultRate
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	acc := &Account{access: a, services: append([]Service{stsService}, services...), sites: map[string]*web.Site{}}
	for name := range a.Endpoints {
		if !slices.ContainsFunc(acc.services, func(s Service) bool { return s.Name == name }) {
			return nil, fmt.Errorf("endpoints names %q, which this source does not ask", name)
		}
	}
	for _, s := range acc.services {
		site, err := web.New(web.Access{URL: a.url(s), CA: a.CA, Allow: a.Allow, Rate: a.Rate}, web.Rules{
			Posts: s.names(), Secrets: s.Secrets, Signed: true, Judge: judge, Number: number,
		})
		if err != nil {
			return nil, fmt.Errorf("endpoint of %s: %w", s.Name, err)
		}
		acc.sites[s.Name] = site
	}
	return acc, nil
}

func (a Access) check() error {
	switch {
	case !regionForm.MatchString(a.Region):
		return fmt.Errorf("region is %q, want one such as eu-central-1", a.Region)
	case a.KeyID == "" || a.Secret == "":
		return errors.New("access_key and secret_key are required, as references such as env:AWS_ACCESS_KEY_ID and env:AWS_SECRET_ACCESS_KEY")
	case a.Role != "" && !roleForm.MatchString(a.Role):
		return fmt.Errorf("role_arn is %q, want one such as arn:aws:iam::123456789012:role/tieout", a.Role)
	case a.External != "" && a.Role == "":
		return errors.New("external_id is for a role: state role_arn, or leave it out")
	}
	for name, ref := range map[string]string{"access_key": a.KeyID, "secret_key": a.Secret, "session_token": a.Token} {
		if ref != "" && !web.IsReference(ref) {
			return fmt.Errorf("%s must be a reference such as env:NAME: this file is no place for a secret", name)
		}
	}
	return nil
}

// url is where a service answers.
func (a Access) url(s Service) string {
	switch {
	case a.Endpoints[s.Name] != "":
		return a.Endpoints[s.Name]
	case a.Endpoint != "":
		return a.Endpoint
	}
	domain := "amazonaws.com"
	if strings.HasPrefix(a.Region, "cn-") {
		domain += ".cn"
	}
	switch {
	case !s.Global:
		host := s.Name
		if s.Host != "" {
			host = s.Host
		}
		return "https://" + host + "." + a.Region + "." + domain
	case strings.HasPrefix(a.Region, "cn-"):
		return "https://" + s.Name + ".cn-north-1." + domain
	case strings.HasPrefix(a.Region, "us-gov-"):
		return "https://" + s.Name + ".us-gov." + domain
	}
	return "https://" + s.Name + "." + domain
}

// region is the one that requests to a service are signed for.
func (a Access) region(s Service) string {
	switch {
	case !s.Global:
		return a.Region
	case strings.HasPrefix(a.Region, "cn-"):
		return "cn-north-1"
	case strings.HasPrefix(a.Region, "us-gov-"):
		return "us-gov-west-1"
	}
	return "us-east-1"
}

// names are the actions with the service before them.
func (s Service) names() []string {
	var out []string
	for _, r := range s.Reads {
		out = append(out, s.Name+":"+r)
	}
	return out
}

// Uses says what is connected to, and which secrets go there.
func (a *Account) Uses() []source.Use {
	var out []source.Use
	for _, s := range a.services {
		use := a.sites[s.Name].Uses()[0]
		for _, ref := range []string{a.access.KeyID, a.access.Secret, a.access.Token} {
			if ref == "" {
				continue
			}
			place := use.Place
			if s.Name == stsService.Name && a.access.Role != "" {
				place += " (taking on " + a.access.Role + ")"
			}
			if u := (source.Use{Secret: ref, Place: place}); !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
	}
	return out
}

// Policy is the least that lets the services be asked, as lines of JSON.
func Policy(services ...Service) []string {
	var actions []string
	for _, s := range services {
		for _, r := range s.Reads {
			if !slices.Contains(s.Free, r) {
				actions = append(actions, `"`+s.Name+":"+r+`"`)
			}
		}
	}
	slices.Sort(actions)
	return []string{`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [` + strings.Join(actions, ", ") + `], "Resource": "*"}]}`}
}

// form is the body of a request of the query protocol.
func form(s Service, action string, p url.Values) []byte {
	q := url.Values{"Action": {action}, "Version": {s.Version}}
	for k, v := range p {
		q[k] = v
	}
	return []byte(q.Encode())
}
