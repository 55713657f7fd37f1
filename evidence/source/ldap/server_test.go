package ldap

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// server asks the directory that .ci/servers/ldap starts and fills: it takes no
// page of more than four entries, and no unpaged search of more than five.
func server(t *testing.T, bind, way, rest string) pulled {
	t.Helper()
	addr, secure := os.Getenv("TIEOUT_TEST_LDAP"), os.Getenv("TIEOUT_TEST_LDAPS")
	if addr == "" {
		t.Skip("!!! NOT RUN against a real directory: run .ci/servers/ldap and set the line it prints")
	}
	dir := t.TempDir()
	pem, err := os.ReadFile(os.Getenv("TIEOUT_TEST_LDAP_CA"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/ca.pem", pem, 0o600); err != nil {
		t.Fatal(err)
	}
	text := map[string]string{
		"plain": "url: 'ldap://" + addr + "', allow: [plain, loopback]", "starttls": "url: 'ldap://" + addr + "', start_tls: true, ca: ca.pem, allow: [loopback]",
		"ldaps": "url: 'ldaps://" + secure + "', ca: ca.pem, allow: [loopback]", "stranger": "url: 'ldaps://" + secure + "', allow: [loopback]",
	}[way]
	text = "{id: d, type: ldap, " + text + ", bind: 'cn=" + bind + ",dc=example,dc=test', password: env:PW, base: 'dc=example,dc=test', worker: employeeNumber, people: {base: 'ou=people,dc=example,dc=test'}, services: {base: 'ou=services,dc=example,dc=test', filter: (objectClass=account)}, groups: {base: 'ou=groups,dc=example,dc=test'}" + rest + "}"
	return pullFrom(t, text, map[string]string{"env:PW": os.Getenv("TIEOUT_TEST_LDAP_PASSWORD")}, dir)
}

func TestServerShowsAccountsAndGroups(t *testing.T) {
	for _, way := range []string{"plain", "starttls", "ldaps"} {
		p := server(t, "tieout", way, "")
		if p.Error != "" || len(p.Gaps) > 0 {
			t.Fatalf("%s: %s %+v", way, p.Error, p.Gaps)
		}
		count := map[string]int{}
		for id := range p.records {
			kind, _, _ := strings.Cut(id, " ")
			count[kind]++
		}
		if count["principal"] != 21 || count["credential"] != 1 {
			t.Errorf("%s: %v", way, count)
		}
		const people, groups = ",ou=people,dc=example,dc=test", ",ou=groups,dc=example,dc=test"
		mara, otto := p.records["principal uid=mara"+people], p.records["principal uid=otto"+people]
		if mara.Text("status") != "active" || mara.Text("worker_id") != "W1" || mara.Value("last_login_at") == nil || mara.Value("created_at") == nil {
			t.Errorf("%v missing %v", mara.Values, mara.Missing)
		}
		if otto.Text("status") != "disabled" || otto.Value("disabled_at") != nil || !slices.Contains(otto.Missing, "last_login_at") {
			t.Errorf("%v missing %v", otto.Values, otto.Missing)
		}
		for _, id := range []string{
			"uid=mara" + people + " in cn=inner" + groups, "uid=mara" + people + " in cn=outer" + groups + " via cn=inner" + groups,
			"uid=mara" + people + " in cn=loop" + groups + " via cn=inner" + groups + " > cn=outer" + groups, "uid=otto" + people + " in cn=wheel" + groups,
			"uid=score,ou=services,dc=example,dc=test in cn=outer" + groups, "uid=gone" + people + " in cn=loop" + groups, "uid=user06" + people + " in cn=g6" + groups,
		} {
			if p.records["grant "+id] == nil {
				t.Errorf("%s: no grant %s", way, id)
			}
		}
		for _, b := range p.keeper.Blobs {
			if strings.Contains(strings.ToLower(string(b)), "userpassword") {
				t.Error("a password was asked for")
			}
		}
	}
}

func TestServerThatLetsNoPagesIsTruncatedAndNotShort(t *testing.T) {
	p := server(t, "unpaged", "plain", "")
	if got := p.gaps(evidence.GapTruncated); got != "credential; grant; principal" || len(p.records) > 0 || p.Error != "" {
		t.Errorf("%q %d %s", got, len(p.records), p.Error)
	}
}

func TestServerRefusesWithoutTheRight(t *testing.T) {
	p := server(t, "blind", "plain", "")
	if got := p.gaps(evidence.GapPermission); got != "credential; grant; principal" || len(p.records) > 0 || p.Error != "" {
		t.Errorf("%q %d %s", got, len(p.records), p.Error)
	}
	if p = server(t, "nobody", "plain", ""); p.gaps(evidence.GapPermission) != "credential; grant; principal" {
		t.Errorf("%+v", p.Gaps)
	}
	if p = server(t, "tieout", "stranger", ""); !strings.Contains(p.Error, "certificate") || len(p.records) > 0 {
		t.Error(p.Error)
	}
}

func TestServerReferralsAreNotFollowedAndSaid(t *testing.T) {
	p := server(t, "tieout", "plain", "")
	text := "{id: d, type: ldap, url: 'ldap://" + os.Getenv("TIEOUT_TEST_LDAP") + "', allow: [plain, loopback], bind: 'cn=tieout,dc=example,dc=test', password: env:PW, base: 'dc=example,dc=test'}"
	q := pullFrom(t, text, map[string]string{"env:PW": os.Getenv("TIEOUT_TEST_LDAP_PASSWORD")}, t.TempDir())
	if got := q.gaps(evidence.GapTruncated); got != "grant; principal" || len(q.records) < len(p.records)-3 {
		t.Errorf("%q, %d records, %s", got, len(q.records), q.Error)
	}
	c := sourcetest.Collector(t, spec(t), text).(source.Checker)
	env := source.CheckEnv{Secret: func(string) (secret.Value, error) { return secret.New(os.Getenv("TIEOUT_TEST_LDAP_PASSWORD")), nil }, Now: sourcetest.Now}
	if err := c.Check(t.Context(), env); err != nil {
		t.Error(err)
	}
	blind := sourcetest.Collector(t, spec(t), strings.Replace(text, "cn=tieout", "cn=blind", 1)).(source.Checker)
	if err := blind.Check(t.Context(), env); err == nil || !strings.Contains(err.Error(), "not shown to cn=blind") {
		t.Error(err)
	}
}
