package ldap

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
)

// pull is one run of the collector.
type pull struct {
	*collector
	ctx  context.Context // of this one pull: the library's searches take none
	env  source.Env
	out  source.Sink
	dir  *directory
	away []string // referrals that were not followed

	accounts map[string]bool     // normal names of those that were shown
	byUID    map[string][]string // uid → names of accounts
	primary  []member            // accounts with a primary group of Active Directory
	stated   []member            // what accounts say of their groups
	hidden   bool                // an entry did not show what every entry has
}

// member is an account in a group, as an entry states it.
type member struct {
	dn, group string // group: a name, or the last number of its identifier
	at        entry
}

// Collect implements source.Collector. A directory shows how it stands now.
func (c *collector) Collect(ctx context.Context, env source.Env, _ evidence.Window, out source.Sink) error {
	p := &pull{collector: c, ctx: ctx, env: env, out: out, accounts: map[string]bool{}, byUID: map[string][]string{}}
	env.Principal(c.cfg.Bind + " at " + c.addr)
	d, err := c.dial(ctx, env.Secret, env.Files())
	if err != nil {
		return p.lost(err, c.Emits()...)
	}
	defer d.close()
	p.dir = d
	env.Provides("principal", "email", "worker_id", "disabled_at", "principal_kind")
	if err := p.lost(p.people("human", c.cfg.People), "principal"); err != nil {
		return err
	}
	if slices.Contains(c.Emits(), evidence.Kind("credential")) {
		env.Provides("credential", "ended_at", "component_id") // a rule of the workspace may say whose it is
		if err := p.lost(p.people("service", c.cfg.Services), "principal", "credential"); err != nil {
			return err
		}
	}
	if err := p.lost(p.groups(), "grant"); err != nil {
		return err
	}
	return p.unseen()
}

// lost turns what the directory does not show into gaps, so that the rest can
// still be seen. Any other error stays one.
func (p *pull) lost(err error, kinds ...evidence.Kind) error {
	if err == nil {
		return nil
	}
	why, is := reason(err)
	if !is {
		return err
	}
	for _, k := range kinds {
		if err := p.out.Gap(evidence.Gap{Kind: k, Reason: why, Detail: err.Error()}); err != nil {
			return err
		}
	}
	return nil
}

// unseen says what the searches pointed at and did not show.
func (p *pull) unseen() error {
	slices.Sort(p.away)
	for _, to := range slices.Compact(p.away) {
		if partition(to) {
			continue
		}
		for _, k := range p.Emits() {
			if err := p.out.Gap(evidence.Gap{Kind: k, Reason: evidence.GapTruncated, Detail: "a part of the directory lies elsewhere, and a referral is not followed: " + to + ": make it a source of its own"}); err != nil {
				return err
			}
		}
	}
	if p.hidden {
		return p.out.Gap(evidence.Gap{
			Kind: "principal", Reason: evidence.GapPermission,
			Detail: "an entry does not show when it was made, which every entry does to who may read its operational attributes; locks are hidden then too: give " + p.cfg.Bind + " read access to them",
		})
	}
	return nil
}

// partition reports whether a referral is one of those that Active Directory
// adds to every search of a domain: they hold no accounts.
func partition(to string) bool {
	to = strings.ToLower(to)
	for _, x := range []string{"/dc=domaindnszones,", "/dc=forestdnszones,", "/cn=configuration,"} {
		if strings.Contains(to, x) {
			return true
		}
	}
	return false
}

func (p *pull) row(kind evidence.Kind, e entry) *source.Row {
	r := source.NewRow(p.env, kind, e.page)
	r.Raw, r.Item, r.Instance = e.raw, e.item, p.addr
	return r
}

var accountAttributes = []string{
	"objectClass", "uid", "sAMAccountName", "mail", "memberOf", "manager", "entryUUID", "createTimestamp", "whenCreated",
	"pwdChangedTime", "pwdAccountLockedTime", "pwdLastSuccess", "authTimestamp", "nsAccountLock", "shadowExpire",
	"userAccountControl", "accountExpires", "lastLogonTimestamp", "pwdLastSet", "primaryGroupID",
}

// people shows the accounts of one part.
func (p *pull) people(kind string, part Part) error {
	attributes := accountAttributes
	if p.cfg.Worker != "" {
		attributes = append(slices.Clone(attributes), p.cfg.Worker)
	}
	return p.search(part.Base, part.Filter, attributes, func(e entry) error {
		id := normal(e.dn)
		if kind == "human" && p.within(id, p.cfg.Services) { // a service that is written like a person
			return nil
		}
		p.accounts[id] = true
		if uid := strings.ToLower(e.first("uid")); uid != "" {
			p.byUID[uid] = append(p.byUID[uid], id)
		}
		for _, g := range e.attrs["memberof"] {
			p.stated = append(p.stated, member{id, normal(g), entry{raw: e.raw, item: e.item, page: e.page}})
		}
		if n := e.first("primaryGroupID"); n != "" {
			p.primary = append(p.primary, member{id, n, entry{raw: e.raw, item: e.item, page: e.page}})
		}
		return p.account(e, id, kind)
	})
}

// within reports whether the name lies below the base of a part that is not
// the whole directory.
func (p *pull) within(id string, part Part) bool {
	return part.Base != "" && normal(part.Base) != normal(p.cfg.Base) && strings.HasSuffix(id, ","+normal(part.Base))
}

func (p *pull) account(e entry, id, kind string) error {
	s := stateOf(e, p.env.Now())
	r := p.row("principal", e)
	r.NativeID = e.first("entryUUID")
	if r.NativeID == "" {
		r.NativeID = id
	}
	r.Put("principal_id", id)
	r.Put("principal_kind", kind)
	r.Put("email", e.first("mail"))
	if v := e.attrs[strings.ToLower(p.cfg.Worker)]; p.cfg.Worker != "" && len(v) > 0 {
		if r.Put("worker_id", v[0]); len(v) > 1 {
			r.Put("worker_id", nil)
			r.Unknown("worker_id", "the attribute holds several values")
		}
	}
	s.put(r)
	p.hidden = p.hidden || s.created == nil
	if err := p.out.Put(r.Record); err != nil || kind != "service" {
		return err
	}
	return p.credential(e, id, s)
}

// credential shows the password of a program's account.
func (p *pull) credential(e entry, id string, s state) error {
	r := p.row("credential", e)
	r.Put("credential_id", id+" password")
	r.Put("principal_id", id)
	r.Put("credential_kind", "password")
	switch {
	case s.unclear != "":
		r.Unknown("status", s.unclear)
	case s.disabled:
		r.Put("status", "inactive")
	default:
		r.Put("status", "active")
	}
	if s.ended != nil {
		r.Put("ended_at", *s.ended)
	}
	if s.changed != nil {
		r.Put("created_at", *s.changed)
	} else {
		r.Unknown("created_at", "the directory does not show when the password was last changed")
	}
	if s.login != nil {
		r.Put("last_used_at", *s.login)
	} else {
		r.Unknown("last_used_at", "the directory shows no last sign-in")
	}
	if m := e.first("manager"); m != "" {
		r.Put("owner_id", normal(m))
	} else {
		r.Unknown("owner_id", "no manager is shown")
	}
	r.Unknown("storage", "the directory does not know where the password is kept")
	return p.out.Put(r.Record)
}

var errHidden = errors.New("a group is written in a way that is not read")

// rangeOf reads the name of a part of a list that Active Directory cuts, such
// as member;range=0-1499 or, of the last part, member;range=1500-*.
func rangeOf(name string) (attribute string, from, to int, last, is bool) {
	attribute, rest, is := strings.Cut(strings.ToLower(name), ";range=")
	if !is {
		return name, 0, 0, true, false
	}
	if n, err := fmt.Sscanf(rest, "%d-*", &from); err == nil && n == 1 && strings.HasSuffix(rest, "-*") {
		return attribute, from, 0, true, true
	}
	if n, err := fmt.Sscanf(rest, "%d-%d", &from, &to); err != nil || n != 2 || to < from || from < 0 {
		return attribute, 0, 0, false, false
	}
	return attribute, from, to, false, true
}
