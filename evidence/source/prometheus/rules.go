package prometheus

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/source/web"
)

type rulesAnswer struct {
	Groups []struct {
		Name     string  `json:"name"`
		File     string  `json:"file"`
		Interval float64 `json:"interval"` // seconds
		Rules    []rule  `json:"rules"`
	} `json:"groups"`
}

type rule struct {
	Type   string            `json:"type"`
	Name   string            `json:"name"`
	Query  string            `json:"query"`
	Labels map[string]string `json:"labels"`
	id     string
	item   int
}

// ruleSet is what the server says of its rules now.
type ruleSet struct {
	answer   *web.Answer
	list     []rule
	byName   map[string][]rule
	interval float64 // the shortest in which a group is evaluated; 0 where there is none
}

func (p *pull) readRules(ctx context.Context) error {
	data, a, err := get[rulesAnswer](ctx, p.client, apiRules, url.Values{"type": {"alert"}})
	if err != nil {
		return err
	}
	p.rules = &ruleSet{answer: a, byName: map[string][]rule{}}
	ids := map[string]int{}
	for _, g := range data.Groups {
		for _, r := range g.Rules {
			if r.Type != "alerting" {
				continue
			}
			r.item = len(p.rules.list) + 1
			r.id = g.Name + "/" + r.Name
			ids[r.id]++
			p.rules.list = append(p.rules.list, r)
			if g.Interval > 0 && (p.rules.interval == 0 || g.Interval < p.rules.interval) {
				p.rules.interval = g.Interval
			}
		}
	}
	p.client.Page(a, len(p.rules.list))
	for i := range p.rules.list {
		r := &p.rules.list[i]
		if ids[r.id] > 1 { // one alert in several grades: what they say tells them apart
			said, err := canon.Marshal([]any{r.Query, r.Labels})
			if err != nil {
				return fmt.Errorf("rule %s: %w", r.id, err)
			}
			r.id += "#" + evidence.DigestOf(said).String()[:12]
		}
		p.rules.byName[r.Name] = append(p.rules.byName[r.Name], *r)
	}
	return nil
}

func (s *ruleSet) named(name string) (rule, error) {
	switch list := s.byName[name]; len(list) {
	case 0:
		return rule{}, fmt.Errorf("the server has no alert rule %q", name)
	case 1:
		return list[0], nil
	default:
		return rule{}, fmt.Errorf("the server has %d alert rules %q: state query, op and threshold", len(list), name)
	}
}

// showRules shows the rules as they stand. One that the server has loaded is
// switched on; whom it tells is Alertmanager's to say.
func (p *pull) showRules() error {
	for _, r := range p.rules.list {
		row := p.client.Row("alert_rule", p.rules.answer, r.item)
		row.Put("rule_id", r.id)
		row.Put("component_id", r.Labels[p.cfg.Labels["component_id"]])
		row.Put("category", r.Labels[p.cfg.Labels["category"]])
		row.Put("as_of", p.env.Now())
		row.Put("enabled", true)
		if err := p.out.Put(row.Record); err != nil {
			return err
		}
	}
	return nil
}

// kept is how a value stands to the bound where the rule does not call.
var kept = map[string]string{">": "<=", ">=": "<", "<": ">=", "<=": ">"}

var comparison = regexp.MustCompile(`^(.*[^<>=!\s])\s*(>=|<=|>|<)\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*$`)

var errBound = errors.New("its expression is no single comparison with a number: state query, op and threshold")

// bound takes "expression op number" apart.
func bound(query string) (left, op string, number float64, err error) {
	m := comparison.FindStringSubmatch(strings.ReplaceAll(query, "\n", " "))
	if m == nil {
		return "", "", 0, errBound
	}
	lower := " " + strings.ToLower(m[1]) + " "
	for _, word := range []string{" and ", " or ", " unless ", ">", "<", "=="} {
		if strings.Contains(lower, word) {
			return "", "", 0, errBound
		}
	}
	if number, err = strconv.ParseFloat(m[3], 64); err != nil || math.IsInf(number, 0) {
		return "", "", 0, errBound
	}
	return strings.TrimSpace(m[1]), m[2], number, nil
}
