package keycloak

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/web"
)

// graph is how roles and groups lead to roles.
type graph struct {
	roles    map[string]placed[role] // by id
	order    []string
	names    map[string]string   // id → role, or clientId/role
	byName   map[string]string   // and back
	contains map[string][]string // composite role → roles in it, by id
}

// errHidden is a list that is shorter than it can be: Keycloak leaves out of
// lists what a client may not see, and answers 200.
var errHidden = errors.New("not everything is shown to this client: its service account needs view-clients, view-realm, view-users and query-groups of realm-management")

// lost is web.Lost that knows lists with something left out.
func (p *pull) lost(err error, kinds ...evidence.Kind) error {
	if !errors.Is(err, errHidden) {
		return web.Lost(p.out, err, kinds...)
	}
	for _, k := range kinds {
		if err := p.gap(k, evidence.GapPermission, err.Error()); err != nil {
			return err
		}
	}
	return nil
}

// access shows the secrets of clients and who holds which role.
func (p *pull) access(ctx context.Context) error {
	err := list(ctx, p, "/clients", nil, func(c client) string { return c.ID }, func(c placed[client]) error {
		p.clients = append(p.clients, c)
		return nil
	})
	if err == nil && len(p.clients) == 0 {
		err = fmt.Errorf("a realm has clients of its own and none is listed: %w", errHidden)
	}
	if err != nil { // the accounts of clients are principals that are not seen either
		return p.lost(err, "credential", "grant", "principal")
	}
	if err := p.secrets(); err != nil {
		return err
	}
	err = p.grants(ctx)
	p.whole = err == nil
	return p.lost(err, "grant")
}

func (p *pull) grants(ctx context.Context) error {
	g := &graph{roles: map[string]placed[role]{}, names: map[string]string{}, byName: map[string]string{}, contains: map[string][]string{}}
	if err := p.roles(ctx, g); err != nil {
		return err
	}
	p.env.Provides("grant", "revoked_at")
	for _, id := range g.order {
		r := g.roles[id]
		if err := p.composites(ctx, g, r.of); err != nil {
			return err
		}
	}
	for _, id := range g.order {
		err := list(ctx, p, p.holdersOf(g, id), nil, func(u user) string { return u.ID }, func(u placed[user]) error {
			return p.held(g, u, id, "")
		})
		if web.Absent(err) { // removed while it was looked at
			continue
		}
		if err != nil {
			return err
		}
	}
	return p.groups(ctx, g)
}

// holdersOf is the path of the users that hold a role directly.
func (p *pull) holdersOf(g *graph, id string) string {
	r := g.roles[id].of
	path := "/roles/" + url.PathEscape(r.Name) + "/users"
	if r.OfClient {
		path = "/clients/" + url.PathEscape(r.Container) + path
	}
	return path
}

// roles lists the roles of the realm and of every client.
func (p *pull) roles(ctx context.Context, g *graph) error {
	add := func(prefix string) func(placed[role]) error {
		return func(r placed[role]) error {
			if _, twice := g.roles[r.of.ID]; r.of.ID == "" || twice {
				return nil
			}
			g.roles[r.of.ID] = placed[role]{of: r.of}
			g.order = append(g.order, r.of.ID)
			g.names[r.of.ID] = prefix + r.of.Name
			g.byName[prefix+"\x00"+r.of.Name] = r.of.ID
			return nil
		}
	}
	id := func(r role) string { return r.ID }
	if err := list(ctx, p, "/roles", nil, id, add("")); err != nil {
		return err
	}
	if len(g.order) == 0 {
		return fmt.Errorf("a realm has roles of its own and none is listed: %w", errHidden)
	}
	for _, c := range p.clients {
		err := list(ctx, p, "/clients/"+url.PathEscape(c.of.ID)+"/roles", nil, id, add(c.of.ClientID+"/"))
		if err != nil && !web.Absent(err) {
			return err
		}
	}
	return nil
}

// composites asks what a role contains.
func (p *pull) composites(ctx context.Context, g *graph, r role) error {
	if !r.Composite {
		return nil
	}
	a, err := p.client.Get(ctx, p.admin("/roles-by-id/"+url.PathEscape(r.ID)+"/composites"), nil)
	if err != nil {
		return err
	}
	var all []role
	if err := a.Decode(&all); err != nil {
		return err
	}
	p.client.Page(a, len(all))
	for _, x := range all {
		if _, known := g.roles[x.ID]; !known {
			return fmt.Errorf("role %s contains one that no list of roles holds: roles were changed while they were read: collect again", g.names[r.ID])
		}
		g.contains[r.ID] = append(g.contains[r.ID], x.ID)
	}
	return nil
}

// reach returns the role and every role inside of it, and each but the first
// with the way that leads there.
func (g *graph) reach(id string) (ids, via []string) {
	seen := map[string]bool{id: true}
	ids, via = []string{id}, []string{""}
	for i := 0; i < len(ids); i++ {
		inside := slices.Clone(g.contains[ids[i]])
		slices.SortFunc(inside, func(a, b string) int { return strings.Compare(g.names[a], g.names[b]) })
		for _, x := range inside {
			if !seen[x] {
				seen[x] = true
				ids = append(ids, x)
				via = append(via, strings.TrimPrefix(via[i]+" > "+g.names[ids[i]], " > "))
			}
		}
	}
	return ids, via
}

// held shows that an account holds a role, and with it the roles inside.
func (p *pull) held(g *graph, u placed[user], id, group string) error {
	ids, via := g.reach(id)
	for i, x := range ids {
		r := p.row("grant", u.answer, u.item)
		name := g.names[x]
		way := strings.TrimPrefix(strings.TrimSuffix(group+" > "+via[i], " > "), " > ")
		native := u.of.ID + " " + x
		if way != "" {
			native += " via " + way
		}
		r.Put("grant_id", native)
		r.Put("principal_id", u.of.ID)
		resource, roleName := p.cfg.Realm, name
		if role := g.roles[x].of; role.OfClient {
			resource, roleName = p.cfg.Realm+"/"+strings.TrimSuffix(name, "/"+role.Name), role.Name
		}
		r.Put("resource_id", resource)
		r.Put("role", roleName)
		if privileged, known := p.privileged(name); known {
			r.Put("privileged", privileged)
		} else {
			r.Unknown("privileged", "privileged and ordinary do not say it of this role")
		}
		for _, column := range []string{"granted_at", "request_id", "requested_role", "approved_by", "approved_at"} {
			r.Unknown(column, "Keycloak does not keep when, why and by whose approval a role was given")
		}
		if clears(name) {
			p.holders[u.of.ID] = true
		}
		if err := p.out.Put(r.Record); err != nil {
			return err
		}
	}
	return nil
}

// clears reports whether the role lets its holder empty the event logs.
func clears(name string) bool {
	return name == "realm-management/manage-events" || name == "realm-management/realm-admin" || name == "admin" || strings.HasSuffix(name, "-realm/manage-events")
}

// privileged says whether a role allows administration or changes, as the
// entity says, or as Keycloak itself means its own roles.
func (p *pull) privileged(name string) (is, known bool) {
	yes, no := fits(p.cfg.Privileged, name), fits(p.cfg.Ordinary, name)
	if yes != no {
		return yes, true
	}
	if yes {
		return false, false
	}
	owner, role, ofClient := strings.Cut(name, "/")
	switch {
	case !ofClient:
		return false, name == "offline_access" || name == "uma_authorization" || name == "default-roles-"+p.cfg.Realm
	case owner == "account" || owner == "broker" && role == "read-token":
		return false, true // of one's own account
	case owner == "realm-management" || strings.HasSuffix(owner, "-realm"):
		return !strings.HasPrefix(role, "view-") && !strings.HasPrefix(role, "query-"), true
	}
	return false, false
}

// groups shows the roles that members of groups hold, those of the groups
// above included.
func (p *pull) groups(ctx context.Context, g *graph) error {
	query := url.Values{"briefRepresentation": {"false"}}
	var walk func(x group, above []string, depth int) error
	walk = func(x group, above []string, depth int) error {
		if depth > 100 {
			return fmt.Errorf("groups: %w", web.ErrLoop)
		}
		roles := slices.Clone(above)
		add := func(prefix, name string) error {
			id, ok := g.byName[prefix+"\x00"+name]
			if !ok {
				return fmt.Errorf("group %s has role %s%s, which no list of roles holds: roles were changed while they were read: collect again", x.Path, prefix, name)
			}
			if way := id + "\x00" + x.Path; !slices.Contains(roles, way) {
				roles = append(roles, way)
			}
			return nil
		}
		for _, name := range x.RealmRoles {
			if err := add("", name); err != nil {
				return err
			}
		}
		for of, names := range x.ClientRoles {
			for _, name := range names {
				if err := add(of+"/", name); err != nil {
					return err
				}
			}
		}
		slices.Sort(roles)
		if len(roles) > 0 {
			err := list(ctx, p, "/groups/"+url.PathEscape(x.ID)+"/members", nil, func(u user) string { return u.ID }, func(u placed[user]) error {
				for _, way := range roles {
					id, of, _ := strings.Cut(way, "\x00")
					if err := p.held(g, u, id, "group "+of); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		if x.Subgroups == nil { // older servers hand the whole tree over
			for _, y := range x.Inside {
				if err := walk(y, roles, depth+1); err != nil {
					return err
				}
			}
			return nil
		}
		if *x.Subgroups == 0 {
			return nil
		}
		var inside []group
		err := list(ctx, p, "/groups/"+url.PathEscape(x.ID)+"/children", query, func(y group) string { return y.ID }, func(y placed[group]) error {
			inside = append(inside, y.of)
			return nil
		})
		if err != nil {
			return err
		}
		if len(inside) != *x.Subgroups {
			return fmt.Errorf("group %s has %d groups inside and %d are listed: %w", x.Path, *x.Subgroups, len(inside), errHidden)
		}
		for _, y := range inside {
			if err := walk(y, roles, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	var top []group
	err := list(ctx, p, "/groups", query, func(x group) string { return x.ID }, func(x placed[group]) error {
		top = append(top, x.of)
		return nil
	})
	if err != nil {
		return err
	}
	for _, x := range top {
		if err := walk(x, nil, 0); err != nil {
			return err
		}
	}
	return nil
}
