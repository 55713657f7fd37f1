package aws

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/source/web"
)

func access(region string) Access {
	return Access{Region: region, KeyID: "env:ID", Secret: "env:KEY"}
}

func TestWhereServicesAnswer(t *testing.T) {
	t.Parallel()
	global, regional := Service{Name: "iam", Global: true}, Service{Name: "kms"}
	for region, want := range map[string][3]string{
		"eu-central-1":  {"https://iam.amazonaws.com", "https://kms.eu-central-1.amazonaws.com", "us-east-1"},
		"cn-north-1":    {"https://iam.cn-north-1.amazonaws.com.cn", "https://kms.cn-north-1.amazonaws.com.cn", "cn-north-1"},
		"us-gov-west-1": {"https://iam.us-gov.amazonaws.com", "https://kms.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
	} {
		a := access(region)
		if got := [3]string{a.url(global), a.url(regional), a.region(global)}; got != want || a.region(regional) != region {
			t.Errorf("%s: %q", region, got)
		}
	}
	a := access("eu-central-1")
	a.Endpoint, a.Endpoints = "https://all.example.com", map[string]string{"kms": "https://kms.example.com"}
	if a.url(global) != "https://all.example.com" || a.url(regional) != "https://kms.example.com" {
		t.Error(a.url(global), a.url(regional))
	}
}

func TestEverySecretIsSaidWithEveryPlaceItGoesTo(t *testing.T) {
	t.Parallel()
	a := access("eu-central-1")
	a.Token = "env:TOKEN"
	acc, err := New(a, Service{Name: "kms"})
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, u := range acc.Uses() {
		said[u.Secret+" "+u.Place] = true
	}
	for _, ref := range []string{"env:ID", "env:KEY", "env:TOKEN"} {
		for _, host := range []string{"sts", "kms"} {
			if !said[ref+" "+host+".eu-central-1.amazonaws.com:443"] {
				t.Errorf("%s at %s is not said: %v", ref, host, said)
			}
		}
	}
}

func TestWhatAnErrorIsCalled(t *testing.T) {
	t.Parallel()
	header := func(v string) http.Header { return http.Header{"X-Amzn-Errortype": {v}} }
	for body, c := range map[string]struct {
		h    http.Header
		want web.Verdict
	}{
		`{"__type":"com.amazonaws.kms#AccessDeniedException"}`:                                  {nil, web.Verdict{Code: "AccessDeniedException", Refused: true}},
		`{"message":"slow down"}`:                                                               {header("ThrottlingException:http://internal.amazon.com/"), web.Verdict{Code: "ThrottlingException", Again: true}},
		`{"code":"ExpiredTokenException"}`:                                                      {nil, web.Verdict{Code: "ExpiredTokenException", Refused: true}},
		`<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>`: {nil, web.Verdict{Code: "Throttling", Again: true}},
		`<Error><Code>SlowDown</Code>`:                                                          {nil, web.Verdict{Code: "SlowDown", Again: true}},
		`<Error><Code>NoSuchEntity`:                                                             {nil, web.Verdict{}},
		``:                                                                                      {nil, web.Verdict{}},
	} {
		if got := judge(400, c.h, []byte(body)); got != c.want {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

func TestPathsAreWrittenAsSignaturesWantThem(t *testing.T) {
	t.Parallel()
	if got := escapePath("/a b/c+d=é~x'(*)"); got != "/a%20b/c%2Bd%3D%C3%A9~x%27%28%2A%29" {
		t.Error(got)
	}
}

func TestWhatIsNotListedIsNotAsked(t *testing.T) {
	t.Parallel()
	s := Service{Name: "kms", Reads: []string{"ListKeys"}}
	if s.reads("kms:ListKeys") != nil || s.reads("kms:DeleteAlias") == nil {
		t.Error("the list is no guard")
	}
	if got := Policy(s)[0]; !strings.Contains(got, `"Action": ["kms:ListKeys"]`) {
		t.Error(got)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`<R><A><member>x</member></A></R>`))
	f.Add([]byte(`{"__type":"a#b:c"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		codeOf(nil, body)
		var into struct {
			List []string `xml:"A>member"`
		}
		if Decode(&web.Answer{Body: body}, &into) == nil {
			if err := xml.Unmarshal(body, &into); err != nil {
				t.Errorf("read as XML, and is none: %v", err)
			}
		}
	})
}
