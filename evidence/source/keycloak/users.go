package keycloak

import (
	"context"
	"net/url"
	"strconv"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

// principals shows users, and the accounts of clients, which stand in no list
// of users.
func (p *pull) principals(ctx context.Context) error {
	p.env.Provides("principal", "email", "worker_id", "disabled_at") // where no attribute is named, the realm states no worker
	users, count, err := p.users(ctx)
	if err != nil {
		return err
	}
	factors := true
	for _, u := range users {
		kind := "human"
		if fits(p.cfg.Services, u.of.Username) {
			kind = "service"
		}
		if factors, err = p.principal(ctx, u, kind, false, factors); err != nil {
			return err
		}
	}
	accounts := int64(0)
	for _, c := range p.clients {
		if !c.of.Service {
			continue
		}
		a, err := p.client.Get(ctx, p.admin("/clients/"+url.PathEscape(c.of.ID)+"/service-account-user"), nil)
		if err != nil {
			return err
		}
		var u user
		if err := a.Decode(&u); err != nil {
			return err
		}
		p.client.Page(a, 1)
		accounts++
		if _, err := p.principal(ctx, placed[user]{u, a, 1}, "service", true, factors); err != nil {
			return err
		}
	}
	return p.out.Total(evidence.Total{Kind: "principal", Count: count + accounts, Basis: "/users/count, and clients with a service account"})
}

// users lists the users. Pages by number race with those who are added or
// removed meanwhile, so a list whose length is not the server's own count is
// read once more; what differs still is a gap.
func (p *pull) users(ctx context.Context) (users []placed[user], count int64, err error) {
	for range 2 {
		seen := map[string]bool{}
		users = users[:0]
		err = list(ctx, p, "/users", url.Values{"briefRepresentation": {"false"}}, func(u user) string { return u.ID }, func(u placed[user]) error {
			if !seen[u.of.ID] {
				users = append(users, placed[user]{u.of, &web.Answer{Name: u.answer.Name, Raw: u.answer.Raw}, u.item})
			}
			seen[u.of.ID] = true
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
		a, err := p.client.Get(ctx, p.admin("/users/count"), nil)
		if err != nil {
			return nil, 0, err
		}
		if err := a.Decode(&count); err != nil {
			return nil, 0, err
		}
		p.client.Page(a, 1)
		if count == int64(len(users)) {
			break
		}
	}
	return users, count, nil
}

// principal shows one account; own says that it is a client's. It returns
// whether factors may be asked for after it.
func (p *pull) principal(ctx context.Context, u placed[user], kind string, own, factors bool) (bool, error) {
	r := p.row("principal", u.answer, u.item)
	r.Put("principal_id", u.of.ID)
	r.Put("principal_kind", kind)
	r.Put("email", u.of.Email)
	if p.cfg.Worker != "" {
		if v := u.of.Attributes[p.cfg.Worker]; len(v) == 1 {
			r.Put("worker_id", v[0])
		} else if len(v) > 1 {
			r.Unknown("worker_id", "the attribute holds several values")
		}
	}
	if u.of.Enabled != nil {
		if r.Put("status", "active"); !*u.of.Enabled {
			r.Put("status", "disabled") // since when is not kept, which the NULL beside this word says
		}
	} else {
		r.Unknown("status", "the answer does not say whether the account is enabled")
	}
	if u.of.Created != nil {
		r.PutMillis("created_at", *u.of.Created)
	} else {
		r.Unknown("created_at", "the answer does not say it")
	}
	if at := p.login[u.of.ID]; at > 0 {
		r.PutMillis("last_login_at", at)
	} else {
		r.Unknown("last_login_at", "no sign-in stands in the events that were read, which says nothing of those before")
	}
	switch {
	case own:
		p.noFactor(r, "the account of a client has no factor of a person")
		return factors, p.out.Put(r.Record)
	case !factors:
		p.noFactor(r, "this client may not see the credentials of users")
		return false, p.out.Put(r.Record)
	}
	err := p.factors(ctx, r, u.of.ID)
	if web.Refused(err) {
		p.noFactor(r, "this client may not see the credentials of users")
		if err := p.gap("principal", evidence.GapPermission, err.Error(), "mfa_enrolled", "mfa_phishing_resistant"); err != nil {
			return false, err
		}
		return false, p.out.Put(r.Record)
	}
	if web.Absent(err) {
		p.noFactor(r, "the account was removed while it was looked at")
		err = nil
	}
	if err != nil {
		return factors, err
	}
	return factors, p.out.Put(r.Record)
}

func (p *pull) noFactor(r *source.Row, why string) {
	r.Unknown("mfa_enrolled", why)
	r.Unknown("mfa_phishing_resistant", why)
}

// factors asks which credentials the user has.
func (p *pull) factors(ctx context.Context, r *source.Row, id string) error {
	a, err := p.client.Get(ctx, p.admin("/users/"+url.PathEscape(id)+"/credentials"), nil)
	if err != nil {
		return err
	}
	var all []factor
	if err := a.Decode(&all); err != nil {
		return err
	}
	p.client.Page(a, len(all))
	password, second, strong, other := false, false, false, false
	for _, f := range all {
		switch f.Type {
		case "password":
			password = true
		case "otp":
			second = true
		case "webauthn", "webauthn-passwordless":
			second, strong = true, true
		case "recovery-authn-codes": // stands in for a factor that is lost
		default:
			other = true
		}
	}
	switch {
	case second:
		r.Put("mfa_enrolled", true)
	case other:
		p.noFactor(r, "it has a credential of a type that is not known here")
		return nil
	case !password:
		p.noFactor(r, "it has no password here, so it is signed in elsewhere, or not at all")
		return nil
	default:
		r.Put("mfa_enrolled", false)
	}
	r.Put("mfa_phishing_resistant", strong)
	return nil
}

// secrets shows the secrets of confidential clients, never themselves.
func (p *pull) secrets() error {
	p.env.Provides("credential", "ended_at", "component_id") // a rule of the workspace may say whose it is
	for _, c := range p.clients {
		if c.of.Public || c.of.Bearer || c.of.Authenticator != "client-secret" && c.of.Authenticator != "client-secret-jwt" {
			continue
		}
		r := p.row("credential", c.answer, c.item)
		r.Put("credential_id", p.cfg.Realm+"/"+c.of.ClientID+" secret")
		r.Put("credential_kind", "api_key")
		if r.Put("status", "active"); c.of.Enabled != nil && !*c.of.Enabled {
			r.Put("status", "inactive")
		}
		seconds, err := strconv.ParseInt(c.of.Attributes["client.secret.creation.time"], 10, 64)
		if err != nil || seconds <= 0 || seconds > 253402300799 {
			r.Unknown("created_at", "the client does not say when its secret was made")
		} else {
			r.PutMillis("created_at", seconds*1000)
		}
		if until, err := strconv.ParseInt(c.of.Attributes["client.secret.expiration.time"], 10, 64); err == nil && until > 0 && until < 253402300799 && evidence.Instant(until*1e6) <= p.env.Now() {
			r.Put("status", "inactive")
			r.PutMillis("ended_at", until*1000)
		}
		for _, column := range []string{"principal_id", "owner_id", "storage", "last_used_at"} {
			r.Unknown(column, "Keycloak does not keep it")
		}
		if err := p.out.Put(r.Record); err != nil {
			return err
		}
	}
	return nil
}
