package iam

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws/awstest"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

func spec(t *testing.T) source.Spec {
	t.Helper()
	return sourcetest.Spec(t, "aws-iam")
}

const rest = `, page_size: 7, programs: ["svc-*"], tags: {email: email, owner_id: owner}, resources: ["arn:aws:s3:::prompts.example.com"]`

func TestServer(t *testing.T) {
	m := awstest.Server(t, spec(t).Access)
	p := awstest.Pull(t, spec(t), m.Config("aws-iam", "reader", rest), m.Secrets, nil)
	if p.Error != "" {
		t.Fatal(p.Error)
	}
	ana := p.Find(t, "principal", "principal_id", "arn:aws:iam::123456789012:user/people/ana.example")
	if ana.Text("principal_kind") != "human" || ana.Value("mfa_enrolled") != true || ana.Value("mfa_phishing_resistant") != false || ana.Text("email") != "ana@example.com" || ana.Text("status") != "active" {
		t.Errorf("%v missing %v", ana.Values, ana.Missing)
	}
	if r := p.Find(t, "principal", "principal_id", "arn:aws:iam::123456789012:role/scoring-job"); r.Text("principal_kind") != "service" {
		t.Errorf("%v", r.Values)
	}
	admin := 0
	for _, g := range p.Records["grant"] {
		if g.Text("principal_id") == ana.Text("principal_id") && g.Text("role") == "AdministratorAccess" && g.Value("privileged") == true && strings.Contains(g.Text("grant_id"), "via arn:aws:iam::123456789012:group/administrators") {
			admin++
		}
	}
	if admin != 2 { // on the account and on the bucket
		t.Errorf("%d grants of an administrator", admin)
	}
	used := slices.IndexFunc(p.Records["kms_key"], func(r *evidence.Record) bool { return r.Value("rotation_enabled") == true })
	if len(p.Records["kms_key"]) != 3 || used < 0 {
		t.Fatalf("%d keys", len(p.Records["kms_key"]))
	}
	k := p.Records["kms_key"][used]
	if got, _ := k.Value("admin_ids").([]string); !slices.Equal(got, []string{ana.Text("principal_id")}) {
		t.Errorf("%v missing %v", k.Values, k.Missing)
	}
	inactive := 0
	for _, r := range p.Records["credential"] {
		if r.Text("status") == "inactive" {
			inactive++
		}
	}
	if len(p.Records["credential"]) != 4 || inactive != 1 {
		t.Errorf("%d credentials, %d inactive", len(p.Records["credential"]), inactive)
	}
	p.Find(t, "vendor_setting", "setting", "password_policy.minimum_length")
	again := awstest.Pull(t, spec(t), m.Config("aws-iam", "reader", rest), m.Secrets, nil)
	own := func(line []byte) bool { // the last use of the key that asks is this pull, and moto's report of it is made anew
		return strings.Contains(string(line), m.Secrets["env:ID_reader"]) || strings.Contains(string(line), "123456789012:root")
	}
	a, b := slices.DeleteFunc(p.Keeper.Lines, own), slices.DeleteFunc(again.Keeper.Lines, own)
	if len(a) < 50 || !slices.EqualFunc(a, b, bytes.Equal) {
		t.Error("two pulls of one state differ")
	}
}

func TestServerLetsNobodyLook(t *testing.T) {
	m := awstest.Server(t, spec(t).Access)
	p := awstest.Pull(t, spec(t), m.Config("aws-iam", "nobody", rest), m.Secrets, nil)
	for _, kind := range []string{"principal", "grant", "credential", "kms_key", "vendor_setting"} {
		if !strings.Contains(p.Lost(evidence.GapPermission), kind) {
			t.Errorf("no gap of %s: %+v %s", kind, p.Gaps, p.Error)
		}
	}
}
