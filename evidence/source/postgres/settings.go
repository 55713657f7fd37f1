package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/pg"
)

type settingLine struct {
	Name    string `json:"name"`
	Setting string `json:"setting"`
	Unit    string `json:"unit"`
}

type overrideLine struct {
	Database string `json:"database"`
	Role     string `json:"role"`
	Setting  string `json:"setting"`
}

// state is what the server says of itself.
type state struct {
	values    map[string]settingLine
	overrides []overrideLine
	at        pg.Line // where the settings were kept
}

// settings shows the audit log, the encryption of connections and the limits
// of sessions. What no kind of record holds stays in what was kept.
func (p *pull) settings(ctx context.Context) error {
	st := state{values: map[string]settingLine{}}
	_, err := p.Read(ctx, p.env, p.out, "settings", settingsQuery, func(l pg.Line) error {
		var x settingLine
		if err := json.Unmarshal(l.JSON, &x); err != nil {
			return fmt.Errorf("settings: row %d: %w", l.Item, err)
		}
		st.values[x.Name] = x
		st.at = pg.Line{Raw: l.Raw, Item: 1}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = p.Read(ctx, p.env, p.out, "settings of roles and databases", overridesQuery, func(l pg.Line) error {
		var x overrideLine
		if err := json.Unmarshal(l.JSON, &x); err != nil {
			return fmt.Errorf("settings of roles and databases: row %d: %w", l.Item, err)
		}
		st.overrides = append(st.overrides, x)
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range []string{"password_encryption", "log_connections", "log_disconnections", "log_statement", "logging_collector"} {
		p.env.Unread("setting " + name)
	}
	if err := p.audit(st); err != nil {
		return err
	}
	if err := p.sessions(st); err != nil {
		return err
	}
	return p.encryption(ctx, st)
}

// audit shows whether the audit extension writes. A server without it has no
// such log, which is a fact, as long as this role would see it.
func (p *pull) audit(st state) error {
	r := p.row("log_source", "settings", st.at)
	r.Put("log_id", p.id("pgaudit", ""))
	r.Put("as_of", p.env.Now())
	libraries, seen := st.values["shared_preload_libraries"]
	if !seen {
		r.Unknown("enabled", "this role may not see shared_preload_libraries")
		if err := p.out.Gap(evidence.Gap{
			Kind: "log_source", Columns: []string{"enabled"}, Reason: evidence.GapPermission,
			Detail: "shared_preload_libraries is not shown to this role, so whether the server audits cannot be seen: " + grantSettings,
		}); err != nil {
			return err
		}
	} else {
		on, why := auditing(libraries.Setting, st)
		if r.Put("enabled", on); why != "" {
			r.Put("enabled", nil)
			r.Unknown("enabled", why)
		}
	}
	for _, column := range []string{"retention_days", "immutability", "writer_ids", "deleter_ids", "live_since", "oldest_record_at"} {
		r.Unknown(column, "the server writes its log and does not say what becomes of it")
	}
	return p.out.Put(r.Record)
}

// auditing reports whether classes of statements are written, or why that
// cannot be said in one word.
func auditing(libraries string, st state) (on bool, why string) {
	if !slices.ContainsFunc(strings.Split(libraries, ","), func(l string) bool {
		return strings.Trim(strings.TrimSpace(l), `"`) == "pgaudit"
	}) {
		return false, ""
	}
	for _, o := range st.overrides {
		if strings.HasPrefix(o.Setting, "pgaudit.log=") || strings.HasPrefix(o.Setting, "pgaudit.role=") {
			return false, "pgaudit is set otherwise for a role or a database"
		}
	}
	classes := strings.TrimSpace(st.values["pgaudit.log"].Setting)
	return classes != "" && !strings.EqualFold(classes, "none") || st.values["pgaudit.role"].Setting != "", ""
}

// sessions shows after which time without activity a session ends. There is no
// limit to how long a session lasts in all.
func (p *pull) sessions(st state) error {
	r := p.row("session_policy", "settings", st.at)
	p.env.Provides("session_policy", "absolute_timeout_s", "idle_timeout_s")
	r.Put("resource_id", p.id("server", ""))
	r.Put("has_sessions", true)
	x, known := st.values["idle_session_timeout"]
	ms, err := strconv.ParseInt(x.Setting, 10, 64)
	otherwise := slices.ContainsFunc(st.overrides, func(o overrideLine) bool { return strings.HasPrefix(o.Setting, "idle_session_timeout=") })
	switch {
	case !known: // older servers have no such limit
	case err != nil || x.Unit != "ms" || ms < 0:
		r.Unknown("idle_timeout_s", "it is no number of milliseconds")
	case otherwise:
		r.Unknown("idle_timeout_s", "it is set otherwise for a role or a database")
	case ms > 0:
		r.Put("idle_timeout_s", (ms+999)/1000)
	}
	return p.out.Put(r.Record)
}

type ruleLine struct {
	Type    string  `json:"type"`
	Address *string `json:"address"`
	Netmask *string `json:"netmask"`
	Method  string  `json:"auth_method"`
	Wrong   bool    `json:"wrong"`
}

// encryption shows the lowest version of TLS with which the server can be
// reached over a network, as its settings and its rules of access have it.
func (p *pull) encryption(ctx context.Context, st state) error {
	r := p.row("endpoint", "settings", st.at)
	r.Put("endpoint_id", p.Host)
	p.env.Provides("endpoint", "component_id")
	for _, column := range []string{"weak_ciphers", "cert_not_after"} {
		r.Unknown(column, "the settings do not say it; probe the server with source tls")
	}
	rank, why, err := p.rank(ctx, st)
	if err != nil {
		return err
	}
	if r.Put("tls_min_rank", rank); why != "" {
		r.Put("tls_min_rank", nil)
		r.Unknown("tls_min_rank", why)
	}
	return p.out.Put(r.Record)
}

var ranks = map[string]int64{"TLSv1": 10, "TLSv1.1": 11, "TLSv1.2": 12, "TLSv1.3": 13}

func (p *pull) rank(ctx context.Context, st state) (rank int64, why string, err error) {
	if ssl, seen := st.values["ssl"]; !seen {
		return 0, "setting ssl is not shown", nil
	} else if ssl.Setting != "on" {
		return 0, "", nil
	}
	rank, known := ranks[st.values["ssl_min_protocol_version"].Setting]
	if !known {
		return 0, "ssl_min_protocol_version is none that is known", nil
	}
	var may bool
	p.Asking("the rules of access")
	if err := p.Tx.QueryRow(ctx, "SELECT "+mayReadRules).Scan(&may); err != nil {
		return 0, "", p.Describe(err)
	}
	if !may {
		return 0, "this role may not see the rules of access", p.out.Gap(evidence.Gap{
			Kind: "endpoint", Columns: []string{"tls_min_rank"}, Reason: evidence.GapPermission,
			Detail: "pg_hba_file_rules is not shown to this role, so whether connections without TLS are let in cannot be seen: " + grantRules,
		})
	}
	var rules []ruleLine
	_, err = p.Read(ctx, p.env, p.out, "rules of access", rulesQuery, func(l pg.Line) error {
		var x ruleLine
		if err := json.Unmarshal(l.JSON, &x); err != nil {
			return fmt.Errorf("rules of access: row %d: %w", l.Item, err)
		}
		rules = append(rules, x)
		return nil
	})
	if err != nil {
		return 0, "", err
	}
	for _, x := range rules {
		if x.Wrong { // the file is not what the server runs with
			return 0, "a line of the rules of access cannot be read by the server itself", nil
		}
	}
	if slices.ContainsFunc(rules, ruleLine.plain) {
		return 0, "", nil
	}
	return rank, "", nil
}

// plain reports whether the rule lets a connection over a network in without
// TLS. One from the machine itself does not pass a network.
func (r ruleLine) plain() bool {
	if r.Method == "reject" || r.Type != "host" && r.Type != "hostnossl" && r.Type != "hostnogssenc" {
		return false
	}
	if r.Address == nil {
		return true
	}
	a, err := netip.ParseAddr(*r.Address)
	return err != nil || !a.IsLoopback() || !single(a, r.Netmask)
}

// single reports whether a loopback address stays one under its mask: 127/8 and
// longer, ::1/128.
func single(a netip.Addr, mask *string) bool {
	if mask == nil {
		return true
	}
	m, err := netip.ParseAddr(*mask)
	if err != nil {
		return false
	}
	return a.Is4() && m.Is4() && m.As4()[0] == 255 || a.Is6() && m == netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
}
