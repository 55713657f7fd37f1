// Package ldap reads a directory: accounts of people and of programs, whether
// they can be used, and which groups they are in, directly or by other groups.
// It knows OpenLDAP with its overlays, 389 Directory Server and Active
// Directory. It sends searches and nothing else, and follows no referral.
package ldap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"slices"
	"strings"

	ldapv3 "github.com/go-ldap/ldap/v3"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Config is an entry of type ldap in a workspace file.
type Config struct {
	source.Common `yaml:",inline"`
	URL           string   `yaml:"url"`       // ldaps://host or ldap://host, with a port or without
	StartTLS      bool     `yaml:"start_tls"` // of ldap://
	CA            string   `yaml:"ca"`        // PEM file of the workspace with the only authorities that count
	Allow         []string `yaml:"allow"`     // plain, loopback, private
	Bind          string   `yaml:"bind"`      // the name to bind as
	Password      string   `yaml:"password"`  // a reference
	Base          string   `yaml:"base"`      // where everything lies
	People        Part     `yaml:"people"`
	Services      Part     `yaml:"services"` // accounts of programs; none if left out
	Groups        Part     `yaml:"groups"`
	Worker        string   `yaml:"worker"`    // attribute that holds the worker's id
	Rights        []Right  `yaml:"rights"`    // what being in a group opens
	PageSize      int      `yaml:"page_size"` // 500 if left out
}

// Part is where entries of one sort lie.
type Part struct {
	Base   string `yaml:"base"`   // the whole directory's base if left out
	Filter string `yaml:"filter"` // what they are
}

// Right says what members of a group may do. A group that no right names opens
// itself, by role member.
type Right struct {
	Group      string `yaml:"group"` // its name, or a pattern of it
	Resource   string `yaml:"resource"`
	Role       string `yaml:"role"`
	Privileged *bool  `yaml:"privileged"`
}

const (
	defaultPeople = "(|(objectClass=inetOrgPerson)(&(objectCategory=person)(objectClass=user)))"
	defaultGroups = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=group))"
	defaultPage   = 500
	maxPage       = 5000
)

type collector struct {
	cfg  Config
	addr string // host:port
	host string
	tls  bool // from the first byte
}

var (
	_ source.Collector = (*collector)(nil)
	_ source.Emitter   = (*collector)(nil)
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
	if err := c.prepareURL(); err != nil {
		return err
	}
	cfg := &c.cfg
	if cfg.Bind == "" || !web.IsReference(cfg.Password) {
		return errors.New("state bind, a name such as cn=tieout,dc=example,dc=com, and password, a reference such as env:NAME: this file is no place for a secret")
	}
	if _, err := ldapv3.ParseDN(cfg.Base); err != nil || cfg.Base == "" {
		return errors.New("base is no distinguished name: want one such as dc=example,dc=com")
	}
	for name, part := range map[string]struct {
		part   *Part
		filter string
	}{"people": {&cfg.People, defaultPeople}, "groups": {&cfg.Groups, defaultGroups}, "services": {&cfg.Services, ""}} {
		p := part.part
		if name == "services" && p.Base == "" && p.Filter == "" {
			continue
		}
		if p.Base == "" {
			p.Base = cfg.Base
		}
		if p.Filter == "" {
			p.Filter = part.filter
		}
		if _, err := ldapv3.ParseDN(p.Base); err != nil {
			return fmt.Errorf("%s: base is no distinguished name", name)
		}
		if _, err := ldapv3.CompileFilter(p.Filter); err != nil {
			return fmt.Errorf("%s: filter cannot be read: want one such as (objectClass=account)", name)
		}
	}
	for i := range cfg.Rights {
		r := &cfg.Rights[i]
		r.Group = strings.ToLower(r.Group)
		if _, err := path.Match(r.Group, "x"); err != nil || r.Group == "" || r.Resource == "" || r.Role == "" {
			return errors.New("rights: want group, its name or a pattern such as cn=ml-*, resource and role")
		}
	}
	if cfg.PageSize == 0 {
		cfg.PageSize = defaultPage
	}
	if cfg.PageSize < 1 || cfg.PageSize > maxPage {
		return fmt.Errorf("page_size is %d, want 1 to %d", cfg.PageSize, maxPage)
	}
	return nil
}

func (c *collector) prepareURL() error {
	cfg := &c.cfg
	for _, word := range cfg.Allow {
		if word != "plain" && word != "loopback" && word != "private" {
			return fmt.Errorf("allow names %q, want plain, loopback or private", word)
		}
	}
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return errors.New("url cannot be read: want one such as ldaps://directory.example.com")
	}
	port := "636"
	switch {
	case u.Scheme == "ldaps" && cfg.StartTLS:
		return errors.New("url is ldaps, which is encrypted from the first byte: leave out start_tls")
	case u.Scheme == "ldaps":
		c.tls = true
	case u.Scheme != "ldap":
		return errors.New("url must begin with ldaps:// or ldap://")
	case !cfg.StartTLS && !slices.Contains(cfg.Allow, "plain"):
		return errors.New("url is ldap, which anybody between can read and change: use ldaps, or start_tls: true, or state allow: [plain]")
	default:
		port = "389"
	}
	if u.Port() != "" {
		port = u.Port()
	}
	c.host, c.addr = u.Hostname(), net.JoinHostPort(u.Hostname(), port)
	return nil
}

// Uses implements source.User.
func (c *collector) Uses() []source.Use {
	place := c.addr
	if len(c.cfg.Allow) > 0 {
		place += " (allowing " + strings.Join(slices.Compact(slices.Sorted(slices.Values(c.cfg.Allow))), ", ") + ")"
	}
	return []source.Use{{Secret: c.cfg.Password, Place: place}}
}

// Emits implements source.Emitter.
func (c *collector) Emits() []evidence.Kind {
	out := []evidence.Kind{"principal", "grant"}
	if c.cfg.Services.Filter != "" || c.cfg.Services.Base != "" {
		out = append(out, "credential")
	}
	return out
}

// Check implements source.Checker.
func (c *collector) Check(ctx context.Context, env source.CheckEnv) error {
	d, err := c.dial(ctx, env.Secret, env.Files)
	if err != nil {
		return err
	}
	defer d.close()
	for _, base := range []string{c.cfg.People.Base, c.cfg.Groups.Base, c.cfg.Services.Base} {
		if base == "" {
			continue
		}
		r, err := d.conn.Search(ldapv3.NewSearchRequest(base, ldapv3.ScopeBaseObject, ldapv3.NeverDerefAliases, 1, 10, false, "(objectClass=*)", []string{"entryDN"}, nil))
		if err != nil || len(r.Entries) != 1 {
			return d.fail(base+" is not shown to "+c.cfg.Bind, errors.Join(err, errAbsent))
		}
	}
	return nil
}

func init() {
	source.Register(source.Spec{
		Name:    "ldap",
		Summary: "a directory (OpenLDAP, 389 Directory Server, Active Directory): accounts of people and programs, and the groups they are in, directly or by other groups",
		Emits:   []evidence.Kind{"principal", "grant", "credential"},
		Access: []string{
			"an account of its own that binds with a password, over ldaps or StartTLS",
			"OpenLDAP: access to attrs=userPassword by anonymous auth by * none",
			"OpenLDAP: access to dn.subtree=\"<base>\" by dn.exact=\"<bind>\" read by … -- with the operational attributes, pwdAccountLockedTime among them",
			"OpenLDAP: limits dn.exact=\"<bind>\" size.prtotal=unlimited",
			"Active Directory: an ordinary account; it reads userAccountControl, lastLogonTimestamp and members by default",
			"it sends bind and search requests only; userPassword, unicodePwd and key attributes are never asked for",
		},
		Blind: []string{
			"entries and attributes that the directory's rules of access hide from this account: a directory leaves them out without a word; that every entry shows when it was made is the sign that is looked at",
			"who put somebody in a group, when, and by whose approval",
			"second factors, but for accounts that Active Directory lets in with a smart card only",
			"a last sign-in where no overlay lastbind or ppolicy keeps one, and in Active Directory those of the last 14 days",
			"parts of the directory that another server holds: a referral is not followed",
			"members of dynamic groups, unless the directory shows them as memberOf",
			"the password policy; no kind of record holds it",
		},
		Sample: `{id: directory, type: ldap, url: ldaps://directory.example.com, bind: "cn=tieout,ou=services,dc=example,dc=com", password: env:LDAP_PASSWORD, base: "dc=example,dc=com",
  people: {base: "ou=people,dc=example,dc=com"}, services: {base: "ou=services,dc=example,dc=com", filter: (objectClass=account)}, worker: employeeNumber,
  rights: [{group: "cn=ml-admins,*", resource: model-registry, role: admin, privileged: true}]}`,
		New: New,
	})
}
