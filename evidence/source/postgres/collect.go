package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"path"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/pg"
)

// pull is one run of the collector over one session.
type pull struct {
	*collector
	*pg.Session
	env source.Env
	out source.Sink
}

// Collect implements source.Collector. Everything is as it stands now.
func (c *collector) Collect(ctx context.Context, env source.Env, _ evidence.Window, out source.Sink) error {
	s, err := pg.Open(ctx, env, pg.Options{DSN: c.cfg.DSN, Timeout: c.timeout})
	if pg.Refused(err) {
		for _, k := range []evidence.Kind{"principal", "grant", "credential", "endpoint", "log_source", "session_policy"} {
			if err := out.Gap(evidence.Gap{Kind: k, Reason: evidence.GapPermission, Detail: err.Error()}); err != nil {
				return err
			}
		}
	}
	if err != nil {
		return err
	}
	defer s.Close(ctx)
	p := &pull{c, s, env, out}
	if err := p.principals(ctx); err != nil {
		return err
	}
	if err := p.grants(ctx, "roles", rolesQuery); err != nil {
		return err
	}
	if err := p.grants(ctx, "rights on databases", databasesQuery); err != nil {
		return err
	}
	if err := p.databases(ctx); err != nil {
		return err
	}
	return p.settings(ctx)
}

// databases reads the rights inside every database of the server: an account
// has no privileged right only if none of them gives it one.
func (p *pull) databases(ctx context.Context) error {
	p.Asking("the list of databases")
	p.env.Query(databaseNames)
	rows, err := p.Tx.Query(ctx, databaseNames)
	if err != nil {
		return p.Describe(err)
	}
	defer rows.Close()
	type database struct {
		name string
		open bool
	}
	var all []database
	for rows.Next() {
		var d database
		if err := rows.Scan(&d.name, &d.open); err != nil {
			return p.Describe(err)
		}
		all = append(all, d)
	}
	if err := rows.Err(); err != nil {
		return p.Describe(err)
	}
	for _, d := range all {
		if !d.open {
			if err := p.closed(d.name, fmt.Errorf("this role has no CONNECT on it")); err != nil {
				return err
			}
			continue
		}
		if err := p.inside(ctx, d.name); err != nil {
			return err
		}
	}
	return nil
}

// closed says that the rights inside one database could not be seen.
func (p *pull) closed(name string, why error) error {
	return p.out.Gap(evidence.Gap{
		Kind: "grant", Reason: evidence.GapPermission,
		Detail: fmt.Sprintf("rights inside database %s could not be seen: %v: GRANT CONNECT ON DATABASE %s TO tieout_ro", name, why, name),
	})
}

func (p *pull) inside(ctx context.Context, name string) error {
	query := "rights inside database " + name
	if name == p.Database {
		return p.grants(ctx, query, objectsQuery)
	}
	s, err := pg.Open(ctx, quietly{p.env}, pg.Options{DSN: p.cfg.DSN, Database: name, Timeout: p.timeout})
	if pg.Refused(err) {
		return p.closed(name, err)
	}
	if err != nil {
		return err
	}
	defer s.Close(ctx)
	there := *p
	there.Session = s
	return there.grants(ctx, query, objectsQuery)
}

// quietly opens a further session without noting again as whom.
type quietly struct{ source.Env }

func (quietly) Principal(string) {}

// id names a thing of this server so that no two servers of a workspace share
// a name.
func (p *pull) id(kind, name string) string {
	if name == "" {
		return p.env.Source() + "/" + kind
	}
	return p.env.Source() + "/" + kind + "/" + name
}

func (p *pull) account(role string) string { return p.env.Source() + "/" + role }

// row starts a record that is read from the line.
func (p *pull) row(kind evidence.Kind, file string, l pg.Line) *source.Row {
	r := source.NewRow(p.env, kind, file)
	r.Raw, r.Item, r.Instance = l.Raw, l.Item, p.Host
	return r
}

type grantLine struct {
	Account   string `json:"account"`
	Via       string `json:"via"`
	Kind      string `json:"object_kind"`
	Object    string `json:"object"`
	Privilege string `json:"privilege"`
	Changes   bool   `json:"changes"`
}

// grants shows the rights of one query.
func (p *pull) grants(ctx context.Context, name, query string) error {
	p.env.Provides("grant", "revoked_at")
	n, err := p.Read(ctx, p.env, p.out, name, query, func(l pg.Line) error {
		var g grantLine
		if err := json.Unmarshal(l.JSON, &g); err != nil {
			return fmt.Errorf("%s: row %d: %w", name, l.Item, err)
		}
		r := p.row("grant", name, l)
		resource := p.id(g.Kind, g.Object)
		id := p.account(g.Account) + " " + g.Privilege + " on " + resource
		if g.Via != "" {
			id += " via " + g.Via
		}
		r.Put("grant_id", id)
		r.Put("principal_id", p.account(g.Account))
		r.Put("resource_id", resource)
		r.Put("role", g.Privilege)
		r.Put("privileged", g.Changes)
		for _, column := range []string{"granted_at", "request_id", "requested_role", "approved_by", "approved_at"} {
			r.Unknown(column, "PostgreSQL does not keep when, why and by whose approval a right was given")
		}
		return p.out.Put(r.Record)
	})
	if err != nil {
		return err
	}
	return p.total(ctx, "grant", query, n)
}

type accountLine struct {
	Name       string `json:"name"`
	Login      bool   `json:"login"`
	Limit      int    `json:"connlimit"`
	Super      bool   `json:"super"`
	ValidUntil string `json:"valid_until"`
	Expired    bool   `json:"expired"`
}

func (p *pull) principals(ctx context.Context) error {
	p.env.Provides("principal", "email", "worker_id", "principal_kind", "disabled_at") // a role has none, or works
	services := int64(0)
	n, err := p.Read(ctx, p.env, p.out, "accounts", principalsQuery, func(l pg.Line) error {
		var a accountLine
		if err := json.Unmarshal(l.JSON, &a); err != nil {
			return fmt.Errorf("accounts: row %d: %w", l.Item, err)
		}
		r := p.row("principal", "accounts", l)
		kind := p.kindOf(a.Name)
		works := a.Login && (a.Limit != 0 || a.Super)
		r.Put("principal_id", p.account(a.Name))
		r.Put("principal_kind", kind)
		if r.Put("status", "active"); !works {
			r.Put("status", "disabled") // since when is not kept, which the NULL beside this word says
		}
		for _, column := range []string{"created_at", "last_login_at", "mfa_enrolled", "mfa_phishing_resistant"} {
			r.Unknown(column, "PostgreSQL does not keep it")
		}
		if err := p.out.Put(r.Record); err != nil || kind != "service" || !a.Login {
			return err
		}
		services++
		return p.credential(l, a)
	})
	if err != nil {
		return err
	}
	if err := p.out.Total(evidence.Total{Kind: "credential", Count: services, Basis: "roles of programs that can sign in"}); err != nil {
		return err
	}
	return p.total(ctx, "principal", principalsQuery, n)
}

// credential shows the password that a program's role would sign in with. That
// it has run out is the one thing that the server tells of it.
func (p *pull) credential(l pg.Line, a accountLine) error {
	r := p.row("credential", "accounts", l)
	p.env.Provides("credential", "ended_at", "component_id") // a rule of the workspace may say whose it is
	r.Put("credential_id", p.account(a.Name)+" password")
	r.Put("principal_id", p.account(a.Name))
	r.Put("credential_kind", "password")
	if r.Put("status", "active"); a.Expired {
		r.Put("status", "inactive")
		if r.PutTime("ended_at", a.ValidUntil); a.ValidUntil == "" {
			r.Unknown("ended_at", "it ended before any time that can be written")
		}
	}
	for _, column := range []string{"owner_id", "storage", "created_at", "last_used_at"} {
		r.Unknown(column, "PostgreSQL does not keep it")
	}
	return p.out.Put(r.Record)
}

// kindOf tells whose a role is by its name, as the configuration says. A name
// that both or neither of the lists hold is nobody's that is known.
func (c *collector) kindOf(name string) string {
	fits := func(patterns []string) bool {
		for _, x := range patterns {
			if ok, _ := path.Match(x, name); ok {
				return true
			}
		}
		return false
	}
	person, service := fits(c.cfg.People), fits(c.cfg.Services)
	switch {
	case person && !service:
		return "human"
	case service && !person:
		return "service"
	}
	return ""
}

// total has the server count the rows of the query in the same snapshot.
func (p *pull) total(ctx context.Context, kind evidence.Kind, query string, read int64) error {
	p.Asking("counting")
	var n int64
	if err := p.Tx.QueryRow(ctx, "SELECT count(*) FROM (\n"+query+"\n) AS tieout_row").Scan(&n); err != nil {
		return p.Describe(err)
	}
	if n != read {
		return p.out.Gap(evidence.Gap{Kind: kind, Reason: evidence.GapCountMismatch, Detail: fmt.Sprintf("the server counts %d rows and gave %d", n, read)})
	}
	return p.out.Total(evidence.Total{Kind: kind, Count: n, Basis: "SELECT count(*) over the same queries, in the same snapshots"})
}
