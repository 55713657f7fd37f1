// Package keycloak reads one realm of a Keycloak server: accounts and their
// second factors, who holds which role by which way, the secrets of clients,
// limits of sessions, and its two event logs.
package keycloak

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Config is an entry of type keycloak in a workspace file. User and password
// are a confidential client and its secret.
type Config struct {
	source.Common `yaml:",inline"`
	web.Access    `yaml:",inline"`
	Realm         string   `yaml:"realm"`
	Services      []string `yaml:"services"`   // patterns of names of users that are programs'; service accounts are in any case
	Privileged    []string `yaml:"privileged"` // patterns of roles, as realm-role or client/role, that allow administration or changes
	Ordinary      []string `yaml:"ordinary"`   // and of those that do not
	Worker        string   `yaml:"worker"`     // attribute of a user that holds the worker's id
	Events        bool     `yaml:"events"`     // whether sign-ins and changes of settings are read
	PageSize      int      `yaml:"page_size"`  // 100 if left out
}

const (
	defaultPage = 100
	maxPage     = 1000
)

type collector struct {
	cfg  Config
	site *web.Site
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

func (c *collector) prepare() (err error) {
	if c.cfg.Realm == "" {
		return errors.New("realm is missing: its name, as in the address of its sign-in page")
	}
	c.site, err = web.New(c.cfg.Access, web.Rules{
		Tokens:  "/realms/" + url.PathEscape(c.cfg.Realm) + "/protocol/openid-connect/token",
		Secrets: []string{"secret", "client.secret.rotated", "registrationAccessToken", "password", "credentialData", "secretData", "representation", "privateKey", "bindCredential", "clientSecret"},
	})
	if err != nil {
		return err
	}
	if c.cfg.Token != "" || c.cfg.User == "" {
		return errors.New("state user, a client with a service account, and password, a reference to its secret: a token would run out while pages are read")
	}
	if c.cfg.PageSize == 0 {
		c.cfg.PageSize = defaultPage
	}
	if c.cfg.PageSize < 1 || c.cfg.PageSize > maxPage {
		return fmt.Errorf("page_size is %d, want 1 to %d", c.cfg.PageSize, maxPage)
	}
	for name, patterns := range map[string][]string{"services": c.cfg.Services, "privileged": c.cfg.Privileged, "ordinary": c.cfg.Ordinary} {
		for _, p := range patterns {
			if _, err := path.Match(p, "x"); err != nil || p == "" {
				return fmt.Errorf("%s: %q is no pattern: want a name, with * for any characters but /", name, p)
			}
		}
	}
	return nil
}

// admin is the path of the realm's own REST.
func (c *collector) admin(p string) string { return "/admin/realms/" + url.PathEscape(c.cfg.Realm) + p }

// Uses implements source.User.
func (c *collector) Uses() []source.Use { return c.site.Uses() }

// Check implements source.Checker.
func (c *collector) Check(ctx context.Context, env source.CheckEnv) error {
	client, err := c.site.OpenQuiet(env)
	if err != nil {
		return err
	}
	defer client.Close()
	if _, _, err := c.realm(ctx, client); err != nil {
		return err
	}
	paths := []string{"/users/count", "/groups/count", "/clients?max=1", "/roles?max=1"}
	if c.cfg.Events {
		paths = append(paths, "/events?max=1", "/admin-events?max=1")
	}
	for _, p := range paths {
		u, err := url.Parse(p)
		if err != nil {
			return err
		}
		if _, err := client.Get(ctx, c.admin(u.Path), u.Query()); err != nil {
			return err
		}
	}
	return nil
}

// Emits implements source.Emitter.
func (c *collector) Emits() []evidence.Kind {
	out := []evidence.Kind{"principal", "grant", "credential", "session_policy", "log_source"}
	if c.cfg.Events {
		out = append(out, "sign_in", "config_event")
	}
	return out
}

// fits reports whether one of the patterns is of the name.
func fits(patterns []string, name string) bool {
	for _, p := range patterns {
		if ok, _ := path.Match(p, name); ok {
			return true
		}
	}
	return false
}

func init() {
	source.Register(source.Spec{
		Name:    "keycloak",
		Summary: "a Keycloak realm: accounts with their second factors, who holds which role directly, by group or by composite role, secrets of clients, session limits, event logs with their retention, sign-ins and changes of settings",
		Emits:   []evidence.Kind{"principal", "grant", "credential", "session_policy", "log_source", "sign_in", "config_event"},
		Access: []string{
			"a client of the realm, for this purpose only: confidential (client authentication on), service account on, every flow of signing in off",
			"its service account holds, of the client realm-management: view-users, query-users, query-groups, view-clients, view-realm, view-events; nothing that begins with manage- and not realm-admin",
			"it sends GET, and POST to the realm's token endpoint, which gives it a token of its own",
		},
		Blind: []string{
			"secrets: those of clients are taken out of every answer before it is kept",
			"the last sign-in of a user beyond the events that are kept; without one it is not known, and never 'never'",
			"when a role was given and by whose approval, and since when an account is disabled, but as far as admin events show it",
			"second factors of those whom another identity provider signs in: for an account without a password here nothing is said",
			"users of a directory who never signed in and were never imported",
			"whether a role is privileged, beyond Keycloak's own: privileged and ordinary say it",
			"brute force protection and the password policy are kept with the realm's answer; no kind of record holds them",
			"offline sessions, which the limits of sessions are not for",
		},
		Sample: `{id: idp, type: keycloak, url: https://idp.example.com, realm: lending, user: tieout, password: env:KEYCLOAK_SECRET,
  worker: employeeNumber, privileged: ["ml-registry/editor"], ordinary: ["*/viewer"], events: true}`,
		New: New,
	})
}
