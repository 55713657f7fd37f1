package iam

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/source/web"
)

// What administers a key, and what uses it, as policies name actions, in lower case.
var (
	administers = []string{
		"kms:cancelkeydeletion", "kms:deleteimportedkeymaterial", "kms:disablekey", "kms:disablekeyrotation", "kms:enablekey", "kms:enablekeyrotation",
		"kms:importkeymaterial", "kms:putkeypolicy", "kms:rotatekeyondemand", "kms:schedulekeydeletion", "kms:updateprimaryregion",
	}
	uses = []string{"kms:decrypt", "kms:encrypt", "kms:generatedatakey", "kms:generatedatakeywithoutplaintext", "kms:reencryptfrom", "kms:reencryptto"}
)

// more is how the JSON services say that a list goes on.
type more struct {
	Truncated  bool
	NextMarker string
}

func (m more) next() (string, error) {
	return aws.More{IsTruncated: m.Truncated, Marker: m.NextMarker}.Next()
}

// ask asks KMS, page by page where there are pages.
func ask[T any](ctx context.Context, p *pull, action string, body map[string]any) (T, *web.Answer, error) {
	var got T
	a, err := p.s.Ask(ctx, kmsService, action, body)
	if err != nil {
		return got, nil, err
	}
	return got, a, a.Decode(&got)
}

// kms shows the keys of the region. Who may do what with them is known only
// where the account's policies are.
func (p *pull) kms(ctx context.Context, policies bool) error {
	p.env.Provides("kms_key", "last_rotated_at")
	return web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		body := map[string]any{"Limit": min(p.cfg.PageSize, 1000)}
		if token != "" {
			body["Marker"] = token
		}
		page, a, err := ask[struct {
			more
			Keys []struct{ KeyArn string }
		}](ctx, p, "ListKeys", body)
		if err != nil {
			return "", err
		}
		p.s.Page(kmsService, a, len(page.Keys))
		for _, k := range page.Keys {
			if err := p.oneKey(ctx, k.KeyArn, policies); err != nil {
				return "", err
			}
		}
		return page.next()
	})
}

type keyMetadata struct {
	Arn, KeyManager, KeySpec, KeyState, Origin string
	CreationDate                               aws.Seconds
}

var keyStates = map[string]string{"Enabled": "enabled", "Disabled": "disabled", "PendingDeletion": "pending_deletion", "PendingReplicaDeletion": "pending_deletion"}

func (p *pull) oneKey(ctx context.Context, arn string, policies bool) error {
	got, a, err := ask[struct{ KeyMetadata keyMetadata }](ctx, p, "DescribeKey", map[string]any{"KeyId": arn})
	if aws.Code(err) == "NotFoundException" { // deleted since the list
		return nil
	}
	if web.Refused(err) { // a key's own policy may keep everybody out
		return p.lost(err, "kms_key")
	}
	if err != nil {
		return err
	}
	p.s.Page(kmsService, a, 1)
	k := got.KeyMetadata
	r := p.s.Row(kmsService, "kms_key", a, 1)
	r.Put("key_id", k.Arn)
	r.Put("as_of", p.env.Now())
	switch k.KeyManager {
	case "CUSTOMER":
		r.Put("owner", "customer")
	case "AWS":
		r.Put("owner", "provider")
	}
	if s, ok := keyStates[k.KeyState]; ok {
		r.Put("state", s)
	} else {
		r.Unknown("state", "AWS says that it is neither enabled, disabled nor to be deleted")
	}
	if at, ok := k.CreationDate.Instant(); ok {
		r.Put("created_at", at)
	}
	if err := p.rotation(ctx, r, k); err != nil {
		return err
	}
	if err := p.whoMay(ctx, r, k.Arn, policies); err != nil {
		return err
	}
	return p.out.Put(r.Record)
}

// rotation puts in whether and when a key is renewed. KMS renews by itself
// what it made, and symmetric keys only.
func (p *pull) rotation(ctx context.Context, r *source.Row, k keyMetadata) error {
	if k.KeySpec != "SYMMETRIC_DEFAULT" || k.Origin != "AWS_KMS" {
		r.Put("rotation_enabled", false)
	} else {
		got, a, err := ask[struct{ KeyRotationEnabled *bool }](ctx, p, "GetKeyRotationStatus", map[string]any{"KeyId": k.Arn})
		switch {
		case web.Refused(err):
			r.Unknown("rotation_enabled", "kms:GetKeyRotationStatus is refused")
			if err := p.lost(err, "kms_key", "rotation_enabled"); err != nil {
				return err
			}
		case k.KeyState == "PendingDeletion" && aws.Code(err) == "KMSInvalidStateException":
			r.Unknown("rotation_enabled", "AWS does not say it of a key that is to be deleted")
		case err != nil:
			return err
		case got.KeyRotationEnabled != nil:
			p.s.Page(kmsService, a, 1)
			r.Put("rotation_enabled", *got.KeyRotationEnabled)
		}
	}
	var last aws.Seconds
	err := web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		body := map[string]any{"KeyId": k.Arn}
		if token != "" {
			body["Marker"] = token
		}
		page, a, err := ask[struct {
			more
			Rotations []struct{ RotationDate aws.Seconds }
		}](ctx, p, "ListKeyRotations", body)
		if err != nil {
			return "", err
		}
		p.s.Page(kmsService, a, len(page.Rotations))
		for _, x := range page.Rotations {
			last = max(last, x.RotationDate)
		}
		return page.next()
	})
	switch code := aws.Code(err); {
	case code == "UnsupportedOperationException": // of a key that cannot be renewed
		return nil
	case web.Refused(err):
		r.Unknown("last_rotated_at", "kms:ListKeyRotations is refused")
		return p.lost(err, "kms_key", "last_rotated_at")
	case code == "UnknownOperationException": // an older store of keys behind the same interface
		r.Unknown("last_rotated_at", "the service does not list when it was renewed")
		return nil
	case err != nil:
		return err
	}
	if at, ok := last.Instant(); ok {
		r.Put("last_rotated_at", at)
	}
	return nil
}

// whoMay puts in who administers the key and who uses it: by the key's own
// policy, by the account's where that lets them, and by grants. Whatever may
// take a right away again, a condition or a statement that denies, leaves the
// column unknown if it could matter.
func (p *pull) whoMay(ctx context.Context, r *source.Row, arn string, policies bool) error {
	doc, err := p.keyPolicy(ctx, arn)
	if err == nil && !policies {
		err = errors.New("the policies of the account are not known")
	}
	var grantees []string
	if err == nil {
		grantees, err = p.grantees(ctx, arn)
	}
	if err != nil {
		if policies && !web.Refused(err) {
			return err
		}
		r.Unknown("admin_ids", "not everything that gives rights on the key can be read")
		r.Unknown("user_ids", "not everything that gives rights on the key can be read")
		return p.lost(err, "kms_key", "admin_ids", "user_ids")
	}
	for column, actions := range map[string][]string{"admin_ids": administers, "user_ids": uses} {
		who, sure := p.allowed(doc, arn, actions)
		if column == "user_ids" {
			who = append(who, grantees...)
		}
		if !sure {
			r.Unknown(column, "a condition, a denial or a policy that cannot be read may decide who it is")
			continue
		}
		slices.Sort(who)
		r.Put(column, append([]string{}, slices.Compact(who)...))
	}
	return nil
}

func (p *pull) keyPolicy(ctx context.Context, arn string) ([]statement, error) {
	got, a, err := ask[struct{ Policy string }](ctx, p, "GetKeyPolicy", map[string]any{"KeyId": arn, "PolicyName": "default"})
	if err != nil {
		return nil, err
	}
	p.s.Page(kmsService, a, 1)
	return parseDocument(got.Policy)
}

func (p *pull) grantees(ctx context.Context, arn string) ([]string, error) {
	var out []string
	err := web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		body := map[string]any{"KeyId": arn}
		if token != "" {
			body["Marker"] = token
		}
		page, a, err := ask[struct {
			more
			Grants []struct{ GranteePrincipal string }
		}](ctx, p, "ListGrants", body)
		if err != nil {
			return "", err
		}
		p.s.Page(kmsService, a, len(page.Grants))
		for _, g := range page.Grants {
			out = append(out, g.GranteePrincipal)
		}
		return page.next()
	})
	return out, err
}

// allowed lists who may do one of the actions on the key, and whether that is sure.
func (p *pull) allowed(doc []statement, key string, actions []string) (who []string, sure bool) {
	sure = true
	delegated := false
	for _, s := range doc {
		if !s.does(actions) {
			continue
		}
		if s.Effect == "Deny" || len(s.Condition) > 0 {
			sure = false
			continue
		}
		names := s.principals()
		if names == nil {
			sure = false // anybody, or a form that is not known
		}
		for _, n := range names {
			switch {
			case n == p.root() || n == p.s.Account:
				delegated = true
				who = append(who, p.root())
			case n == "*":
				sure = false
			default:
				who = append(who, n)
			}
		}
	}
	if !delegated {
		return who, sure
	}
	for _, h := range p.access {
		may, doubt := h.may(key, actions)
		if may {
			who = append(who, h.arn)
		}
		sure = sure && !doubt
	}
	return who, sure
}

// may says whether the holder's policies allow one of the actions on the key,
// and whether something may still decide otherwise.
func (h holder) may(key string, actions []string) (may, doubt bool) {
	for _, x := range h.policies {
		if x.unreadable {
			doubt = true
		}
		for _, s := range x.statements {
			if !s.does(actions) || !s.names(key) {
				continue
			}
			switch {
			case s.Effect == "Deny", len(s.Condition) > 0:
				doubt = true
			default:
				may = true
			}
		}
	}
	return may, doubt
}

// names says whether the statement speaks of exactly the resource.
func (s statement) names(resource string) bool {
	for _, r := range s.NotResource {
		if matches(r, resource) {
			return false
		}
	}
	return len(s.NotResource) > 0 || slices.ContainsFunc(s.Resource, func(r string) bool { return matches(r, resource) })
}

// principals are the accounts, users, roles and services that a statement of a
// resource's policy names; nil where it names them in a way that is not listed.
func (s statement) principals() []string {
	var anybody string
	if json.Unmarshal(s.Principal, &anybody) == nil {
		return []string{strings.TrimSpace(anybody)}
	}
	var who map[string]texts
	if json.Unmarshal(s.Principal, &who) != nil || len(who) == 0 {
		return nil
	}
	var out []string
	for _, names := range who {
		out = append(out, names...)
	}
	return out
}
