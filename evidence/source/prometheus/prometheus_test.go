package prometheus

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// figure says the value of one query at a second, and whether there is one.
type figure func(at int64) (string, bool)

// replica answers as Prometheus does, from functions of time.
type replica struct {
	figures   map[string]figure // query → its one series
	instant   map[string]string // beginning of an instant query → its value
	alerts    map[string]figure // labels as JSON → when it fires
	rules     string
	retention string
	warn      bool
	status    map[string]int
	verbs     []string
}

func always(v string) figure { return func(int64) (string, bool) { return v, true } }

func newReplica(t *testing.T) (*replica, string) {
	t.Helper()
	r := &replica{
		figures: map[string]figure{"count(up)": always("3")}, alerts: map[string]figure{}, status: map[string]int{}, retention: "1y",
		rules: `{"groups":[]}`,
	}
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	return r, srv.URL
}

func (r *replica) ServeHTTP(out http.ResponseWriter, req *http.Request) {
	r.verbs = append(r.verbs, req.Method)
	if s := r.status[req.URL.Path]; s != 0 {
		out.WriteHeader(s)
		return
	}
	if req.Header.Get("Authorization") != "Bearer t0ken-of-prom" {
		out.WriteHeader(http.StatusUnauthorized)
		return
	}
	q := req.URL.Query()
	switch req.URL.Path {
	case apiFlags:
		r.say(out, `{"storage.tsdb.retention.time":"`+r.retention+`"}`)
	case apiRules:
		r.say(out, r.rules)
	case apiQuery:
		for prefix, v := range r.instant {
			if strings.HasPrefix(q.Get("query"), prefix) {
				r.say(out, `{"resultType":"vector","result":[{"metric":{},"value":[`+q.Get("time")+`,"`+v+`"]}]}`)
				return
			}
		}
		r.say(out, `{"resultType":"vector","result":[]}`)
	case apiRange:
		start, _ := strconv.ParseInt(q.Get("start"), 10, 64)
		end, _ := strconv.ParseFloat(q.Get("end"), 64)
		end = math.Round(end*1000) / 1000 // as the server does
		step, _ := strconv.ParseInt(q.Get("step"), 10, 64)
		if (int64(end)-start)/step > 11000 {
			out.WriteHeader(http.StatusBadRequest)
			return
		}
		lists := map[string]figure{}
		if f := r.figures[q.Get("query")]; f != nil {
			lists["{}"] = f
		}
		if q.Get("query") == firing {
			lists = r.alerts
		}
		var series []string
		for labels, f := range lists {
			var values []string
			for at := start; float64(at) <= end; at += step {
				if v, ok := f(at); ok {
					values = append(values, fmt.Sprintf(`[%d,%q]`, at, v))
				}
			}
			if len(values) > 0 {
				series = append(series, `{"metric":`+labels+`,"values":[`+strings.Join(values, ",")+`]}`)
			}
		}
		slices.Sort(series)
		r.say(out, `{"resultType":"matrix","result":[`+strings.Join(series, ",")+`]}`)
	}
}

func (r *replica) say(out http.ResponseWriter, data string) {
	warnings := ""
	if r.warn {
		warnings = `,"warnings":["a store did not answer"]`
	}
	if !json.Valid([]byte(data)) {
		panic(data)
	}
	_, _ = fmt.Fprintf(out, `{"status":"success","data":%s%s}`, data, warnings)
}

func spec(t *testing.T) source.Spec {
	t.Helper()
	return sourcetest.Spec(t, "prometheus")
}

func config(url, rest string) string {
	return "{id: p, type: prometheus, url: '" + url + "', token: env:T, allow: [http, loopback], rate: 1000" + rest + "}"
}

type pulled struct {
	*engine.Result
	records []*evidence.Record
}

func read(t *testing.T, res *engine.Result, k *sourcetest.Keeper) pulled {
	t.Helper()
	return pulled{Result: res, records: sourcetest.Records(t, k)}
}

func pullFrom(t *testing.T, config string) pulled {
	t.Helper()
	k := &sourcetest.Keeper{}
	f := sourcetest.Fixture{Config: config, Dir: t.TempDir(), Secret: map[string]string{"env:T": "t0ken-of-prom"}}
	res, err := engine.Run(t.Context(), sourcetest.Plan(t, spec(t), f, config, k))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, res, k)
}

func (p pulled) of(kind evidence.Kind, column, value string) []*evidence.Record {
	var out []*evidence.Record
	for _, r := range p.records {
		if r.Schema.Kind == kind && (column == "" || r.Text(column) == value) {
			out = append(out, r)
		}
	}
	return out
}

// gaps lists the gaps, those of columns that no Prometheus gives left out.
func (p pulled) gaps() []string {
	var out []string
	for _, g := range p.Gaps {
		if g.Reason != evidence.GapNotProvided {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", g.Kind, g.Reason, strings.Join(g.Columns, ","))))
		}
	}
	return out
}

const (
	monitors     = `, monitors: [{metric: drift, component: c, query: drift, every: 24h, op: "<=", threshold: 0.2}]`
	availability = `, availability: [{component: c, sli: answers, query: 'up', every: 1m, target: 0.99}]`
	alerting     = `, alerts: true, labels: {component_id: component, severity: severity, category: category}, severity: {page: critical}`
	driftRule    = `{"groups":[{"name":"g","file":"f","interval":600,"rules":[
		{"type":"alerting","name":"Drift","query":"max(drift{a=\"b\"}) > 0.2","labels":{"component":"c","severity":"page","category":"drift"}}]}]}`
)

func TestContract(t *testing.T) {
	r, url := newReplica(t)
	r.figures["drift"] = always("0.1")
	r.rules = driftRule
	r.alerts[`{"alertname":"Drift","component":"c","severity":"page"}`] = func(at int64) (string, bool) { return "1", at%864000 < 3600 }
	_, empty := newReplica(t)
	sourcetest.Run(t, spec(t), sourcetest.Fixture{
		Config: config(url, monitors+alerting), Empty: config(empty, monitors+alerting), Dir: t.TempDir(),
		Secret: map[string]string{"env:T": "t0ken-of-prom"}, Rows: 180 + 18 + 1,
	})
	if slices.ContainsFunc(r.verbs, func(v string) bool { return v != http.MethodGet }) {
		t.Error("something else than GET was sent")
	}
}

func TestAValueThatIsNotThereIsNoRowAndOneThatIsNoNumberIsMissing(t *testing.T) {
	t.Parallel()
	r, url := newReplica(t)
	n := 0
	r.figures["drift"] = func(int64) (string, bool) {
		n++
		return []string{"0.5", "", "NaN", "+Inf"}[n%4], n%4 != 1
	}
	p := pullFrom(t, config(url, monitors))
	rows := p.of("monitor_run", "", "")
	missing := 0
	for _, x := range rows {
		missing += len(x.Missing)
		if x.Value("finished_at").(evidence.Instant)%86400e6 != 0 || x.Text("op") != "<=" || x.Value("threshold") != 0.2 {
			t.Fatalf("%v", x.Values)
		}
	}
	if len(rows) != 135 || missing != 90 || len(p.gaps()) != 0 {
		t.Errorf("%d rows, %d missing, %v", len(rows), missing, p.gaps())
	}
}

func TestWhereTheServerHasNothingThereIsAGap(t *testing.T) {
	t.Parallel()
	from := int64(sourcetest.Window.From) / 1e6
	for name, c := range map[string]struct {
		up        figure
		retention string
		want      []string
	}{
		"older than it keeps": {func(at int64) (string, bool) { return "3", at > from+80*86400 }, "100d", []string{"alert retention", "monitor_run retention"}},
		"a new server":        {func(at int64) (string, bool) { return "3", at > from+80*86400 }, "1y", []string{"alert disabled", "monitor_run disabled"}},
		"down for two days":   {func(at int64) (string, bool) { return "3", at < from+80*86400 || at > from+82*86400 }, "1y", []string{"alert disabled", "monitor_run disabled"}},
		"down for an hour":    {func(at int64) (string, bool) { return "3", at < from+80*86400 || at > from+80*86400+3600 }, "1y", []string{"alert disabled"}},
		"down since":          {func(at int64) (string, bool) { return "3", at < from+80*86400 }, "1y", []string{"alert disabled", "monitor_run disabled"}},
		"nothing ever":        {func(int64) (string, bool) { return "", false }, "0s", []string{"alert retention", "monitor_run retention"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, url := newReplica(t)
			r.figures["count(up)"], r.retention = c.up, c.retention
			if p := pullFrom(t, config(url, monitors+alerting)); !slices.Equal(p.gaps(), c.want) || p.Error != "" {
				t.Errorf("%q %s", p.gaps(), p.Error)
			}
		})
	}
}

func TestAMonthIsKnownOnlyWhereMissingSamplesCannotDecide(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		count, mean string
		want        any
	}{
		"all there, kept":                {"44640", "0.995", 0.995},
		"all there, missed":              {"44640", "0.9", 0.9},
		"few missing, kept all the same": {"44600", "0.9999", 0.9999},
		"half missing, missed anyway":    {"22320", "0.5", 0.5},
		"half missing, could be either":  {"22320", "1", nil},
		"none":                           {"", "", nil},
		"no share":                       {"44640", "7", nil},
		"not a number":                   {"44640", "NaN", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, url := newReplica(t)
			if c.count != "" {
				r.instant = map[string]string{"count_over_time((up)[": c.count, "avg_over_time((up)[": c.mean}
			}
			p := pullFrom(t, config(url, availability+", zone: America/New_York"))
			rows := p.of("slo_month", "", "")
			if len(rows) != 5 { // the window begins on the 7th of January and ends on the 6th of July
				t.Fatalf("%d months: %s", len(rows), p.Error)
			}
			march := p.of("slo_month", "month", "2026-03")[0]
			if march.Value("starts_at").(evidence.Instant).String() != "2026-03-01T05:00:00.000000Z" || march.Value("ends_at").(evidence.Instant).String() != "2026-04-01T04:00:00.000000Z" {
				t.Errorf("%v", march.Values)
			}
			if march.Value("attained") != c.want || (c.want == nil) != slices.Contains(march.Missing, "attained") || (c.want == nil) != (len(p.gaps()) > 0) {
				t.Errorf("%v missing %v, gaps %v", march.Value("attained"), march.Missing, p.gaps())
			}
		})
	}
}

func TestAlertsAreStretches(t *testing.T) {
	t.Parallel()
	r, url := newReplica(t)
	r.rules = driftRule
	from := int64(sourcetest.Window.From) / 1e6
	labels := `{"alertname":"Drift","component":"c","severity":"page","alertstate":"firing"}`
	r.alerts[labels] = func(at int64) (string, bool) {
		return "1", at < from+600 || at >= from+6000 && at < from+1_200_000 || at >= from+1_300_200 && at < from+1_300_800
	}
	r.alerts[`{"alertname":"Gone","severity":"odd"}`] = func(at int64) (string, bool) { return "1", at == from+600 }
	p := pullFrom(t, config(url, alerting))
	rows := p.of("alert", "rule_id", "g/Drift")
	if len(rows) != 3 || p.Error != "" {
		t.Fatalf("%d alerts, %s", len(rows), p.Error)
	}
	cut := 0
	for _, x := range rows {
		if slices.Contains(x.Missing, "fired_at") {
			cut++
		}
		if x.Text("component_id") != "c" || x.Text("severity") != "critical" {
			t.Errorf("%v", x.Values)
		}
	}
	gone := p.of("alert", "component_id", "")
	if cut != 1 || len(gone) != 1 || !slices.Equal(gone[0].Missing, []string{"rule_id", "severity"}) {
		t.Errorf("%d cut, %+v", cut, gone)
	}
	if rules := p.of("alert_rule", "category", "drift"); len(rules) != 1 || rules[0].Value("enabled") != true || rules[0].Value("destinations") != nil {
		t.Errorf("%+v", rules)
	}
}

func TestABoundTakenFromARuleHoldsForNowOnly(t *testing.T) {
	t.Parallel()
	r, url := newReplica(t)
	r.rules = driftRule
	r.figures[`max(drift{a="b"})`] = always("0.1")
	p := pullFrom(t, config(url, `, monitors: [{metric: drift, component: c, rule: Drift, every: 24h}]`))
	if rows := p.of("monitor_run", "op", "<="); len(rows) != 180 || rows[0].Value("threshold") != 0.2 {
		t.Errorf("%d rows %s", len(rows), p.Error)
	}
	if !slices.Equal(p.gaps(), []string{"monitor_run disabled op,threshold"}) {
		t.Errorf("%q", p.gaps())
	}
}

func TestOnlyOneComparisonIsABound(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		`max(a{b="c"}) > 0.2`: `max(a{b="c"}) > 0.2`, "a<=1e-3": "a <= 0.001", "sum(a)\n  / sum(b) < -2": "sum(a)   / sum(b) < -2",
		"a > 1 and b > 2": "", "a > b": "", "a == 1": "", "a > bool 1": "", "a > 1 or b": "", "absent(a)": "", "a > Inf": "", "a >> 1": "", "a > 1 > 2": "",
	} {
		left, op, n, err := bound(query)
		got := ""
		if err == nil {
			got = fmt.Sprintf("%s %s %v", left, op, n)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

func TestARefusalAndAWarningAreGaps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*replica)
		want   string
	}{
		"forbidden": {func(r *replica) { r.status[apiRange] = 403 }, "permission"},
		"a part":    {func(r *replica) { r.warn = true }, "truncated"},
		"bad query": {func(r *replica) { r.status[apiRange] = 400 }, "pull_failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, url := newReplica(t)
			c.change(r)
			p := pullFrom(t, config(url, monitors+alerting))
			if want := []string{"alert " + c.want, "alert_rule " + c.want, "monitor_run " + c.want}; !slices.Equal(p.gaps(), want) {
				t.Errorf("%q %s", p.gaps(), p.Error)
			}
		})
	}
}

func TestRetentionIsReadAsPrometheusWritesIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"15d": 360 * time.Hour, "1w3d": 240 * time.Hour, "0s": 360 * time.Hour, "90m": 90 * time.Minute, "": 0, "d": 0, "3x": 0, "99999999y": 0} {
		if got, ok := retention(text); got != want || ok != (want > 0) {
			t.Errorf("%q: %s %v", text, got, ok)
		}
	}
}

func TestAConfigurationThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	for rest, want := range map[string]string{
		"": "shows nothing",
		`, monitors: [{metric: a, component: c, every: 1h}]`:                                                           "state query",
		`, monitors: [{metric: a, component: c, query: q, every: 1h, op: ">"}]`:                                        "belong together",
		`, monitors: [{metric: a, component: c, query: q, every: soon}]`:                                               "every",
		`, monitors: [{metric: a, component: c, rule: r, every: 1h, op: ">", threshold: 1}]`:                           "leave them out",
		`, availability: [{component: c, sli: s, query: q, every: 1m, target: 99.9}]`:                                  "share",
		`, alerts: true, labels: {rule_id: x}`:                                                                         "labels",
		`, alerts: true, zone: Nowhere/Town`:                                                                           "zone",
		`, monitors: [{metric: a, component: c, query: q, every: 1h}, {metric: a, component: c, query: r, every: 1h}]`: "twice",
	} {
		if _, err := sourcetest.Parse(spec(t), config("https://x.example.com", rest)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", rest, err)
		}
	}
}
