package ldap

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	ldapv3 "github.com/go-ldap/ldap/v3"

	"github.com/tieout/tieout/evidence/source/web"
)

// group is one group, with its members by normal name.
type group struct {
	at      entry
	members []string
	rid     string // last number of the identifier in Active Directory
}

// administer are the groups of Active Directory that administer it, by the
// last number of their identifiers.
var administer = []string{"512", "518", "519", "544", "548", "549", "550", "551", "520", "526", "527"}

// groups reads every group, and shows each account in each group that it is
// in, directly or by the groups in between.
func (p *pull) groups() error {
	all := map[string]*group{}
	err := p.search(p.cfg.Groups.Base, p.cfg.Groups.Filter, []string{"objectClass", "cn", "member", "uniqueMember", "memberUid", "objectSid"}, func(e entry) error {
		g := &group{at: entry{dn: e.dn, raw: e.raw, item: e.item, page: e.page}, rid: rid(e.first("objectSid"))}
		if err := p.members(g, e); err != nil {
			return err
		}
		all[normal(e.dn)] = g
		return nil
	})
	if err != nil {
		return err
	}
	p.env.Provides("grant", "revoked_at")
	parents := map[string][]string{}
	for name, g := range all {
		for _, m := range g.members {
			if all[m] != nil {
				parents[m] = append(parents[m], name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, m := range all[name].members {
			if all[m] == nil { // else its own members are shown in this one too
				if err := p.held(all, parents, member{m, name, all[name].at}); err != nil {
					return err
				}
			}
		}
	}
	byRID := map[string]string{}
	for name, g := range all {
		byRID[g.rid] = name
	}
	for _, m := range p.primary {
		name := cmp.Or(byRID[m.group], "primary group "+m.group)
		if err := p.held(all, parents, member{m.dn, name, m.at}); err != nil {
			return err
		}
	}
	for _, m := range p.stated { // groups that lie elsewhere, or do not show their members
		if err := p.held(all, parents, m); err != nil {
			return err
		}
	}
	return nil
}

// members collects what a group holds. Active Directory hands long lists over
// in parts.
func (p *pull) members(g *group, e entry) error {
	for _, name := range slices.Sorted(maps.Keys(e.attrs)) {
		attribute, from, to, last, cut := rangeOf(name)
		if !cut && strings.Contains(name, ";range=") {
			return fmt.Errorf("%s: members of %s: %w", p.addr, e.dn, errHidden)
		}
		switch strings.ToLower(attribute) {
		case "member":
			for _, v := range e.attrs[name] {
				g.members = append(g.members, normal(v))
			}
			if cut && !last {
				if err := p.rest(g, e, from, to); err != nil {
					return err
				}
			}
		case "uniquemember":
			for _, v := range e.attrs[name] {
				v, _, _ = strings.Cut(v, "#") // an optional identifier behind the name
				g.members = append(g.members, normal(v))
			}
		case "memberuid":
			for _, v := range e.attrs[name] {
				if who := p.byUID[strings.ToLower(v)]; len(who) == 1 {
					g.members = append(g.members, who[0])
				} else { // nobody's, or of several: a name that no account is known by
					g.members = append(g.members, "uid="+strings.ToLower(v))
				}
			}
		}
	}
	slices.Sort(g.members)
	g.members = slices.Compact(g.members)
	return nil
}

// rest asks for the members behind those that came.
func (p *pull) rest(g *group, e entry, from, to int) error {
	for to >= from {
		if err := p.ctx.Err(); err != nil {
			return err
		}
		attribute := fmt.Sprintf("member;range=%d-*", to+1)
		p.env.Query(fmt.Sprintf("search base %q scope base filter (objectClass=*) attributes %s", e.dn, attribute))
		res, err := p.dir.conn.Search(ldapv3.NewSearchRequest(e.dn, ldapv3.ScopeBaseObject, ldapv3.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{attribute}, nil))
		if err != nil {
			return p.dir.fail("members of "+e.dn, err)
		}
		if len(res.Entries) != 1 {
			return fmt.Errorf("%s: members of %s: the group is gone while it is read: collect again", p.addr, e.dn)
		}
		next, ended := to, false
		err = p.page("members of "+e.dn, res, func(x entry) error {
			for name, values := range x.attrs {
				a, f, t, last, cut := rangeOf(name)
				if a != "member" || !cut {
					continue
				}
				if f != to+1 {
					return fmt.Errorf("%s: members of %s: %w", p.addr, e.dn, web.ErrLoop)
				}
				for _, v := range values {
					g.members = append(g.members, normal(v))
				}
				next, ended = t, last
			}
			return nil
		})
		if err != nil || ended {
			return err
		}
		if next <= to {
			return fmt.Errorf("%s: members of %s: %w", p.addr, e.dn, web.ErrLoop)
		}
		to = next
	}
	return nil
}

// held shows that an account is in a group and in every group around it.
func (p *pull) held(all map[string]*group, parents map[string][]string, m member) error {
	seen := map[string]bool{m.group: true}
	type step struct{ group, via string }
	steps := []step{{m.group, ""}}
	for i := 0; i < len(steps); i++ {
		if err := p.grant(all[steps[i].group], m, steps[i].group, steps[i].via); err != nil {
			return err
		}
		around := slices.Sorted(slices.Values(parents[steps[i].group]))
		for _, g := range around {
			if !seen[g] {
				seen[g] = true
				steps = append(steps, step{g, strings.TrimPrefix(steps[i].via+" > "+steps[i].group, " > ")})
			}
		}
	}
	return nil
}

func (p *pull) grant(g *group, m member, name, via string) error {
	r := p.row("grant", m.at)
	id := m.dn + " in " + name
	if via != "" {
		id += " via " + via
	}
	r.Put("grant_id", id)
	r.Put("principal_id", m.dn)
	right := p.right(name)
	r.Put("resource_id", cmp.Or(right.Resource, name))
	r.Put("role", cmp.Or(right.Role, "member"))
	switch {
	case right.Privileged != nil:
		r.Put("privileged", *right.Privileged)
	case g != nil && g.rid != "" && slices.Contains(administer, g.rid):
		r.Put("privileged", true)
	default:
		r.Unknown("privileged", "rights do not say it of this group")
	}
	for _, column := range []string{"granted_at", "request_id", "requested_role", "approved_by", "approved_at"} {
		r.Unknown(column, "a directory does not keep when, why and by whose approval somebody was put in a group")
	}
	return p.out.Put(r.Record)
}

// right is the first right that names the group.
func (p *pull) right(name string) Right {
	for _, r := range p.cfg.Rights {
		if ok, _ := path.Match(r.Group, name); ok || normal(r.Group) == name {
			return r
		}
	}
	return Right{}
}

// rid is the last number of a binary identifier of Active Directory.
func rid(sid string) string {
	if len(sid) < 12 || sid[0] != 1 || len(sid) != 8+4*int(sid[1]) {
		return ""
	}
	return strconv.FormatUint(uint64(binary.LittleEndian.Uint32([]byte(sid[len(sid)-4:]))), 10)
}
