package keycloak

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// pullServer asks the server that .ci/servers/keycloak starts and fills, as
// one of its clients.
func pullServer(t *testing.T, client, rest string) pulled {
	t.Helper()
	url := os.Getenv("TIEOUT_TEST_KEYCLOAK")
	if url == "" {
		t.Skip("!!! NOT RUN against a real Keycloak: run .ci/servers/keycloak and set the line it prints")
	}
	k := &sourcetest.Keeper{}
	text := "{id: k, type: keycloak, url: '" + url + "', realm: lending, user: " + client + ", password: env:PW, allow: [http, loopback], rate: 1000" + rest + "}"
	plan := sourcetest.Plan(t, spec(t), sourcetest.Fixture{Config: text, Dir: t.TempDir(), Secret: map[string]string{"env:PW": "not-a-secret-" + client}}, text, k)
	now := evidence.InstantOf(time.Now().UTC())
	plan.Clock = func() evidence.Instant { return now }
	plan.Window = evidence.Window{From: now - 30*86400e6, To: now}
	res, err := engine.Run(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range k.Blobs {
		for _, s := range []string{"kestrel", "not-a-secret", "argon2", "eyJ"} {
			if strings.Contains(string(b), s) {
				t.Fatalf("%q stands in what was kept: %.300s", s, b)
			}
		}
	}
	return sourcetest.Read(t, res, k)
}

func TestServerShowsTheRealm(t *testing.T) {
	p := pullServer(t, "auditor", ", page_size: 37, events: true, privileged: ['*/editor', lead], ordinary: ['*/viewer', analyst]")
	if p.Error != "" {
		t.Fatal(p.Error)
	}
	if got := sourcetest.Gaps(p.Result, evidence.GapPermission) + sourcetest.Gaps(p.Result, evidence.GapTruncated) + sourcetest.Gaps(p.Result, evidence.GapCountMismatch); got != "" {
		t.Error(got)
	}
	people := map[string]*evidence.Record{}
	for _, r := range p.Records["principal"] {
		people[r.Text("email")] = r
	}
	if n := len(p.Records["principal"]); n != 233 { // 230 users and the accounts of three clients
		t.Errorf("%d principals", n)
	}
	for email, want := range map[string][2]any{"mara@example.com": {true, true}, "otto@example.com": {true, false}, "nina@example.com": {false, false}, "outside@example.com": {nil, nil}} {
		r := people[email]
		if r == nil || r.Value("mfa_enrolled") != want[0] || r.Value("mfa_phishing_resistant") != want[1] || r.Text("status") != "active" || r.Value("created_at") == nil {
			t.Errorf("%s: %+v", email, r)
		}
	}
	mara, nina, otto := people["mara@example.com"].Text("principal_id"), people["nina@example.com"].Text("principal_id"), people["otto@example.com"].Text("principal_id")
	if people["nina@example.com"].Value("last_login_at") == nil || !slices.Contains(people["mara@example.com"].Missing, "last_login_at") {
		t.Error("the last sign-in is that of the events, or not known")
	}
	rights := map[string]any{}
	for _, r := range p.Records["grant"] {
		rights[r.Text("principal_id")+" "+r.Text("resource_id")+" "+r.Text("role")] = r.Value("privileged")
	}
	for right, privileged := range map[string]any{
		mara + " lending lead": true, mara + " lending/ml-registry editor": true, mara + " lending/ml-registry viewer": false, mara + " lending/realm-management manage-events": true,
		nina + " lending analyst": false, nina + " lending/ml-registry editor": true, nina + " lending/ml-registry viewer": false, otto + " lending odd/role name": nil,
	} {
		if got, ok := rights[right]; !ok || got != privileged {
			t.Errorf("%s: %v %v", right, got, ok)
		}
	}
	if len(p.Records["sign_in"]) < 5 || len(p.Records["config_event"]) < 20 {
		t.Errorf("%d sign-ins, %d changes", len(p.Records["sign_in"]), len(p.Records["config_event"]))
	}
	// many events of this server have one time, and it orders by time alone
	if q := pullServer(t, "auditor", ", page_size: 1000, events: true"); len(q.Records["config_event"]) != len(p.Records["config_event"]) {
		t.Errorf("%d changes on one page and %d on many", len(q.Records["config_event"]), len(p.Records["config_event"]))
	}
	for _, r := range p.Records["log_source"] {
		deleters, _ := r.Value("deleter_ids").([]string)
		if r.Value("enabled") != true || r.Value("retention_days") != int64(10) || !slices.Equal(deleters, []string{mara}) || r.Value("oldest_record_at") == nil {
			t.Errorf("%v missing %v", r.Values, r.Missing)
		}
	}
	if r := p.Find(t, "session_policy", map[string]string{"resource_id": "lending/ml-registry"}); r.Value("idle_timeout_s") != int64(300) || r.Value("absolute_timeout_s") != int64(36000) {
		t.Errorf("%v", r.Values)
	}
	if r := p.Records["credential"]; len(r) != 4 {
		t.Errorf("%d secrets of clients", len(r))
	}
}

func TestServerRefusesWithoutTheRoles(t *testing.T) {
	all := "config_event; credential; grant; log_source; principal; session_policy; sign_in"
	if p := pullServer(t, "blind", ", events: true"); sourcetest.Gaps(p.Result, evidence.GapPermission) != all || len(p.Keeper.Lines) > 0 || p.Error != "" {
		t.Errorf("%q %d %s", sourcetest.Gaps(p.Result, evidence.GapPermission), len(p.Keeper.Lines), p.Error)
	}
	p := pullServer(t, "half", ", events: true")
	if got := sourcetest.Gaps(p.Result, evidence.GapPermission); got != all || len(p.Records["principal"]) != 230 || p.Error != "" {
		t.Errorf("%q %d %s", got, len(p.Records["principal"]), p.Error)
	}
}

func TestServerCheckNamesWhatIsMissing(t *testing.T) {
	url := os.Getenv("TIEOUT_TEST_KEYCLOAK")
	if url == "" {
		t.Skip("!!! NOT RUN against a real Keycloak: run .ci/servers/keycloak and set the line it prints")
	}
	for client, says := range map[string]string{"auditor": "", "half": "view-realm", "blind": "403"} {
		text := "{id: k, type: keycloak, url: '" + url + "', realm: lending, user: " + client + ", password: env:PW, allow: [http, loopback], events: true}"
		c := sourcetest.Collector(t, spec(t), text).(source.Checker)
		err := c.Check(t.Context(), source.CheckEnv{Secret: func(string) (secret.Value, error) { return secret.New("not-a-secret-" + client), nil }, Now: sourcetest.Now})
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", client, err)
		}
	}
}
