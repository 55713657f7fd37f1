package keycloak

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/web"
)

var signIns = []string{"LOGIN", "LOGIN_ERROR", "CLIENT_LOGIN", "CLIENT_LOGIN_ERROR"}

// events shows the two event logs over the window, and what of the window they
// do not hold.
func (p *pull) events(ctx context.Context) error {
	s := p.state
	if s.Events != nil { // else the realm was not shown, and neither are its events
		if missing := slices.DeleteFunc(slices.Clone(signIns[:2]), func(t string) bool { return len(s.EventTypes) == 0 || slices.Contains(s.EventTypes, t) }); !*s.Events || len(missing) > 0 {
			why := "events are switched off for the realm"
			if *s.Events {
				why = "the realm does not keep events of type " + strings.Join(missing, ", ")
			}
			if err := p.gap("sign_in", evidence.GapDisabled, why+": what is shown was kept before"); err != nil {
				return err
			}
		}
		if !*s.AdminEvents {
			if err := p.gap("config_event", evidence.GapDisabled, "admin events are switched off for the realm: what is shown was kept before"); err != nil {
				return err
			}
		}
	}
	query := url.Values{"type": signIns}
	err := walk(ctx, p, "/events", query, "sign_in", func(e event) int64 { return e.Time }, p.signIn)
	if err := web.Lost(p.out, err, "sign_in"); err != nil {
		return err
	}
	p.env.Provides("config_event", "change_id") // an admin event names none
	err = walk(ctx, p, "/admin-events", nil, "config_event", func(e adminEvent) int64 { return e.Time }, p.change)
	return web.Lost(p.out, err, "config_event")
}

// maxTies bounds the events of one millisecond.
const maxTies = 1 << 17

// walk shows the events of one log that lie in the window, oldest first. It
// never asks for a second page: Keycloak orders events by time alone, so that
// pages of those with one time leave some out. Instead it goes on from the
// time of the last event, and shows only those before it, which are all there.
func walk[T any](ctx context.Context, p *pull, path string, query url.Values, kind evidence.Kind, of func(T) int64, show func(placed[T]) error) error {
	from, to := (int64(p.window.From)+999)/1000, (int64(p.window.To)-1)/1000
	oldest, size := int64(0), p.cfg.PageSize
	for {
		q := url.Values{"direction": {"asc"}, "dateFrom": {strconv.FormatInt(from, 10)}, "dateTo": {strconv.FormatInt(to, 10)}, "first": {"0"}, "max": {strconv.Itoa(size)}}
		for k, v := range query {
			q[k] = v
		}
		a, err := p.client.Get(ctx, p.admin(path), q)
		if err != nil {
			return err
		}
		var list []T
		if err := a.Decode(&list); err != nil {
			return err
		}
		p.client.Page(a, len(list))
		for i, e := range list {
			at := of(e)
			if at < from || at > to || i > 0 && at < of(list[i-1]) {
				return p.gap(kind, evidence.GapTruncated, path+": the server does not keep to the times or the order that it is asked for, so not every event can be read: it takes Keycloak 26 or later")
			}
		}
		if oldest == 0 && len(list) > 0 {
			oldest = of(list[0])
		}
		whole := len(list) < size
		last := to + 1
		if !whole {
			last = of(list[len(list)-1])
		}
		for i, e := range list {
			if of(e) < last {
				if err := show(placed[T]{e, a, i + 1}); err != nil {
					return err
				}
			}
		}
		switch {
		case whole:
			return p.before(kind, path, oldest)
		case last > from:
			from, size = last, p.cfg.PageSize
		case size >= maxTies:
			return p.gap(kind, evidence.GapTruncated, fmt.Sprintf("%s: more than %d events have one time, %s", path, size, evidence.Instant(last*1000)))
		default: // all have one time: they must come on one page
			size *= 2
		}
	}
}

// before says what of the window lies before the oldest event.
func (p *pull) before(kind evidence.Kind, path string, oldest int64) error {
	to := p.window.To
	if oldest > 0 {
		to = evidence.Instant(oldest * 1000)
	}
	if to <= p.window.From {
		return nil
	}
	return p.out.Gap(evidence.Gap{
		Kind: kind, From: p.window.From, To: to, Reason: evidence.GapRetention,
		Detail: fmt.Sprintf("%s holds nothing before %s: whether it was written then, or what was written has expired, cannot be seen", path, to),
	})
}

func (p *pull) signIn(e placed[event]) error {
	if e.of.UserID == "" {
		p.out.Drop("sign_in", "it names no account", 1)
		return nil
	}
	r := p.row("sign_in", e.answer, e.item)
	r.Put("sign_in_id", e.of.ID)
	r.PutMillis("at", e.of.Time)
	r.Put("principal_id", e.of.UserID)
	if e.of.ClientID != "" {
		r.Put("resource_id", p.cfg.Realm+"/"+e.of.ClientID)
	} else {
		r.Unknown("resource_id", "the event names no client")
	}
	if e.of.Details["grant_type"] == "password" {
		r.Unknown("interactive", "a program handed a name and a password in, with or without a person before it")
	} else {
		r.Put("interactive", !strings.HasPrefix(e.of.Type, "CLIENT_"))
	}
	r.Unknown("mfa_used", "the event does not say with which factors it was")
	if r.Put("result", "success"); strings.HasSuffix(e.of.Type, "_ERROR") {
		r.Put("result", "failure")
	} else {
		p.login[e.of.UserID] = max(p.login[e.of.UserID], e.of.Time)
	}
	return p.out.Put(r.Record)
}

func (p *pull) change(e placed[adminEvent]) error {
	r := p.row("config_event", e.answer, e.item)
	id := e.of.ID
	if id == "" { // older servers give none
		id = strconv.FormatInt(e.of.Time, 10) + " " + e.of.Operation + " " + e.of.Path + " " + e.of.Details.UserID
	}
	r.Put("event_id", id)
	r.PutMillis("at", e.of.Time)
	r.Put("actor_id", e.of.Details.UserID)
	r.Put("action", strings.TrimSpace(e.of.Operation+" "+e.of.Type))
	r.Put("resource_id", strings.TrimSuffix(p.cfg.Realm+"/"+e.of.Path, "/"))
	return p.out.Put(r.Record)
}
