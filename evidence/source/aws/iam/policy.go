package iam

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/tieout/tieout/evidence/canon"
)

// policy is one policy document, or the reason why it cannot be read.
type policy struct {
	name, id   string // as AWS shows it; what tells it from every other
	statements []statement
	unreadable bool
}

type statement struct {
	Effect      string          `json:"Effect"`
	Principal   json.RawMessage `json:"Principal"`
	Action      texts           `json:"Action"`
	NotAction   texts           `json:"NotAction"`
	Resource    texts           `json:"Resource"`
	NotResource texts           `json:"NotResource"`
	Condition   json.RawMessage `json:"Condition"`
}

// texts is one text or a list of them.
type texts []string

// UnmarshalJSON implements json.Unmarshaler.
func (t *texts) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var one string
		err := json.Unmarshal(b, &one)
		*t = texts{one}
		return err
	}
	return json.Unmarshal(b, (*[]string)(t))
}

// statements is one statement or a list of them.
type statements []statement

// UnmarshalJSON implements json.Unmarshaler.
func (s *statements) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		var one statement
		err := json.Unmarshal(b, &one)
		*s = statements{one}
		return err
	}
	return json.Unmarshal(b, (*[]statement)(s))
}

// parseDocument reads a document, which AWS hands over escaped as in a URL.
func parseDocument(text string) ([]statement, error) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") {
		plain, err := url.PathUnescape(text)
		if err != nil {
			return nil, fmt.Errorf("unescape the policy: %w", err)
		}
		text = plain
	}
	if _, err := canon.Parse([]byte(text)); err != nil {
		return nil, fmt.Errorf("the policy is no JSON that can be read: %w", err)
	}
	var doc struct{ Statement statements }
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, fmt.Errorf("the policy is not of the form that was expected: %w", err)
	}
	for _, s := range doc.Statement {
		if s.Effect != "Allow" && s.Effect != "Deny" {
			return nil, fmt.Errorf("a statement of the policy has the effect %q", s.Effect)
		}
	}
	return doc.Statement, nil
}

func newPolicy(name, id, document string) policy {
	s, err := parseDocument(document)
	return policy{name, id, s, err != nil}
}

// level is what a policy allows on a resource.
type level int

const (
	nothing level = iota
	reading
	changing
	unreadable
)

// on says what the policy allows on a resource, or on anything at all where
// the resource is "". What it denies elsewhere is not taken off.
func (p policy) on(resource string) level {
	if p.unreadable {
		return unreadable
	}
	got := nothing
	for _, s := range p.statements {
		if s.Effect != "Allow" || resource != "" && !s.covers(resource) {
			continue
		}
		got = max(got, s.level())
	}
	return got
}

func (s statement) level() level {
	if len(s.NotAction) > 0 {
		return changing
	}
	got := nothing
	for _, a := range s.Action {
		if !reads(a) {
			return changing
		}
		got = reading
	}
	return got
}

// covers says whether the statement speaks of the resource, or of something in it.
func (s statement) covers(resource string) bool {
	if len(s.NotResource) > 0 {
		for _, r := range s.NotResource {
			if matches(r, resource) && matches(r, resource+"/x") {
				return false
			}
		}
		return true
	}
	for _, r := range s.Resource {
		if matches(r, resource) || strings.HasPrefix(r, resource+"/") || matches(r, resource+"/x") {
			return true
		}
	}
	return false
}

// readers begin the names of actions that only read.
var readers = []string{"batchget", "check", "describe", "generatecredentialreport", "get", "head", "list", "lookup", "query", "scan", "search", "select", "view"}

// reads says whether everything that an action's pattern names only reads.
func reads(action string) bool {
	_, name, ok := strings.Cut(strings.ToLower(action), ":")
	if !ok {
		return false
	}
	fixed := name
	if i := strings.IndexAny(name, "*?"); i >= 0 {
		fixed = name[:i]
	}
	for _, r := range readers {
		if strings.HasPrefix(fixed, r) {
			return true
		}
	}
	return false
}

// does says whether a statement's actions hold one of these.
func (s statement) does(actions []string) bool {
	for _, a := range actions {
		if len(s.NotAction) > 0 {
			held := false
			for _, n := range s.NotAction {
				held = held || matches(strings.ToLower(n), a)
			}
			if !held {
				return true
			}
			continue
		}
		for _, n := range s.Action {
			if matches(strings.ToLower(n), a) {
				return true
			}
		}
	}
	return false
}

// matches compares a text with a pattern of * and ?, in time that its length
// times the pattern's bounds.
func matches(pattern, text string) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			p = star + 1
			mark++
			t = mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
