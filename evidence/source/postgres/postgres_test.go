package postgres

import (
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

func spec(t *testing.T) source.Spec {
	t.Helper()
	return sourcetest.Spec(t, "postgres")
}

func TestAConfigurationThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{id: p, type: postgres}":                                     "dsn must be a reference",
		"{id: p, type: postgres, dsn: 'postgres://u:p@h/d'}":          "not the place",
		"{id: p, type: postgres, dsn: env:X, people: ['[']}":          "people",
		"{id: p, type: postgres, dsn: env:X, services: ['']}":         "services",
		"{id: p, type: postgres, dsn: env:X, timeout: 5}":             "timeout",
		"{id: p, type: postgres, dsn: env:X, query: 'SELECT secret'}": "query",
	} {
		_, err := sourcetest.Parse(spec(t), text)
		if want = strings.Replace(want, "not the place", "not the place", 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestWhoseARoleIsIsSaidByTheEntityAlone(t *testing.T) {
	t.Parallel()
	c := &collector{cfg: Config{People: []string{"*_admin", "both"}, Services: []string{"svc_*", "both"}}}
	for name, want := range map[string]string{"mara_admin": "human", "svc_score": "service", "both": "", "postgres": ""} {
		if got := c.kindOf(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestARuleThatLetsPlainConnectionsInOverANetworkIsSeen(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	for name, c := range map[string]struct {
		rule ruleLine
		want bool
	}{
		"local":                 {ruleLine{Type: "local"}, false},
		"encrypted only":        {ruleLine{Type: "hostssl", Address: text("all")}, false},
		"any":                   {ruleLine{Type: "host", Address: text("all"), Method: "scram-sha-256"}, true},
		"rejected":              {ruleLine{Type: "host", Address: text("all"), Method: "reject"}, false},
		"plain only":            {ruleLine{Type: "hostnossl", Address: text("10.0.0.0"), Netmask: text("255.0.0.0")}, true},
		"this machine":          {ruleLine{Type: "host", Address: text("127.0.0.1"), Netmask: text("255.255.255.255")}, false},
		"this machine, v6":      {ruleLine{Type: "host", Address: text("::1"), Netmask: text("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")}, false},
		"more than the machine": {ruleLine{Type: "host", Address: text("127.0.0.0"), Netmask: text("0.0.0.0")}, true},
		"more than ::1":         {ruleLine{Type: "host", Address: text("::1"), Netmask: text("::")}, true},
		"a name":                {ruleLine{Type: "host", Address: text("db.example.com")}, true},
		"no address":            {ruleLine{Type: "host"}, true},
	} {
		if got := c.rule.plain(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAuditingIsOnOnlyIfItIsLoadedAndWritesSomething(t *testing.T) {
	t.Parallel()
	st := func(log, role string, overrides ...string) state {
		s := state{values: map[string]settingLine{"pgaudit.log": {Setting: log}, "pgaudit.role": {Setting: role}}}
		for _, o := range overrides {
			s.overrides = append(s.overrides, overrideLine{Setting: o})
		}
		return s
	}
	for name, c := range map[string]struct {
		libraries string
		st        state
		on        bool
		unclear   bool
	}{
		"writes":          {"pg_stat_statements, pgaudit", st("write,ddl", ""), true, false},
		"quoted":          {`"pgaudit"`, st("all", ""), true, false},
		"by object":       {"pgaudit", st("none", "auditor"), true, false},
		"nothing":         {"pgaudit", st("none", ""), false, false},
		"not loaded":      {"pgauditlogtofile", st("all", ""), false, false},
		"set otherwise":   {"pgaudit", st("all", "", "pgaudit.log=none"), false, true},
		"another setting": {"pgaudit", st("all", "", "log_statement=all"), true, false},
	} {
		if on, why := auditing(c.libraries, c.st); on != c.on || (why != "") != c.unclear {
			t.Errorf("%s: %v %q", name, on, why)
		}
	}
}
