package mlflow

import (
	"context"
	"net/url"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/web"
)

const (
	apiModel    = "/api/2.0/mlflow/registered-models/get"
	apiMine     = "/api/3.0/mlflow/users/current/permissions"
	apiUser     = "/api/2.0/mlflow/users/get"
	noSuchModel = "tieout-asks-for-no-such-model"
)

type grant struct {
	Permission string `json:"permission"`
}

// keepsOut reports whether a right is one to see nothing, by its newer or its
// older name.
func (g grant) keepsOut() bool { return g.Permission == "DENY" || g.Permission == "NO_PERMISSIONS" }

type mineAnswer struct {
	Permissions []grant `json:"permissions"`
}

type userAnswer struct {
	User struct {
		Models      []grant `json:"registered_model_permissions"`
		Experiments []grant `json:"experiment_permissions"`
	} `json:"user"`
}

// sight asks whether this user would see everything. MLflow leaves what a user
// may not read out of its lists without a word, so a list that came whole can
// still be a part: the rights have to be looked at themselves.
func (p *pull) sight(ctx context.Context) error {
	_, err := p.client.Get(ctx, apiModel, url.Values{"name": {noSuchModel}})
	switch {
	case web.Refused(err): // a server that shows all says that there is none
		return p.partial("the server refuses even a model that there is not: what this user was not given is left out of lists (default_permission is not READ)")
	case err != nil && !web.Absent(err):
		return err
	}
	var grants []grant
	a, err := p.client.Get(ctx, apiMine, nil)
	switch {
	case err == nil:
		var mine mineAnswer
		if err := a.Decode(&mine); err != nil {
			return err
		}
		grants = mine.Permissions
	case web.Absent(err) && p.cfg.User != "": // an older server, or one that leaves it to a proxy
		if grants, err = p.olderGrants(ctx); err != nil {
			return err
		}
	case web.Absent(err):
	case web.Refused(err):
		return p.partial("it could not be looked at which rights this user has: " + err.Error())
	default:
		return err
	}
	if a != nil {
		p.client.Page(a, len(grants))
	}
	for _, g := range grants {
		if g.keepsOut() {
			return p.partial("this user is kept from something (" + g.Permission + "), which is left out of lists")
		}
	}
	return nil
}

func (p *pull) olderGrants(ctx context.Context) ([]grant, error) {
	a, err := p.client.Get(ctx, apiUser, url.Values{"username": {p.cfg.User}})
	if web.Absent(err) {
		return nil, nil // it has no users of its own, so it hides nothing from any
	}
	if err != nil {
		return nil, err
	}
	var u userAnswer
	if err := a.Decode(&u); err != nil {
		return nil, err
	}
	p.client.Page(a, 1)
	return append(u.User.Models, u.User.Experiments...), nil
}

// partial says that every kind may be a part only.
func (p *pull) partial(why string) error {
	for _, k := range p.Emits() {
		if err := p.out.Gap(evidence.Gap{Kind: k, Reason: evidence.GapPermission, Detail: why}); err != nil {
			return err
		}
	}
	return nil
}
