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

// sight asks whether this user would see everything, and says what speaks
// against it. MLflow leaves what a user may not read out of its lists without a
// word, so a list that came whole can still be a part: the rights have to be
// looked at themselves.
func (c *collector) sight(ctx context.Context, client *web.Client) (partial string, err error) {
	_, err = client.Get(ctx, apiModel, url.Values{"name": {noSuchModel}})
	switch {
	case web.Refused(err): // a server that shows all says that there is none
		return "the server refuses even a model that there is not, so what this user was not given is left out of lists: " + err.Error(), nil
	case err != nil && !web.Absent(err):
		return "", err
	}
	grants, err := c.grants(ctx, client)
	if web.Refused(err) {
		return "it could not be looked at which rights this user has: " + err.Error(), nil
	}
	for _, g := range grants {
		if g.keepsOut() {
			return "this user is kept from something (" + g.Permission + "), which is left out of lists", nil
		}
	}
	return "", err
}

// grants returns the rights that were given to this user by name. A server
// that has no users of its own has none, and hides nothing from any.
func (c *collector) grants(ctx context.Context, client *web.Client) ([]grant, error) {
	a, err := client.Get(ctx, apiMine, nil)
	if err == nil {
		var mine mineAnswer
		if err := a.Decode(&mine); err != nil {
			return nil, err
		}
		client.Page(a, len(mine.Permissions))
		return mine.Permissions, nil
	}
	if !web.Absent(err) || c.cfg.User == "" {
		return nil, ignoreAbsent(err)
	}
	if a, err = client.Get(ctx, apiUser, url.Values{"username": {c.cfg.User}}); err != nil {
		return nil, ignoreAbsent(err)
	}
	var older userAnswer
	if err := a.Decode(&older); err != nil {
		return nil, err
	}
	client.Page(a, 1)
	return append(older.User.Models, older.User.Experiments...), nil
}

func ignoreAbsent(err error) error {
	if web.Absent(err) {
		return nil
	}
	return err
}

// checkSight says that every kind may be a part only.
func (p *pull) checkSight(ctx context.Context) error {
	why, err := p.sight(ctx, p.client)
	if err != nil || why == "" {
		return err
	}
	for _, k := range p.Emits() {
		if err := p.out.Gap(evidence.Gap{Kind: k, Reason: evidence.GapPermission, Detail: why}); err != nil {
			return err
		}
	}
	return nil
}
