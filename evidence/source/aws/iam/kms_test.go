package iam

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/aws"
)

func TestWhoMayDoWhatWithAKey(t *testing.T) {
	t.Parallel()
	const (
		root = "arn:aws:iam::123456789012:root"
		ana  = "arn:aws:iam::123456789012:user/ana"
		job  = "arn:aws:iam::123456789012:role/job"
	)
	say := func(effect, who, action, more string) string {
		return `{"Statement":[{"Effect":"` + effect + `","Principal":` + who + `,"Action":"` + action + `","Resource":"*"` + more + `}]}`
	}
	allows := func(action, resource string) policy {
		return newPolicy("p", "p", `{"Statement":{"Effect":"Allow","Action":"`+action+`","Resource":"`+resource+`"}}`)
	}
	account := `{"AWS":"` + root + `"}`
	for name, c := range map[string]struct {
		doc    string
		access []holder
		want   []string
		sure   bool
	}{
		"named by the key":                {say("Allow", `{"AWS":["`+ana+`"]}`, "kms:PutKeyPolicy", ""), nil, []string{ana}, true},
		"use is no administration":        {say("Allow", `{"AWS":"`+ana+`"}`, "kms:Decrypt", ""), nil, nil, true},
		"left to the account":             {say("Allow", account, "kms:*", ""), []holder{{ana, []policy{allows("*", "*")}}, {job, []policy{allows("kms:Decrypt", "*")}}}, []string{root, ana}, true},
		"not left to the account":         {say("Allow", `{"AWS":"`+job+`"}`, "kms:*", ""), []holder{{ana, []policy{allows("*", "*")}}}, []string{job}, true},
		"another key":                     {say("Allow", `{"AWS":"123456789012"}`, "kms:*", ""), []holder{{ana, []policy{allows("kms:*", key+"0")}}}, []string{root}, true},
		"all but what is named":           {say("Allow", account, "kms:*", ""), []holder{{ana, []policy{newPolicy("p", "p", `{"Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}`)}}}, []string{root, ana}, true},
		"a condition":                     {say("Allow", `{"AWS":"`+ana+`"}`, "kms:*", `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), nil, nil, false},
		"a denial":                        {say("Deny", `{"AWS":"`+ana+`"}`, "kms:*", ""), nil, nil, false},
		"a denial elsewhere":              {say("Allow", account, "kms:*", ""), []holder{{ana, []policy{newPolicy("p", "p", `{"Statement":{"Effect":"Deny","Action":"kms:*","Resource":"*"}}`)}}}, []string{root}, false},
		"a policy that nobody could read": {say("Allow", account, "kms:*", ""), []holder{{ana, []policy{{unreadable: true}}}}, []string{root}, false},
		"anybody":                         {say("Allow", `"*"`, "kms:*", ""), nil, nil, false},
		"anybody of AWS":                  {say("Allow", `{"AWS":"*"}`, "kms:*", ""), nil, nil, false},
		"whoever is not named":            {`{"Statement":[{"Effect":"Allow","NotPrincipal":{"AWS":"x"},"Action":"kms:*","Resource":"*"}]}`, nil, nil, false},
		"another account":                 {say("Allow", `{"AWS":"arn:aws:iam::999999999999:root"}`, "kms:*", ""), nil, []string{"arn:aws:iam::999999999999:root"}, true},
	} {
		doc, err := parseDocument(c.doc)
		if err != nil {
			t.Fatal(name, err)
		}
		p := &pull{s: &aws.Session{Account: "123456789012", ARN: "arn:aws:iam::123456789012:user/reader"}, access: c.access}
		who, sure := p.allowed(doc, key, administers)
		if !slices.Equal(who, c.want) || sure != c.sure {
			t.Errorf("%s: %q %t, want %q %t", name, who, sure, c.want, c.sure)
		}
	}
}

func TestStatesOfKeys(t *testing.T) {
	t.Parallel()
	meta := func(rest string) string {
		return `{"KeyMetadata":{"Arn":"` + key + `","CreationDate":1.75e9,` + rest + `}}`
	}
	const ours = `"KeyManager":"CUSTOMER","KeySpec":"SYMMETRIC_DEFAULT","Origin":"AWS_KMS","KeyState":`
	for name, c := range map[string]struct {
		key, rotation, rotations string
		state                    string
		rotates                  any
		missing                  string
	}{
		"to be deleted": {meta(ours + `"PendingDeletion"`), `400 {"__type":"KMSInvalidStateException"}`, "", "pending_deletion", nil, "rotation_enabled"},
		"imported":      {meta(`"KeyManager":"CUSTOMER","KeySpec":"SYMMETRIC_DEFAULT","Origin":"EXTERNAL","KeyState":"PendingImport"`), "", "", "", false, "state"},
		"asymmetric":    {meta(`"KeyManager":"CUSTOMER","KeySpec":"RSA_2048","Origin":"AWS_KMS","KeyState":"Enabled"`), "", `400 {"__type":"UnsupportedOperationException"}`, "enabled", false, ""},
		"never renewed": {meta(ours + `"Disabled"`), `{"KeyRotationEnabled":false}`, `{"Rotations":[]}`, "disabled", false, ""},
		"closed":        {meta(ours + `"Enabled"`), `400 {"__type":"AccessDeniedException"}`, `400 {"__type":"AccessDeniedException"}`, "enabled", nil, "last_rotated_at,rotation_enabled"},
		"an older kind": {meta(ours + `"Enabled"`), "", `400 {"__type":"UnknownOperationException"}`, "enabled", true, "last_rotated_at"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := replica(t)
			before := r.Before
			r.Before = func(action string, form url.Values) string {
				if got := map[string]string{"DescribeKey": c.key, "GetKeyRotationStatus": c.rotation, "ListKeyRotations": c.rotations}[action]; got != "" {
					return got
				}
				return before(action, form)
			}
			p := pullFrom(t, r, "")
			k := p.Find(t, "kms_key", "key_id", key)
			missing := slices.DeleteFunc(slices.Clone(k.Missing), func(s string) bool { return strings.HasSuffix(s, "_ids") })
			if k.Text("state") != c.state || k.Value("rotation_enabled") != c.rotates || strings.Join(missing, ",") != c.missing || p.Error != "" {
				t.Errorf("%v missing %v; %s", k.Values, k.Missing, p.Error)
			}
			if lost := strings.Contains(p.Lost(evidence.GapPermission), "kms_key"); lost != (name == "closed") {
				t.Errorf("%+v", p.Gaps)
			}
		})
	}
	r := replica(t)
	r.Answers["DescribeKey"] = []string{`400 {"__type":"NotFoundException"}`}
	if p := pullFrom(t, r, ""); len(p.Records["kms_key"]) != 0 || p.Error != "" {
		t.Errorf("a key that is gone: %s", p.Error)
	}
}
