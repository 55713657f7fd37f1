package ldap

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	ldapv3 "github.com/go-ldap/ldap/v3"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

const password = "siskin-and-serin-12"

type item struct {
	dn    string
	attrs map[string][]string
}

// replica is a directory that answers by filter, in pages.
type replica struct {
	lists  map[string][]item // filter, or the name of an entry for a search of it alone → what is found
	code   map[string]int    // filter → result instead
	refer  string
	stuck  bool // hands out the same cookie for ever
	noPage bool // knows no pages

	mu   sync.Mutex
	sent []string // operations that came
}

func (r *replica) serve(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go r.talk(c)
		}
	}()
	return l.Addr().String()
}

func (r *replica) talk(c net.Conn) {
	defer func() { _ = c.Close() }()
	for {
		m, err := ber.ReadPacket(c)
		if err != nil || len(m.Children) < 2 {
			return
		}
		id, op := m.Children[0].Value.(int64), m.Children[1]
		r.mu.Lock()
		r.sent = append(r.sent, strconv.Itoa(int(op.Tag)))
		r.mu.Unlock()
		switch op.Tag {
		case ldapv3.ApplicationBindRequest:
			code := ldapv3.LDAPResultSuccess
			if op.Children[1].Value != "cn=tieout" || op.Children[2].Data.String() != password {
				code = ldapv3.LDAPResultInvalidCredentials
			}
			r.send(c, id, result(ldapv3.ApplicationBindResponse, code), nil)
		case ldapv3.ApplicationSearchRequest:
			r.search(c, id, op, m)
		default:
			return
		}
	}
}

func result(tag, code int) *ber.Packet {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ber.Tag(tag), nil, "")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(code), ""))
	p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "", ""))
	p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "no "+password, ""))
	return p
}

func (r *replica) send(c net.Conn, id int64, op *ber.Packet, control ldapv3.Control) {
	m := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	m.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	m.AppendChild(op)
	if control != nil {
		list := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
		list.AppendChild(control.Encode())
		m.AppendChild(list)
	}
	_, _ = c.Write(m.Bytes())
}

func (r *replica) search(c net.Conn, id int64, op, m *ber.Packet) {
	key, _ := ldapv3.DecompileFilter(op.Children[6])
	if op.Children[1].Value == int64(ldapv3.ScopeBaseObject) {
		key = op.Children[0].Value.(string)
		for _, a := range op.Children[7].Children {
			if x := a.Value.(string); strings.Contains(x, ";range=") {
				key += " " + x
			}
		}
	}
	if code := r.code[key]; code != 0 {
		r.send(c, id, result(ldapv3.ApplicationSearchResultDone, code), nil)
		return
	}
	list := r.lists[key]
	from, to := 0, len(list)
	var answer ldapv3.Control
	if len(m.Children) > 2 && !r.noPage {
		x, _ := ldapv3.DecodeControl(m.Children[2].Children[0])
		paging := x.(*ldapv3.ControlPaging)
		from, _ = strconv.Atoi(string(paging.Cookie))
		to = min(from+int(paging.PagingSize), len(list))
		next := ldapv3.NewControlPaging(0)
		if to < len(list) {
			next.SetCookie([]byte(strconv.Itoa(to)))
		}
		if r.stuck {
			from, to = 0, min(1, len(list))
			next.SetCookie([]byte("0"))
		}
		answer = next
	}
	for _, x := range list[from:to] {
		e := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldapv3.ApplicationSearchResultEntry, nil, "")
		e.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, x.dn, ""))
		attrs := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
		for name, values := range x.attrs {
			a := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
			a.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, name, ""))
			set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
			for _, v := range values {
				set.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, v, ""))
			}
			a.AppendChild(set)
			attrs.AppendChild(a)
		}
		e.AppendChild(attrs)
		r.send(c, id, e, nil)
	}
	if r.refer != "" {
		p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldapv3.ApplicationSearchResultReference, nil, "")
		p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, r.refer, ""))
		r.send(c, id, p, nil)
	}
	r.send(c, id, result(ldapv3.ApplicationSearchResultDone, ldapv3.LDAPResultSuccess), answer)
}

func spec(t *testing.T) source.Spec {
	t.Helper()
	return sourcetest.Spec(t, "ldap")
}

const (
	peopleFilter  = "(objectClass=user)"
	serviceFilter = "(objectClass=account)"
	groupFilter   = "(objectClass=group)"
	emptyFilter   = "(objectClass=none)"
)

func config(addr, rest string) string {
	return "{id: d, type: ldap, url: 'ldap://" + addr + "', allow: [plain, loopback], bind: cn=tieout, password: env:PW, base: 'dc=example,dc=test'" + rest + "}"
}

const full = `, page_size: 2, worker: employeeID, people: {filter: (objectClass=user)}, services: {base: 'ou=svc,dc=example,dc=test', filter: (objectClass=account)}, groups: {filter: (objectClass=group)},
  rights: [{group: 'CN=ML-*', resource: model-registry, role: admin, privileged: true}]`

// sid is an identifier of Active Directory that ends in the number.
func sid(n byte) string {
	return "\x01\x05\x00\x00\x00\x00\x00\x05" + strings.Repeat("\x15\x00\x00\x00", 4) + string([]byte{n, 2, 0, 0})
}

// directoryOfMany is an Active Directory with a few accounts.
func directoryOfMany() *replica {
	user := func(name string, attrs ...string) item {
		x := item{"CN=" + name + ",OU=People,DC=example,DC=test", map[string][]string{"whenCreated": {"20250102030405.0Z"}, "sAMAccountName": {name}, "userAccountControl": {"512"}}}
		for i := 0; i < len(attrs); i += 2 {
			if x.attrs[attrs[i]] = []string{attrs[i+1]}; attrs[i+1] == "" {
				delete(x.attrs, attrs[i])
			}
		}
		return x
	}
	return &replica{
		lists: map[string][]item{
			peopleFilter: {
				user("Mara", "mail", "mara@example.test", "employeeID", "W1", "userAccountControl", "262656", "lastLogonTimestamp", "133908768000000000", "primaryGroupID", "512"),
				user("Off", "userAccountControl", "66050"), user("Ended", "accountExpires", "133908768000000000"), user("Later", "accountExpires", "9223372036854775807"),
				user("Odd", "accountExpires", "soon", "lastLogonTimestamp", "0"), user("Mute", "userAccountControl", ""),
				{"CN=Job,OU=svc,DC=example,DC=test", map[string][]string{"whenCreated": {"20250102030405.0Z"}}},
			},
			serviceFilter: {{"CN=Job,OU=svc,DC=example,DC=test", map[string][]string{"whenCreated": {"20250102030405.0Z"}, "sAMAccountName": {"Job"}, "userAccountControl": {"512"}, "pwdLastSet": {"133908768000000000"}, "manager": {"cn=mara, ou=People,dc=example,dc=TEST"}}}},
			groupFilter: {
				{"CN=ML-Admins,OU=Groups,DC=example,DC=test", map[string][]string{"member;range=0-1": {"CN=Off,OU=People,DC=example,DC=test", "CN=Inner,OU=Groups,DC=example,DC=test"}, "member": nil, "objectSid": {sid(99)}}},
				{"CN=Inner,OU=Groups,DC=example,DC=test", map[string][]string{"member": {"cn=MARA,ou=people,dc=example,dc=test"}}},
				{"CN=Domain Admins,OU=Groups,DC=example,DC=test", map[string][]string{"objectSid": {sid(0)}}},
			},
			"CN=ML-Admins,OU=Groups,DC=example,DC=test member;range=2-*": {{"CN=ML-Admins,OU=Groups,DC=example,DC=test", map[string][]string{"member;range=2-3": {"CN=Ended,OU=People,DC=example,DC=test", "CN=Later,OU=People,DC=example,DC=test"}}}},
			"CN=ML-Admins,OU=Groups,DC=example,DC=test member;range=4-*": {{"CN=ML-Admins,OU=Groups,DC=example,DC=test", map[string][]string{"member;range=4-*": {"CN=Odd,OU=People,DC=example,DC=test"}}}},
		},
		code:  map[string]int{},
		refer: "ldap://DomainDnsZones.example.test/DC=DomainDnsZones,DC=example,DC=test",
	}
}

type pulled struct {
	*engine.Result
	keeper  *sourcetest.Keeper
	records map[string]*evidence.Record // kind and id
}

func pullFrom(t *testing.T, config string, secrets map[string]string, dir string) pulled {
	t.Helper()
	k := &sourcetest.Keeper{}
	f := sourcetest.Fixture{Config: config, Dir: dir, Secret: secrets}
	res, err := engine.Run(t.Context(), sourcetest.Plan(t, spec(t), f, config, k))
	if err != nil {
		t.Fatal(err)
	}
	p := pulled{res, k, map[string]*evidence.Record{}}
	for _, r := range sourcetest.Records(t, k) {
		p.records[string(r.Schema.Kind)+" "+r.Text(r.Schema.Key[0])] = r
	}
	for _, s := range secrets {
		for _, b := range k.Blobs {
			if s != "" && strings.Contains(string(b), s) || s != "" && strings.Contains(res.Error, s) {
				t.Error("the password stands in what was kept")
			}
		}
	}
	return p
}

func shown(t *testing.T, r *replica, rest string) pulled {
	t.Helper()
	return pullFrom(t, config(r.serve(t), rest), map[string]string{"env:PW": password}, t.TempDir())
}

func (p pulled) gaps(reason evidence.GapReason) string { return sourcetest.Gaps(p.Result, reason) }

func TestContract(t *testing.T) {
	addr := directoryOfMany().serve(t)
	secrets := map[string]string{"env:PW": password}
	rows := int64(len(pullFrom(t, config(addr, full), secrets, t.TempDir()).keeper.Lines))
	sourcetest.Run(t, spec(t), sourcetest.Fixture{
		Config: config(addr, full), Empty: config(addr, ", people: {filter: "+emptyFilter+"}, groups: {filter: "+emptyFilter+"}"),
		Dir: t.TempDir(), Rows: rows, Secret: secrets,
	})
}

func TestAccountsAreShownAsTheDirectoryHasThem(t *testing.T) {
	t.Parallel()
	p := shown(t, directoryOfMany(), full)
	if p.Error != "" || len(p.Gaps) > 0 {
		t.Fatalf("%s %+v", p.Error, p.Gaps)
	}
	const people = ",ou=people,dc=example,dc=test"
	for name, want := range map[string]string{
		"principal cn=mara" + people:                 "human active W1 <nil> [] true",
		"principal cn=off" + people:                  "human disabled  <nil> [last_login_at mfa_enrolled mfa_phishing_resistant] <nil>",
		"principal cn=ended" + people:                "human disabled  2025-05-05T00:00:00.000000Z [last_login_at mfa_enrolled mfa_phishing_resistant] <nil>",
		"principal cn=later" + people:                "human active  <nil> [last_login_at mfa_enrolled mfa_phishing_resistant] <nil>",
		"principal cn=odd" + people:                  "human   <nil> [last_login_at mfa_enrolled mfa_phishing_resistant status] <nil>",
		"principal cn=mute" + people:                 "human   <nil> [last_login_at mfa_enrolled mfa_phishing_resistant status] <nil>",
		"principal cn=job,ou=svc,dc=example,dc=test": "service active  <nil> [last_login_at mfa_enrolled mfa_phishing_resistant] <nil>",
	} {
		r := p.records[name]
		if r == nil {
			t.Errorf("no %s", name)
			continue
		}
		if got := fmt.Sprint(r.Text("principal_kind"), " ", r.Text("status"), " ", r.Text("worker_id"), " ", r.Value("disabled_at"), " ", r.Missing, " ", r.Value("mfa_phishing_resistant")); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if r := p.records["principal cn=mara"+people]; fmt.Sprint(r.Value("created_at"), r.Value("last_login_at")) != "2025-01-02T03:04:05.000000Z 2025-05-05T00:00:00.000000Z" {
		t.Errorf("%v", r.Values)
	}
	if r := p.records["credential cn=job,ou=svc,dc=example,dc=test password"]; r == nil || fmt.Sprint(r.Value("created_at")) != "2025-05-05T00:00:00.000000Z" || r.Text("owner_id") != "cn=mara"+people {
		t.Errorf("%+v", r)
	}
}

func TestMembersAreShownByEveryWay(t *testing.T) {
	t.Parallel()
	p := shown(t, directoryOfMany(), full)
	const people, groups = ",ou=people,dc=example,dc=test", ",ou=groups,dc=example,dc=test"
	for id, want := range map[string]string{
		"cn=off" + people + " in cn=ml-admins" + groups:                             "model-registry admin true",
		"cn=odd" + people + " in cn=ml-admins" + groups:                             "model-registry admin true",
		"cn=later" + people + " in cn=ml-admins" + groups:                           "model-registry admin true",
		"cn=mara" + people + " in cn=inner" + groups:                                "cn=inner" + groups + " member <nil>",
		"cn=mara" + people + " in cn=ml-admins" + groups + " via cn=inner" + groups: "model-registry admin true",
		"cn=mara" + people + " in cn=domain admins" + groups:                        "cn=domain admins" + groups + " member true",
	} {
		if r := p.records["grant "+id]; r == nil || fmt.Sprint(r.Text("resource_id"), " ", r.Text("role"), " ", r.Value("privileged")) != want || r.Text("principal_id") == "" {
			t.Errorf("%s: %+v", id, r)
		}
	}
}

func TestWhatIsNotShownIsAGapAndNeverAShorterList(t *testing.T) {
	t.Parallel()
	all := "credential; grant; principal"
	for name, c := range map[string]struct {
		change func(*replica)
		reason evidence.GapReason
		want   string
	}{
		"a limit of the size":           {func(r *replica) { r.code[peopleFilter] = ldapv3.LDAPResultSizeLimitExceeded }, evidence.GapTruncated, "principal"},
		"a limit of the administrator":  {func(r *replica) { r.code[groupFilter] = ldapv3.LDAPResultAdminLimitExceeded }, evidence.GapTruncated, "grant"},
		"a limit of time":               {func(r *replica) { r.code[serviceFilter] = ldapv3.LDAPResultTimeLimitExceeded }, evidence.GapTruncated, "credential; principal"},
		"no right":                      {func(r *replica) { r.code[groupFilter] = ldapv3.LDAPResultInsufficientAccessRights }, evidence.GapPermission, "grant"},
		"no such base":                  {func(r *replica) { r.code[peopleFilter] = ldapv3.LDAPResultNoSuchObject }, evidence.GapPermission, "principal"},
		"elsewhere":                     {func(r *replica) { r.code[peopleFilter] = ldapv3.LDAPResultReferral }, evidence.GapTruncated, "principal"},
		"a part elsewhere":              {func(r *replica) { r.refer = "ldap://other.example.test/ou=far,dc=example,dc=test" }, evidence.GapTruncated, all},
		"pages without end":             {func(r *replica) { r.stuck = true }, evidence.GapTruncated, all},
		"hidden operational attributes": {func(r *replica) { delete(r.lists[peopleFilter][3].attrs, "whenCreated") }, evidence.GapPermission, "principal"},
		"a server that fails":           {func(r *replica) { r.code[peopleFilter] = ldapv3.LDAPResultOperationsError }, evidence.GapPullFailed, all},
		"parts of members that repeat": {func(r *replica) {
			r.lists["CN=ML-Admins,OU=Groups,DC=example,DC=test member;range=2-*"][0].attrs = map[string][]string{"member;range=0-1": {"CN=Ended"}}
		}, evidence.GapTruncated, "grant"},
		"no part of members behind the first": {func(r *replica) {
			r.lists["CN=ML-Admins,OU=Groups,DC=example,DC=test member;range=2-*"][0].attrs = map[string][]string{}
		}, evidence.GapTruncated, "grant"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := directoryOfMany()
			c.change(r)
			p := shown(t, r, full)
			if got := p.gaps(c.reason); got != c.want || (p.Error != "") != (c.reason == evidence.GapPullFailed) {
				t.Errorf("%q, want %q; %s", got, c.want, p.Error)
			}
		})
	}
	r := directoryOfMany()
	p := pullFrom(t, config(r.serve(t), full), map[string]string{"env:PW": "not-" + password}, t.TempDir())
	if got := p.gaps(evidence.GapPermission); got != all || strings.Contains(fmt.Sprint(p.Gaps), "not-"+password) {
		t.Errorf("%q %+v", got, p.Gaps)
	}
	p = pullFrom(t, config(r.serve(t), full), map[string]string{"env:PW": ""}, t.TempDir())
	if !strings.Contains(p.Error, "is empty") {
		t.Error("a bind without a password is nobody's:", p.Error)
	}
	r = directoryOfMany()
	r.noPage = true
	if p := shown(t, r, full); p.Error != "" || len(p.records) != len(shown(t, directoryOfMany(), full).records) {
		t.Errorf("a server without pages hands everything over: %d, %s", len(p.records), p.Error)
	}
}

func TestOnlySearchesAreSent(t *testing.T) {
	t.Parallel()
	r := directoryOfMany()
	shown(t, r, full)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, op := range r.sent {
		if op != "0" && op != "3" && op != "2" { // bind, search, unbind
			t.Errorf("operation %s", op)
		}
	}
}

func TestWhereAConnectionMayLeadIsAsked(t *testing.T) {
	t.Parallel()
	addr := directoryOfMany().serve(t)
	p := pullFrom(t, strings.Replace(config(addr, full), ", loopback", "", 1), map[string]string{"env:PW": password}, t.TempDir())
	if !strings.Contains(p.Error, "allow: [loopback]") {
		t.Error(p.Error)
	}
}

func TestLocksOfOpenLDAPAndOthers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attrs    map[string][]string
		disabled bool
		unclear  bool
	}{
		"free":               {map[string][]string{}, false, false},
		"for ever":           {map[string][]string{"pwdaccountlockedtime": {"000001010000Z"}}, true, false},
		"for a while":        {map[string][]string{"pwdaccountlockedtime": {"20260101000000Z"}}, false, true},
		"389 DS":             {map[string][]string{"nsaccountlock": {"TRUE"}}, true, false},
		"shadow, over":       {map[string][]string{"shadowexpire": {"20000"}}, true, false},
		"shadow, never":      {map[string][]string{"shadowexpire": {"-1"}}, false, false},
		"shadow, no number":  {map[string][]string{"shadowexpire": {"x"}}, false, true},
		"control, no number": {map[string][]string{"useraccountcontrol": {"x"}}, false, true},
	} {
		s := stateOf(entry{attrs: c.attrs}, sourcetest.Now)
		if s.disabled != c.disabled || (s.unclear != "") != c.unclear {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestTimesOfDirectories(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"20250102030405Z": "2025-01-02T03:04:05.000000Z", "20250102030405.5Z": "2025-01-02T03:04:05.500000Z", "202501020304+0100": "2025-01-02T02:04:00.000000Z",
		"20250102030405": "", "20250230030405Z": "", "": "", "now": "",
	} {
		got, err := generalized(text)
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%q: %s %v", text, got, err)
		}
	}
	for text, want := range map[string]string{"116444736000000000": "1970-01-01T00:00:00.000000Z", "133908768000000000": "2025-05-05T00:00:00.000000Z", "0": "never", "9223372036854775807": "never", "-5": "", "x": "", "9223372036854775806": ""} {
		got, ok, err := filetime(text)
		if err != nil && want != "" || err == nil && ok && got.String() != want || err == nil && !ok && want != "never" {
			t.Errorf("%q: %s %v %v", text, got, ok, err)
		}
	}
}

func TestAConfigurationThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	good := "url: 'ldaps://d.example.com', bind: cn=x, password: env:P, base: 'dc=x'"
	for text, want := range map[string]string{
		strings.Replace(good, "ldaps", "ldap", 1):    "anybody between",
		strings.Replace(good, "ldaps", "https", 1):   "must begin",
		good + ", start_tls: true":                   "leave out start_tls",
		strings.Replace(good, "env:P", "geheim", 1):  "no place for a secret",
		strings.Replace(good, "dc=x", "example", 1):  "distinguished name",
		good + ", people: {filter: 'uid=*'}":         "filter",
		good + ", rights: [{group: 'cn=x'}]":         "rights",
		good + ", allow: [http]":                     "allow",
		good + ", page_size: 100000":                 "page_size",
		strings.Replace(good, "d.ex", "u:p@d.ex", 1): "url cannot be read",
	} {
		if _, err := sourcetest.Parse(spec(t), "{id: d, type: ldap, "+text+"}"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzValues(f *testing.F) {
	for _, s := range []string{"20250102030405Z", "133908768000000000", "member;range=0-1499", "CN=a,DC=b", sid(1), "uid=\\2c#, dc=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, _ = generalized(s)
		if at, ok, err := filetime(s); err == nil && ok && len(at.String()) != 27 {
			t.Errorf("%q: %s", s, at)
		}
		if _, from, to, last, is := rangeOf(s); is && !last && to < from {
			t.Errorf("%q: from %d to %d", s, from, to)
		}
		if n := normal(s); n != "" && normal(n) == "" {
			t.Errorf("%q became nothing", s)
		}
		_ = rid(s)
		_ = stateOf(entry{attrs: map[string][]string{"accountexpires": {s}, "shadowexpire": {s}, "createtimestamp": {s}, "useraccountcontrol": {s}}}, 0)
	})
}
