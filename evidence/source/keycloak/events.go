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
	err := walk(ctx, p, "/events", query, "sign_in", func(e event) (string, int64) { return e.ID, e.Time }, p.signIn)
	if err := web.Lost(p.out, err, "sign_in"); err != nil {
		return err
	}
	p.env.Provides("config_event", "change_id") // an admin event names none
	err = walk(ctx, p, "/admin-events", nil, "config_event", func(e adminEvent) (string, int64) { return e.ID, e.Time }, p.change)
	return web.Lost(p.out, err, "config_event")
}

// walk shows the events of one log that lie in the window, oldest first, so
// that what is added meanwhile comes last. What expires meanwhile would move
// the pages: the first event must still be the first when all are read.
func walk[T any](ctx context.Context, p *pull, path string, query url.Values, kind evidence.Kind, of func(T) (string, int64), show func(placed[T]) error) error {
	q := url.Values{"direction": {"asc"}, "dateFrom": {millis(p.window.From)}, "dateTo": {millis(p.window.To)}}
	for k, v := range query {
		q[k] = v
	}
	first, oldest := "", int64(0)
	id := func(e T) string { x, _ := of(e); return x }
	err := list(ctx, p, path, q, id, func(e placed[T]) error {
		name, at := of(e.of)
		if first == "" {
			first = name
		}
		if oldest == 0 || at < oldest {
			oldest = at
		}
		if !p.window.Contains(evidence.Instant(at * 1000)) {
			p.out.Drop(kind, "it lies outside of the window", 1)
			return nil
		}
		return show(e)
	})
	if err != nil {
		return err
	}
	if err := p.still(ctx, path, q, kind, first, func(a *web.Answer) (string, error) {
		var again []T
		if err := a.Decode(&again); err != nil || len(again) == 0 {
			return "", err
		}
		return id(again[0]), nil
	}); err != nil {
		return err
	}
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

// still says a gap where the first event is no longer the first.
func (p *pull) still(ctx context.Context, path string, q url.Values, kind evidence.Kind, first string, read func(*web.Answer) (string, error)) error {
	if first == "" {
		return nil
	}
	again := url.Values{"first": {"0"}, "max": {"1"}}
	for k, v := range q {
		again[k] = v
	}
	a, err := p.client.Get(ctx, p.admin(path), again)
	if err != nil {
		return err
	}
	now, err := read(a)
	if err != nil {
		return err
	}
	p.client.Page(a, 1)
	if now != first {
		return p.gap(kind, evidence.GapTruncated, path+": events were removed, or the server does not hand them over oldest first, so some may be missing between two pages: collect again")
	}
	return nil
}

func millis(t evidence.Instant) string { return strconv.FormatInt(int64(t)/1000, 10) }

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
