package keycloak

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// recorded holds answers of a Keycloak 26.7.3 server, by path below the realm.
//
//go:embed testdata/recorded.json
var recorded []byte

// replica answers as Keycloak does, page by page, from what was recorded.
type replica struct {
	answers map[string]any
	asked   []string
	tokens  int
	spoilt  int // tokens up to this one are no longer taken
	status  map[string]int
	anyTime bool // it does not look at the times that it is asked for
	before  func(http.ResponseWriter, *http.Request, string) bool
}

const base = "/admin/realms/lending"

func newReplica(t *testing.T) (*replica, string) {
	t.Helper()
	r := &replica{status: map[string]int{}}
	if err := json.Unmarshal(recorded, &r.answers); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	return r, srv.URL
}

func (r *replica) ServeHTTP(out http.ResponseWriter, req *http.Request) {
	r.asked = append(r.asked, req.Method+" "+req.URL.Path)
	if req.URL.Path == "/realms/lending/protocol/openid-connect/token" {
		user, pw, _ := req.BasicAuth()
		if user != "auditor" || pw != "wren-auditor-secret" || req.FormValue("grant_type") != "client_credentials" {
			out.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(out, `{"error":"unauthorized_client"}`)
			return
		}
		r.tokens++
		_, _ = fmt.Fprintf(out, `{"access_token":"heron-token-%d","expires_in":300,"token_type":"Bearer"}`, r.tokens)
		return
	}
	path := strings.TrimPrefix(req.URL.EscapedPath(), base)
	if r.before != nil && r.before(out, req, path) {
		return
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer heron-token-"))
	if n == 0 || n <= r.spoilt {
		out.WriteHeader(http.StatusUnauthorized)
		return
	}
	if s := r.status[path]; s != 0 {
		out.WriteHeader(s)
		return
	}
	v, ok := r.answers[path]
	if !ok {
		out.WriteHeader(http.StatusNotFound)
		return
	}
	list, is := v.([]any)
	if is && req.URL.Query().Has("max") {
		if types := req.URL.Query()["type"]; types != nil {
			list = slices.DeleteFunc(slices.Clone(list), func(e any) bool { return !slices.Contains(types, e.(map[string]any)["type"].(string)) })
		}
		first, _ := strconv.Atoi(req.URL.Query().Get("first"))
		limit, _ := strconv.Atoi(req.URL.Query().Get("max"))
		if req.URL.Query().Has("dateFrom") {
			from, _ := strconv.ParseFloat(req.URL.Query().Get("dateFrom"), 64)
			to, _ := strconv.ParseFloat(req.URL.Query().Get("dateTo"), 64)
			list = slices.DeleteFunc(slices.Clone(list), func(e any) bool {
				at := e.(map[string]any)["time"].(float64)
				return !r.anyTime && (at < from || at > to)
			})
		}
		first = min(first, len(list))
		v = list[first:min(first+limit, len(list))]
	}
	_ = json.NewEncoder(out).Encode(v)
}

func spec(t *testing.T) source.Spec {
	t.Helper()
	return sourcetest.Spec(t, "keycloak")
}

func config(url, rest string) string {
	return "{id: k, type: keycloak, url: '" + url + "', realm: lending, user: auditor, password: env:PW, allow: [http, loopback], rate: 1000" + rest + "}"
}

const full = ", page_size: 3, events: true, services: ['user0000'], privileged: ['*/editor', lead], ordinary: ['*/viewer', analyst]"

type pulled = sourcetest.Pulled

func pullFrom(t *testing.T, config string) pulled {
	t.Helper()
	k := &sourcetest.Keeper{}
	f := sourcetest.Fixture{Config: config, Dir: t.TempDir(), Secret: map[string]string{"env:PW": "wren-auditor-secret"}}
	res, err := engine.Run(t.Context(), sourcetest.Plan(t, spec(t), f, config, k))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range k.Blobs {
		if strings.Contains(string(b), "wren-") || strings.Contains(string(b), "heron-token") || strings.Contains(string(b), "argon2") {
			t.Errorf("a secret stands in what was kept: %.200s", b)
		}
	}
	if strings.Contains(res.Error, "heron-token") || strings.Contains(res.Error, "wren-") {
		t.Error(res.Error)
	}
	return sourcetest.Read(t, res, k)
}

func TestContract(t *testing.T) {
	_, url := newReplica(t)
	rows := int64(len(pullFrom(t, config(url, full)).Keeper.Lines))
	sourcetest.Run(t, spec(t), sourcetest.Fixture{
		Config: config(url, full), Empty: config(url, ""), Dir: t.TempDir(),
		Secret: map[string]string{"env:PW": "wren-auditor-secret"}, Rows: rows,
	})
}

func TestTheRealmIsShownAsItStands(t *testing.T) {
	t.Parallel()
	r, url := newReplica(t)
	p := pullFrom(t, config(url, full))
	if p.Error != "" {
		t.Fatal(p.Error)
	}
	users, _ := r.answers["/users"].([]any)
	if n := len(p.Records["principal"]); n != len(users)+1 {
		t.Errorf("%d principals", n)
	}
	for email, want := range map[string][2]any{"mara@example.com": {true, true}, "otto@example.com": {true, false}, "nina@example.com": {false, false}, "outside@example.com": {nil, nil}} {
		x := p.Find(t, "principal", map[string]string{"email": email})
		if x.Value("mfa_enrolled") != want[0] || x.Value("mfa_phishing_resistant") != want[1] || slices.Contains(x.Missing, "mfa_enrolled") != (want[0] == nil) {
			t.Errorf("%s: %v missing %v", email, x.Values, x.Missing)
		}
	}
	left := p.Find(t, "principal", map[string]string{"status": "disabled"})
	if left.Value("disabled_at") != nil || slices.Contains(left.Missing, "disabled_at") {
		t.Errorf("%v missing %v", left.Values, left.Missing)
	}
	nina := p.Find(t, "principal", map[string]string{"email": "nina@example.com"}).Text("principal_id")
	viewer := p.Find(t, "grant", map[string]string{"principal_id": nina, "role": "viewer"})
	if viewer.Text("resource_id") != "lending/ml-registry" || viewer.Value("privileged") != false || !strings.Contains(viewer.NativeID, "via group /team > analyst") {
		t.Errorf("%s %v", viewer.NativeID, viewer.Values)
	}
	if editor := p.Find(t, "grant", map[string]string{"principal_id": nina, "role": "editor"}); !strings.HasSuffix(editor.NativeID, "via group /team/in/ner") || editor.Value("privileged") != true {
		t.Errorf("%s %v", editor.NativeID, editor.Values)
	}
	failed := p.Find(t, "sign_in", map[string]string{"result": "failure"})
	if failed.Text("principal_id") != nina || failed.Text("resource_id") != "lending/admin-cli" || !slices.Contains(failed.Missing, "mfa_used") || !slices.Contains(failed.Missing, "interactive") {
		t.Errorf("%v missing %v", failed.Values, failed.Missing)
	}
	if c := p.Find(t, "config_event", map[string]string{"action": "CREATE CLIENT_ROLE"}); !strings.HasPrefix(c.Text("resource_id"), "lending/clients/") || c.Text("actor_id") == "" {
		t.Errorf("%v", c.Values)
	}
	if got := sourcetest.Gaps(p.Result, evidence.GapRetention); got != "config_event; sign_in" {
		t.Errorf("the window begins before the first event: %q", got)
	}
	secret := p.Find(t, "credential", map[string]string{"status": "active"})
	if !slices.Contains(secret.Missing, "owner_id") {
		t.Errorf("%v missing %v", secret.Values, secret.Missing)
	}
}

func TestATokenThatIsNoLongerTakenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	r, url := newReplica(t)
	n := 0
	r.before = func(http.ResponseWriter, *http.Request, string) bool {
		if n++; n == 9 {
			r.spoilt = r.tokens
		}
		return false
	}
	p := pullFrom(t, config(url, full))
	if p.Error != "" || r.tokens != 2 || sourcetest.Gaps(p.Result, evidence.GapPermission) != "" {
		t.Errorf("%d tokens, %s %+v", r.tokens, p.Error, p.Gaps)
	}
	r, url = newReplica(t)
	r.spoilt = 1000
	all := "config_event; credential; grant; log_source; principal; session_policy; sign_in"
	if p = pullFrom(t, config(url, full)); sourcetest.Gaps(p.Result, evidence.GapPermission) != all || r.tokens > 4 {
		t.Errorf("%d tokens, %s %q", r.tokens, p.Error, sourcetest.Gaps(p.Result, evidence.GapPermission))
	}
}

func TestWhatTheClientMayNotSeeIsAGapAndNeverAnEmptyList(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*replica)
		want   string
	}{
		"half a realm, answered with 200": {func(r *replica) { r.answers[""] = map[string]any{"realm": "lending", "bruteForceProtected": true} }, "log_source; session_policy"},
		"no client, answered with 200":    {func(r *replica) { r.answers["/clients"] = []any{} }, "credential; grant; principal"},
		"no role, answered with 200":      {func(r *replica) { r.answers["/roles"] = []any{} }, "grant"},
		"the realm":                       {func(r *replica) { r.status[""] = 403 }, "config_event; credential; grant; log_source; principal; session_policy; sign_in"},
		"users":                           {func(r *replica) { r.status["/users"] = 403 }, "principal"},
		"clients":                         {func(r *replica) { r.status["/clients"] = 403 }, "credential; grant; principal"},
		"roles":                           {func(r *replica) { r.status["/roles"] = 403 }, "grant"},
		"groups":                          {func(r *replica) { r.status["/groups"] = 403 }, "grant"},
		"events":                          {func(r *replica) { r.status["/events"] = 403 }, "log_source; sign_in"},
		"changes":                         {func(r *replica) { r.status["/admin-events"] = 403 }, "config_event; log_source"},
		"a group inside that is not shown": {func(r *replica) {
			for path := range r.answers {
				if strings.HasSuffix(path, "/children") {
					r.answers[path] = []any{}
				}
			}
		}, "grant"},
		"factors": {func(r *replica) {
			for path := range r.answers {
				if strings.HasSuffix(path, "/credentials") {
					r.status[path] = 403
				}
			}
		}, "principal mfa_enrolled,mfa_phishing_resistant"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, url := newReplica(t)
			c.change(r)
			p := pullFrom(t, config(url, full))
			if got := sourcetest.Gaps(p.Result, evidence.GapPermission); got != c.want || p.Error != "" {
				t.Errorf("%q, want %q; %s", got, c.want, p.Error)
			}
			if strings.Contains(c.want, "grant") && len(p.Records["log_source"]) > 0 && p.Records["log_source"][0].Value("deleter_ids") != nil {
				t.Error("who may clear the log was said although not every grant was seen")
			}
		})
	}
}

func TestOddAnswersNeverLeadToAShorterList(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*replica)
		reason evidence.GapReason
		want   string
	}{
		"pages that do not move": {func(r *replica) {
			r.before = func(out http.ResponseWriter, _ *http.Request, path string) bool {
				if path != "/users" {
					return false
				}
				_, _ = io.WriteString(out, `[{"id":"a"},{"id":"b"},{"id":"c"}]`)
				return true
			}
		}, evidence.GapTruncated, "principal"},
		"a count that is higher": {func(r *replica) { r.answers["/users/count"] = 99 }, evidence.GapCountMismatch, "principal"},
		"HTML":                   {func(r *replica) { r.answers["/users"] = "<html>" }, evidence.GapPullFailed, "config_event; credential; grant; log_source; principal; session_policy; sign_in"},
		"events off":             {func(r *replica) { r.answers[""].(map[string]any)["eventsEnabled"] = false }, evidence.GapDisabled, "sign_in"},
		"sign-ins not kept":      {func(r *replica) { r.answers[""].(map[string]any)["enabledEventTypes"] = []string{"LOGOUT"} }, evidence.GapDisabled, "sign_in"},
		"admin events off":       {func(r *replica) { r.answers[""].(map[string]any)["adminEventsEnabled"] = false }, evidence.GapDisabled, "config_event"},
		"newest first":           {func(r *replica) { slices.Reverse(r.answers["/events"].([]any)) }, evidence.GapTruncated, "sign_in"},
		"any time":               {func(r *replica) { r.anyTime = true }, evidence.GapTruncated, "config_event; sign_in"},
		"a user without an id":   {func(r *replica) { delete(r.answers["/users"].([]any)[0].(map[string]any), "id") }, evidence.GapRejected, "principal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, url := newReplica(t)
			c.change(r)
			p := pullFrom(t, config(url, full))
			if got := sourcetest.Gaps(p.Result, c.reason); got != c.want {
				t.Errorf("%q, want %q; %s", got, c.want, p.Error)
			}
		})
	}
}

// TestEventsOfOneTimeAreAllRead plays what a real server does: it orders by
// time alone, and those of one time come in another order each time.
func TestEventsOfOneTimeAreAllRead(t *testing.T) {
	t.Parallel()
	r, url := newReplica(t)
	n := len(pullFrom(t, config(url, full)).Records["config_event"])
	events := r.answers["/admin-events"].([]any)
	for i := range events {
		events[i].(map[string]any)["time"] = events[i/5*5].(map[string]any)["time"]
	}
	turn := 0
	r.before = func(_ http.ResponseWriter, _ *http.Request, path string) bool {
		if path == "/admin-events" {
			if turn++; turn%2 == 1 {
				for i := 0; i+5 <= len(events); i += 5 {
					slices.Reverse(events[i : i+5])
				}
			}
		}
		return false
	}
	p := pullFrom(t, config(url, full))
	if got := len(p.Records["config_event"]); got != n || n != len(events) || sourcetest.Gaps(p.Result, evidence.GapTruncated) != "" {
		t.Errorf("%d of %d events: %+v", got, len(events), p.Gaps)
	}
}

func TestAUserWhoIsAddedBetweenPagesIsReadInASecondRound(t *testing.T) {
	t.Parallel()
	r, url := newReplica(t)
	users := r.answers["/users"].([]any)
	r.answers["/users"] = users[1:]
	n := 0
	r.before = func(_ http.ResponseWriter, _ *http.Request, path string) bool {
		if path == "/users" {
			if n++; n == 2 {
				r.answers["/users"] = users
			}
		}
		return false
	}
	if p := pullFrom(t, config(url, full)); sourcetest.Gaps(p.Result, evidence.GapCountMismatch) != "" || len(p.Records["principal"]) != len(users)+1 {
		t.Errorf("%d %+v", len(p.Records["principal"]), p.Gaps)
	}
}

func TestNothingIsWritten(t *testing.T) {
	t.Parallel()
	r, url := newReplica(t)
	pullFrom(t, config(url, full))
	for _, q := range r.asked {
		if !strings.HasPrefix(q, "GET ") && q != "POST /realms/lending/protocol/openid-connect/token" {
			t.Error(q)
		}
	}
}

func TestTheTighterLimitOfASessionHolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		session, clients int64
		own              string
		want             int64
		ok               bool
	}{{900, 0, "", 900, true}, {900, 600, "", 600, true}, {900, 600, "700", 700, true}, {900, 0, "7000", 900, true}, {0, 0, "60", 60, true}, {0, 0, "", 0, true}, {900, 0, "soon", 0, false}, {900, 0, "0", 900, true}} {
		if got, ok := tighter(c.session, c.clients, c.own); got != c.want || ok != c.ok {
			t.Errorf("%+v: %d %v", c, got, ok)
		}
	}
}

func TestAConfigurationThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{id: k, type: keycloak, url: 'https://x.example.com', user: a, password: env:P}":                              "realm is missing",
		"{id: k, type: keycloak, url: 'https://x.example.com', realm: r, token: env:T}":                                "service account",
		"{id: k, type: keycloak, url: 'https://x.example.com', realm: r, user: a, password: geheim}":                   "reference",
		"{id: k, type: keycloak, url: 'https://x.example.com', realm: r, user: a, password: env:P, privileged: ['[']}": "privileged",
		"{id: k, type: keycloak, url: 'https://x.example.com', realm: r, user: a, password: env:P, page_size: 5000}":   "page_size",
	} {
		if _, err := sourcetest.Parse(spec(t), text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
