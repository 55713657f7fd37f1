package keycloak

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

// sessions shows the limits of the realm, and of each client the tighter of
// the realm's and its own.
func (p *pull) sessions(a *web.Answer) error {
	p.env.Provides("session_policy", "idle_timeout_s", "absolute_timeout_s")
	s := p.state
	idle, whole := s.Idle, s.Max
	if s.Remember { // 0 = as without
		idle, whole = max(idle, s.RememberIdle), max(whole, s.RememberMax)
	}
	if err := p.limits(p.row("session_policy", a, 1), p.cfg.Realm, idle, whole, true); err != nil {
		return err
	}
	for _, c := range p.clients {
		if c.of.Bearer {
			continue
		}
		i, okIdle := tighter(idle, s.ClientIdle, c.of.Attributes["client.session.idle.timeout"])
		m, okMax := tighter(whole, s.ClientMax, c.of.Attributes["client.session.max.lifespan"])
		if err := p.limits(p.row("session_policy", c.answer, c.item), p.cfg.Realm+"/"+c.of.ClientID, i, m, okIdle && okMax); err != nil {
			return err
		}
	}
	return nil
}

func (p *pull) limits(r *source.Row, resource string, idle, whole int64, read bool) error {
	r.Put("resource_id", resource)
	r.Put("has_sessions", true)
	for column, v := range map[string]int64{"idle_timeout_s": idle, "absolute_timeout_s": whole} {
		switch {
		case !read:
			r.Unknown(column, "a limit of the client is no number of seconds")
		case v > 0:
			r.Put(column, v)
		case v < 0:
			r.Unknown(column, "it is no number of seconds")
		}
	}
	return p.out.Put(r.Record)
}

// tighter is the limit of a client: its own, or else the realm's for clients,
// as far as the session itself does not end first. 0 stands for none.
func tighter(session, clients int64, own string) (int64, bool) {
	limit := clients
	if own != "" {
		v, err := strconv.ParseInt(own, 10, 64)
		if err != nil || v < 0 {
			return 0, false
		}
		if v > 0 {
			limit = v
		}
	}
	switch {
	case limit == 0:
		return session, true
	case session == 0:
		return limit, true
	}
	return min(session, limit), true
}

// logs shows how the two event logs are kept.
func (p *pull) logs(ctx context.Context, a *web.Answer) error {
	s := p.state
	admin := int64(0)
	if text := s.Attributes["adminEventsExpiration"]; text != "" {
		v, err := strconv.ParseInt(text, 10, 64)
		if admin = v; err != nil {
			admin = -1
		}
	}
	p.env.Provides("log_source", "oldest_record_at")
	for _, l := range []struct {
		name, path string
		on         bool
		seconds    int64
	}{{"events", "/events", *s.Events, s.Expiration}, {"admin-events", "/admin-events", *s.AdminEvents, admin}} {
		r := p.row("log_source", a, 1)
		r.Put("log_id", p.cfg.Realm+"/"+l.name)
		r.Put("as_of", p.env.Now())
		r.Put("enabled", l.on)
		r.Put("immutability", "none")
		if l.seconds > 0 {
			r.Put("retention_days", l.seconds/86400)
		} else {
			r.Unknown("retention_days", "no expiry is set: nothing is removed by its age")
		}
		if p.whole {
			ids := []string{}
			for id := range p.holders {
				ids = append(ids, id)
			}
			slices.Sort(ids)
			r.Put("deleter_ids", ids)
		} else {
			r.Unknown("deleter_ids", "who may clear it was not seen whole")
		}
		r.Unknown("writer_ids", "the server writes it itself")
		r.Unknown("live_since", "Keycloak does not keep since when it writes events")
		if err := p.oldest(ctx, r, l.path); err != nil {
			return err
		}
		if err := p.out.Put(r.Record); err != nil {
			return err
		}
	}
	return nil
}

// oldest asks for the oldest record of a log. A server that does not know the
// order that is asked for gives the newest, which two records tell.
func (p *pull) oldest(ctx context.Context, r *source.Row, path string) error {
	a, err := p.client.Get(ctx, p.admin(path), url.Values{"direction": {"asc"}, "max": {"2"}})
	if web.Refused(err) {
		r.Unknown("oldest_record_at", "this client may not see it: it needs view-events")
		return web.Lost(p.out, err, "log_source")
	}
	if err != nil {
		return err
	}
	var two []event
	if err := a.Decode(&two); err != nil {
		return err
	}
	p.client.Page(a, len(two))
	switch {
	case len(two) == 2 && two[0].Time > two[1].Time:
		r.Unknown("oldest_record_at", "the server hands events over newest first, whatever is asked for")
	case len(two) > 0:
		r.PutMillis("oldest_record_at", two[0].Time)
	}
	return nil
}
