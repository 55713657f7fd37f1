package bedrock

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
	return sourcetest.Spec(t, "aws-bedrock")
}

const model = "arn:aws:bedrock:eu-central-1:123456789012:custom-model/amazon.titan-text-lite-v1:0:4k/abcdef123456"

// replica answers with AWS's documented samples.
func replica(t *testing.T) *awstest.Replica {
	r := awstest.NewReplica(t, map[string][]string{
		"GET /logging/modelinvocations": {`{"loggingConfig":{"s3Config":{"bucketName":"logs","keyPrefix":"bedrock"},"cloudWatchConfig":{"logGroupName":"/bedrock","roleArn":"arn:aws:iam::123456789012:role/b"},"textDataDeliveryEnabled":true,"imageDataDeliveryEnabled":false}}`},
		"GET /guardrails/gr1abc":        {`{"guardrailId":"gr1abc","name":"answers","version":"1","status":"READY","contentPolicy":{"filters":[]},"wordPolicy":{"words":[{"text":"x"}]}}`},
		"GET /custom-models":            {`{"modelSummaries":[{"modelArn":"` + model + `","modelName":"fraud-texts"}]}`},
		"GET /custom-models/" + model:   {`{"modelArn":"` + model + `","modelName":"fraud-texts","jobArn":"arn:aws:bedrock:eu-central-1:123456789012:model-customization-job/j1","creationTime":"2026-02-01T10:00:00Z"}`},
		"GET /provisioned-model-throughputs": {`{"provisionedModelSummaries":[
			{"provisionedModelName":"live","provisionedModelArn":"arn:aws:bedrock:eu-central-1:123456789012:provisioned-model/p1","modelArn":"` + model + `","status":"InService","creationTime":"2026-02-02T10:00:00Z","lastModifiedTime":"2026-02-02T10:00:00Z"},
			{"provisionedModelName":"moved","provisionedModelArn":"arn:aws:bedrock:eu-central-1:123456789012:provisioned-model/p2","modelArn":"` + model + `","status":"InService","creationTime":"2026-02-02T10:00:00Z","lastModifiedTime":"2026-05-02T10:00:00Z"},
			{"provisionedModelName":"dead","provisionedModelArn":"arn:aws:bedrock:eu-central-1:123456789012:provisioned-model/p3","modelArn":"` + model + `","status":"Failed"}]}`},
	})
	r.Before = func(action string, q url.Values) string {
		if action != "GET /guardrails" {
			return ""
		}
		switch q.Get("guardrailIdentifier") + q.Get("nextToken") {
		case "":
			return `{"guardrails":[{"id":"gr1abc","name":"answers","version":"DRAFT"}],"nextToken":"2"}`
		case "gr1abc":
			return `{"guardrails":[{"id":"gr1abc","version":"DRAFT"},{"id":"gr1abc","version":"1"}]}`
		}
		return `{"guardrails":[]}`
	}
	return r
}

const rest = ", log: bedrock-log, components: {fraud-texts: fraud-score, live: fraud-score}, environments: {live: production}"

func pullFrom(t *testing.T, r *awstest.Replica, rest string) awstest.Pulled {
	t.Helper()
	return awstest.Pull(t, spec(t), r.Config("aws-bedrock", rest), awstest.Secrets, func(c source.Collector) {
		c.(*collector).account.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	})
}

func TestContract(t *testing.T) {
	r := replica(t)
	sourcetest.Run(t, spec(t), sourcetest.Fixture{Config: r.Config("aws-bedrock", rest), Dir: t.TempDir(), Secret: awstest.Secrets, Rows: 1 + 3 + 6 + 1 + 2})
}

func TestHowItIsSetUp(t *testing.T) {
	t.Parallel()
	r := replica(t)
	p := pullFrom(t, r, rest)
	if p.Error != "" {
		t.Fatal(p.Error)
	}
	if l := p.Find(t, "log_source", "log_id", "bedrock-log"); l.Value("enabled") != true || l.Value("as_of") != sourcetest.Now {
		t.Errorf("%v", l.Values)
	}
	for name, want := range map[string]string{
		"invocation_logging": "s3://logs/bedrock, cloudwatch:/bedrock", "invocation_logging/image": "false", "guardrail/gr1abc/1": "READY", "guardrail/gr1abc/1/policies": "content, word",
	} {
		if s := p.Find(t, "vendor_setting", "setting", "eu-central-1/"+name); s.Text("value") != want || s.Text("vendor_id") != "aws.bedrock" {
			t.Errorf("%v", s.Values)
		}
	}
	if v := p.Find(t, "model_version", "version", model); v.Text("component_id") != "fraud-score" || v.Value("created_at") == nil {
		t.Errorf("%v", v.Values)
	}
	live := p.Find(t, "deployment", "deployment_id", "arn:aws:bedrock:eu-central-1:123456789012:provisioned-model/p1")
	if live.Text("environment") != "production" || live.Text("model_version") != model || live.Value("started_at") == nil {
		t.Errorf("%v", live.Values)
	}
	moved := p.Find(t, "deployment", "deployment_id", "arn:aws:bedrock:eu-central-1:123456789012:provisioned-model/p2")
	if !slices.Equal(moved.Missing, []string{"started_at"}) {
		t.Errorf("%v missing %v", moved.Values, moved.Missing)
	}
	if slices.ContainsFunc(r.Asked(), func(a string) bool { return !strings.HasPrefix(a, "GET ") && a != "GetCallerIdentity" }) {
		t.Errorf("%q", r.Asked())
	}
}

func TestWhatIsAskedIsWhatThePolicyNames(t *testing.T) {
	t.Parallel()
	r := replica(t)
	p := pullFrom(t, r, "")
	policy := spec(t).Access[len(spec(t).Access)-1]
	asked := map[string]bool{}
	for _, page := range p.Pages {
		_, action, _ := strings.Cut(page.Name, " ")
		asked[action] = true
		if !strings.Contains(policy, `"`+action+`"`) {
			t.Errorf("%s is asked and not in the policy", action)
		}
	}
	if len(asked) != len(service.Reads) {
		t.Errorf("the policy names %d actions, %d are asked", len(service.Reads), len(asked))
	}
}

func TestLoggingThatIsOffIsAFact(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"{}", `{"loggingConfig":null}`, `{"loggingConfig":{"textDataDeliveryEnabled":true}}`} {
		r := replica(t)
		r.Answers["GET /logging/modelinvocations"] = []string{answer}
		p := pullFrom(t, r, ", show: [logging]")
		l := p.Find(t, "log_source", "log_id", "aws-bedrock/123456789012/eu-central-1")
		if l.Value("enabled") != false || p.Find(t, "vendor_setting", "setting", "eu-central-1/invocation_logging").Text("value") != "none" || p.Error != "" {
			t.Errorf("%s: %v %s", answer, l.Values, p.Error)
		}
	}
}

func TestOddAnswersNeverLeadToAShorterList(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		action, answer string
		reason         evidence.GapReason
		want           string
	}{
		"denied":        {"GET /logging/modelinvocations", `403 {"message":"no"}`, evidence.GapPermission, "log_source; vendor_setting"},
		"401":           {"GET /custom-models", "401 ", evidence.GapPermission, "model_version"},
		"denied by 400": {"GET /provisioned-model-throughputs", `400 {"__type":"AccessDeniedException"}`, evidence.GapPermission, "deployment"},
		"a token again": {"GET /custom-models", `{"nextToken":"again"}`, evidence.GapTruncated, "model_version"},
		"a cut body":    {"GET /guardrails", "cut", evidence.GapTruncated, "vendor_setting"},
		"no JSON":       {"GET /guardrails", "<html>", evidence.GapPullFailed, "deployment; log_source; model_version; vendor_setting"},
		"throttled":     {"GET /guardrails", `429 {}`, evidence.GapPullFailed, "deployment; log_source; model_version; vendor_setting"},
		"500":           {"GET /guardrails", `500 `, evidence.GapPullFailed, "deployment; log_source; model_version; vendor_setting"},
		"a path for id": {"GET /guardrails", `{"guardrails":[{"id":"../logging"}]}`, evidence.GapPullFailed, "deployment; log_source; model_version; vendor_setting"},
		"a wrong clock": {"GetCallerIdentity", awstest.Problem(403, "RequestTimeTooSkewed"), evidence.GapPullFailed, "deployment; log_source; model_version; vendor_setting"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := replica(t)
			before := r.Before
			r.Before = func(action string, q url.Values) string {
				if action == c.action {
					return c.answer
				}
				return before(action, q)
			}
			if p := pullFrom(t, r, ""); p.Lost(c.reason) != c.want {
				t.Errorf("%q, want %q; %s", p.Lost(c.reason), c.want, p.Error)
			}
		})
	}
}

func TestServer(t *testing.T) {
	m := awstest.Server(t, nil)
	p := awstest.Pull(t, spec(t), m.Config("aws-bedrock", "reader", ", show: [logging]"), m.Secrets, nil)
	if l := p.Find(t, "log_source", "log_id", "aws-bedrock/123456789012/eu-central-1"); l.Value("enabled") != true || p.Error != "" {
		t.Errorf("%v %s", l.Values, p.Error)
	}
}
