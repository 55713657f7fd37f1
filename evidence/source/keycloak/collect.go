package keycloak

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

// pull is one run of the collector.
type pull struct {
	*collector
	env    source.Env
	out    source.Sink
	client *web.Client
	window evidence.Window

	state   realmAnswer
	clients []placed[client]
	login   map[string]int64 // user → last sign-in that was seen, ms
	holders map[string]bool  // accounts that may clear the event logs
	whole   bool             // whether all of those were seen
}

// placed is a thing and the answer that it stood in.
type placed[T any] struct {
	of     T
	answer *web.Answer
	item   int
}

// errPartial is a realm that shows itself in part: Keycloak answers 200 to a
// client without view-realm, with hardly anything in it.
var errPartial = errors.New("the realm shows only a part of its settings to this client: give its service account view-realm of realm-management")

// Collect implements source.Collector. Everything but events is as it stands.
func (c *collector) Collect(ctx context.Context, env source.Env, w evidence.Window, out source.Sink) error {
	cl, err := c.site.Open(env, out)
	if err != nil {
		return err
	}
	defer cl.Close()
	p := &pull{collector: c, env: env, out: out, client: cl, window: w, login: map[string]int64{}, holders: map[string]bool{}}
	state, answer, err := c.realm(ctx, cl)
	if errors.Is(err, errPartial) {
		for _, k := range []evidence.Kind{"session_policy", "log_source"} {
			if err := p.gap(k, evidence.GapPermission, err.Error()); err != nil {
				return err
			}
		}
	} else if err != nil {
		return web.Lost(out, err, c.Emits()...)
	}
	p.state = state
	if answer != nil {
		cl.Page(answer, 1)
		env.Unread("passwordPolicy", "bruteForceProtected", "sslRequired", "otpPolicyType", "webAuthnPolicyRpId")
	}
	if c.cfg.Events {
		if err := p.events(ctx); err != nil {
			return err
		}
	}
	if err := p.access(ctx); err != nil {
		return err
	}
	if err := web.Lost(out, p.principals(ctx), "principal"); err != nil {
		return err
	}
	if answer == nil {
		return nil
	}
	if err := p.sessions(answer); err != nil {
		return err
	}
	return p.logs(ctx, answer)
}

// realm asks for the realm itself.
func (c *collector) realm(ctx context.Context, cl *web.Client) (realmAnswer, *web.Answer, error) {
	var state realmAnswer
	a, err := cl.Get(ctx, c.admin(""), nil)
	if err != nil {
		return state, nil, err
	}
	if err := a.Decode(&state); err != nil {
		return state, nil, err
	}
	if state.ID == "" || state.Events == nil || state.AdminEvents == nil {
		return realmAnswer{}, nil, errPartial
	}
	return state, a, nil
}

func (p *pull) gap(k evidence.Kind, reason evidence.GapReason, detail string, columns ...string) error {
	return p.out.Gap(evidence.Gap{Kind: k, Columns: columns, Reason: reason, Detail: detail})
}

func (p *pull) row(kind evidence.Kind, a *web.Answer, item int) *source.Row {
	r := p.client.Row(kind, a, item)
	r.Scope = p.cfg.Realm
	return r
}

// maxItems bounds a list that does not end.
const maxItems = 20_000_000

// list asks for every page of a list by first and max. A page that is as long
// as was asked for is followed by another; one that repeats the first id of
// the page before is a server that does not page, which is an error.
func list[T any](ctx context.Context, p *pull, path string, query url.Values, id func(T) string, take func(placed[T]) error) error {
	last := ""
	for first := 0; ; first += p.cfg.PageSize {
		if first > maxItems {
			return fmt.Errorf("%s: %w", path, web.ErrLoop)
		}
		q := url.Values{"first": {strconv.Itoa(first)}, "max": {strconv.Itoa(p.cfg.PageSize)}}
		for k, v := range query {
			q[k] = v
		}
		a, err := p.client.Get(ctx, p.admin(path), q)
		if err != nil {
			return err
		}
		var page []T
		if err := a.Decode(&page); err != nil {
			return err
		}
		p.client.Page(a, len(page))
		if len(page) > 0 {
			here := id(page[0])
			if first > 0 && here == last {
				return fmt.Errorf("%s: page after page is the same: %w", path, web.ErrLoop)
			}
			last = here
		}
		for i, x := range page {
			if err := take(placed[T]{x, a, i + 1}); err != nil {
				return err
			}
		}
		if len(page) != p.cfg.PageSize { // shorter: the last one; longer: it came whole, whatever was asked for
			return nil
		}
	}
}
