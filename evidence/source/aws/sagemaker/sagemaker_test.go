package sagemaker

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws/awstest"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

func spec(t *testing.T) source.Spec {
	t.Helper()
	return sourcetest.Spec(t, "aws-sagemaker")
}

const arn = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/fraud-score/"

func replica(t *testing.T) *awstest.Replica {
	r := awstest.NewReplica(t, map[string][]string{
		"ListModelPackageGroups": {`{"ModelPackageGroupSummaryList":[{"ModelPackageGroupName":"fraud-score","ModelPackageGroupArn":"arn:aws:sagemaker:eu-central-1:123456789012:model-package-group/fraud-score"}]}`},
		"ListModelCards":         {`{"ModelCardSummaries":[{"ModelCardName":"fraud"},{"ModelCardName":"bare"}]}`},
		"ListTags":               {`{"Tags":[{"Key":"component","Value":"fraud-score"},{"Key":"environment","Value":"production"}]}`},
		"ListEndpoints":          {`{"Endpoints":[{"EndpointName":"live"},{"EndpointName":"moved"},{"EndpointName":"dead"}]}`},
		"DescribeEndpointConfig": {`{"CreationTime":1.770e9,"ProductionVariants":[{"VariantName":"all","ModelName":"fraud-2"}]}`},
		"DescribeModel":          {`{"PrimaryContainer":{"ModelPackageName":"` + arn + `2","Environment":{"TOKEN":"not-to-be-kept"}}}`},
	})
	r.Before = func(action string, form url.Values) string {
		body := form.Get("body")
		switch {
		case action == "ListModelPackages" && strings.Contains(body, "NextToken"):
			return `{"ModelPackageSummaryList":[{"ModelPackageArn":"` + arn + `2"},{"ModelPackageArn":"` + arn + `3"}]}`
		case action == "ListModelPackages":
			return `{"ModelPackageSummaryList":[{"ModelPackageArn":"` + arn + `1"}],"NextToken":"t"}`
		case action == "DescribeModelPackage" && strings.Contains(body, "/1"):
			return `{"ModelPackageArn":"` + arn + `1","ModelPackageVersion":1,"ModelApprovalStatus":"PendingManualApproval","CreationTime":1.76e9,"CreatedBy":{"UserProfileName":"ana"}}`
		case action == "DescribeModelPackage" && strings.Contains(body, "/2"):
			return `{"ModelPackageArn":"` + arn + `2","ModelPackageVersion":2,"ModelApprovalStatus":"Approved","CreationTime":1.7612345678e9,"CreatedBy":{"IamIdentity":{"Arn":"arn:aws:iam::123456789012:user/ana"}},
				"CustomerMetadataProperties":{"sha256":"` + strings.Repeat("ab", 32) + `"},"InferenceSpecification":{"Containers":[{"Image":"i","Environment":{"TOKEN":"not-to-be-kept"}}]}}`
		case action == "DescribeModelPackage":
			return `400 {"__type":"ValidationException","message":"ModelPackage ` + arn + `3 does not exist."}`
		case action == "DescribeModelCard" && strings.Contains(body, "bare"):
			return `{"ModelCardArn":"arn:aws:sagemaker:eu-central-1:123456789012:model-card/bare","ModelCardStatus":"Draft","ModelCardVersion":1,"Content":"{\"model_overview\":{}}"}`
		case action == "DescribeModelCard":
			return `{"ModelCardArn":"arn:aws:sagemaker:eu-central-1:123456789012:model-card/fraud","ModelCardStatus":"Draft","ModelCardVersion":4,"Content":"{\"model_package_details\":{\"model_package_arn\":\"` + arn + `2\"},\"intended_uses\":{\"intended_uses\":\"scores\"},\"training_details\":{\"objective\":\"\"},\"evaluation_details\":[]}"}`
		case action == "DescribeEndpoint" && strings.Contains(body, "live"):
			return `{"EndpointArn":"e:live","EndpointConfigName":"c","EndpointStatus":"InService","CreationTime":1.771e9,"LastModifiedTime":1.7710005e9}`
		case action == "DescribeEndpoint" && strings.Contains(body, "moved"):
			return `{"EndpointArn":"e:moved","EndpointConfigName":"c","EndpointStatus":"Updating","CreationTime":1.7605e9,"LastModifiedTime":1.78e9}`
		case action == "DescribeEndpoint":
			return `{"EndpointArn":"e:dead","EndpointConfigName":"c","EndpointStatus":"Failed"}`
		}
		return ""
	}
	return r
}

const rest = `, tags: {component_id: component, environment: environment}, metadata: {artifact_sha256: sha256}, sections: {intended_uses: [intended_use]}`

func pullFrom(t *testing.T, r *awstest.Replica, rest string) awstest.Pulled {
	t.Helper()
	return awstest.Pull(t, spec(t), r.Config("aws-sagemaker", rest), awstest.Secrets, func(c source.Collector) {
		c.(*collector).account.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	})
}

func TestContract(t *testing.T) {
	r, empty := replica(t), replica(t)
	for _, a := range []string{"ListModelPackageGroups", "ListModelCards", "ListEndpoints"} {
		empty.Answers[a] = []string{"{}"}
	}
	sourcetest.Run(t, spec(t), sourcetest.Fixture{Config: r.Config("aws-sagemaker", rest), Empty: empty.Config("aws-sagemaker", rest), Dir: t.TempDir(), Secret: awstest.Secrets, Rows: 2 + 1 + 2})
}

func TestTheRegistryIsShownAsItStands(t *testing.T) {
	t.Parallel()
	p := pullFrom(t, replica(t), rest)
	if p.Error != "" {
		t.Fatal(p.Error)
	}
	first, second := p.Find(t, "model_version", "version", "1"), p.Find(t, "model_version", "version", "2")
	if first.Text("status") != "PendingManualApproval" || first.Text("created_by") != "ana" || !slices.Equal(first.Missing, []string{"artifact_sha256"}) || first.Text("component_id") != "fraud-score" {
		t.Errorf("%v missing %v", first.Values, first.Missing)
	}
	if second.Text("status") != "Approved" || second.Text("created_by") != "arn:aws:iam::123456789012:user/ana" || len(second.Missing) > 0 || second.Value("created_at") != evidence.Instant(1761234567800000) {
		t.Errorf("%v missing %v", second.Values, second.Missing)
	}
	card := p.Records["model_card"][0]
	sections, _ := card.Value("sections").([]string)
	if card.Text("version") != "2" || !slices.Equal(sections, []string{"intended_use"}) || card.Value("published_at") != nil || len(card.Missing) > 0 {
		t.Errorf("%v missing %v", card.Values, card.Missing)
	}
	if p.Lost(evidence.GapRejected) != "model_card" {
		t.Errorf("a card of no version became one: %+v", p.Gaps)
	}
	live, moved := p.Find(t, "deployment", "deployment_id", "e:live/all@c"), p.Find(t, "deployment", "deployment_id", "e:moved/all@c")
	if live.Text("model_version") != "2" || live.Text("environment") != "production" || live.Value("started_at") == nil || live.Text("artifact_sha256") != strings.Repeat("ab", 32) || len(live.Missing) > 0 {
		t.Errorf("%v missing %v", live.Values, live.Missing)
	}
	if !slices.Equal(moved.Missing, []string{"started_at"}) {
		t.Errorf("%v missing %v", moved.Values, moved.Missing)
	}
	for _, b := range p.Keeper.Blobs {
		if strings.Contains(string(b), "not-to-be-kept") {
			t.Error("a container's variable stands in what was kept")
		}
	}
}

func TestAModelOfNoPackageHasNoKnownVersion(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`{"PrimaryContainer":{"Image":"i"}}`, `{"Containers":[{"ModelPackageName":"a"},{"ModelPackageName":"b"}]}`, `400 {"__type":"ValidationException","message":"Could not find model"}`} {
		r := replica(t)
		r.Answers["DescribeModel"] = []string{answer}
		p := pullFrom(t, r, rest)
		if d := p.Find(t, "deployment", "deployment_id", "e:live/all@c"); !slices.Contains(d.Missing, "model_version") || p.Error != "" {
			t.Errorf("%s: %v missing %v; %s", answer, d.Values, d.Missing, p.Error)
		}
	}
}

func TestWhatIsAskedIsWhatThePolicyNames(t *testing.T) {
	t.Parallel()
	r := replica(t)
	pullFrom(t, r, rest)
	asked := slices.DeleteFunc(r.Asked(), func(a string) bool { return a == "GetCallerIdentity" })
	if want := slices.Sorted(slices.Values(service.Reads)); !slices.Equal(asked, want) {
		t.Errorf("%q are asked, the policy names %q", asked, want)
	}
	if slices.ContainsFunc(asked, func(a string) bool { return !strings.HasPrefix(a, "List") && !strings.HasPrefix(a, "Describe") }) {
		t.Errorf("%q", asked)
	}
}

func TestOddAnswersNeverLeadToAShorterList(t *testing.T) {
	t.Parallel()
	all := "deployment; model_card; model_version"
	for name, c := range map[string]struct {
		action, answer string
		reason         evidence.GapReason
		want           string
	}{
		"denied":            {"ListModelPackages", `400 {"__type":"AccessDeniedException","Message":"no"}`, evidence.GapPermission, "model_version"},
		"one is denied":     {"DescribeModelPackage", `400 {"__type":"AccessDeniedException"}`, evidence.GapPermission, "model_version"},
		"401":               {"ListModelCards", "401 ", evidence.GapPermission, "model_card"},
		"403":               {"DescribeEndpointConfig", "403 ", evidence.GapPermission, "deployment"},
		"a token again":     {"ListEndpoints", `{"NextToken":"again"}`, evidence.GapTruncated, "deployment"},
		"a cut body":        {"ListModelCards", "cut", evidence.GapTruncated, "model_card"},
		"no JSON":           {"ListEndpoints", "<html>", evidence.GapPullFailed, all},
		"another complaint": {"DescribeModelPackage", `400 {"__type":"ValidationException","message":"bad"}`, evidence.GapPullFailed, all},
		"throttled":         {"ListEndpoints", `400 {"__type":"ThrottlingException"}`, evidence.GapPullFailed, all},
		"500":               {"ListEndpoints", "500 ", evidence.GapPullFailed, all},
		"a wrong clock":     {"GetCallerIdentity", awstest.Problem(403, "RequestTimeTooSkewed"), evidence.GapPullFailed, all},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := replica(t)
			before := r.Before
			r.Before = func(action string, form url.Values) string {
				if action == c.action {
					return c.answer
				}
				return before(action, form)
			}
			if p := pullFrom(t, r, rest); p.Lost(c.reason) != c.want {
				t.Errorf("%q, want %q; %s", p.Lost(c.reason), c.want, p.Error)
			}
		})
	}
}

func TestThrottlingPasses(t *testing.T) {
	t.Parallel()
	r := replica(t)
	r.Answers["ListEndpoints"] = []string{`400 {"__type":"ThrottlingException"}`, "503 ", `{"Endpoints":[{"EndpointName":"live"}]}`}
	if p := pullFrom(t, r, rest); p.Error != "" || len(p.Records["deployment"]) != 1 {
		t.Errorf("%d; %s", len(p.Records["deployment"]), p.Error)
	}
}

func FuzzCard(f *testing.F) {
	f.Add(`{"model_overview":{"model_version":1},"intended_uses":{"a":[]}}`)
	f.Fuzz(func(_ *testing.T, text string) {
		empty([]byte(text))
	})
}

func TestServer(t *testing.T) {
	m := awstest.Server(t, spec(t).Access)
	p := awstest.Pull(t, spec(t), m.Config("aws-sagemaker", "reader", rest+", page_size: 50, show: [registry, endpoints]"), m.Secrets, nil)
	if p.Error != "" || len(p.Records["model_version"]) != 120 {
		t.Fatalf("%d versions; %s %+v", len(p.Records["model_version"]), p.Error, p.Gaps)
	}
	// moto answers 500 to the tags of a card
	if c := awstest.Pull(t, spec(t), m.Config("aws-sagemaker", "reader", ", show: [cards]"), m.Secrets, nil); c.Error != "" || c.Lost(evidence.GapRejected) != "model_card" {
		t.Errorf("a card that names no version: %+v %s", c.Gaps, c.Error)
	}
	d := p.Records["deployment"][0]
	if d.Text("component_id") != "fraud-score" || d.Text("model_version") != "5" {
		t.Errorf("%v missing %v", d.Values, d.Missing)
	}
	for _, b := range p.Keeper.Blobs {
		if strings.Contains(string(b), "not-to-be-kept") {
			t.Error("a container's variable stands in what was kept")
		}
	}
	if again := awstest.Pull(t, spec(t), m.Config("aws-sagemaker", "reader", rest+", page_size: 50, show: [registry, endpoints]"), m.Secrets, nil); again.Result.Records != p.Result.Records {
		t.Error("two pulls of one state differ")
	}
	if p := awstest.Pull(t, spec(t), m.Config("aws-sagemaker", "nobody", rest), m.Secrets, nil); p.Lost(evidence.GapPermission) != "deployment; model_card; model_version" {
		t.Errorf("%+v %s", p.Gaps, p.Error)
	}
}
