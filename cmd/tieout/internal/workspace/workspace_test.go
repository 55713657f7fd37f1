package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
)

const good = `schema: tieout/workspace/v1
entity: {name: Larkspur Lending, system: Decisioning}
engagement: {type: 2, from: 2026-01-01, to: 2026-06-30, zone: America/New_York, categories: [security]}
components:
  - {id: fraud-score, kind: ml_model, deployment: private, decision_effect: automated}
sources:
  - {id: hr, type: table, files: hr/*.csv}
policies:
  leaver_max: {value: 24h, effective_from: 2025-10-01, approved_by: J. Doe}
`

func TestAPeriodIsHalfOpenInItsZone(t *testing.T) {
	t.Parallel()
	w, err := Parse("/w", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if w.Window.From.String() != "2026-01-01T05:00:00.000000Z" || w.Window.To.String() != "2026-07-01T04:00:00.000000Z" {
		t.Errorf("got %v", w.Window)
	}
	if len(w.Sources) != 1 || w.Sources[0].ID != "hr" || w.PlainComponents()[0].Name != "fraud-score" {
		t.Errorf("got %+v", w.Sources)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	for want, change := range map[string][2]string{
		`did you mean "components"?`: {"components:", "componentz:"},
		"no time zone that is known": {"America/New_York", "America/Gotham"},
		"the last day":               {"to: 2026-06-30", "to: 2025-06-30"},
		`kind is "model"`:            {"kind: ml_model", "kind: model"},
		"needs a type":               {"type: table, ", ""},
		"security belongs to every":  {"[security]", "[privacy]"},
		"schema is":                  {"workspace/v1", "workspace/v9"},
		"deliver is not supported":   {"policies:", "deliver: [{to: x}]\npolicies:"},
		"entity.name is missing":     {"name: Larkspur Lending, ", ""},
	} {
		_, err := Parse("/w", []byte(strings.Replace(good, change[0], change[1], 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q in it", change, err, want)
		}
	}
}

func TestPoliciesAreReadByTheirType(t *testing.T) {
	t.Parallel()
	params := []controls.Param{
		{Name: "leaver_max", Type: "duration", Default: "48h"},
		{Name: "min_tls", Type: "rank", Default: "1.3"},
		{Name: "approver_roles", Type: "list"},
	}
	w, err := Parse("/w", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.ResolvePolicies(params)
	if err != nil || len(got) != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got[0].Value != int64(24*3600*1e6) || got[0].Default || got[1].Value != int64(13) || !got[1].Default {
		t.Errorf("got %+v", got)
	}
	w, err = Parse("/w", []byte(strings.Replace(good, "leaver_max", "leaver_maks", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = w.ResolvePolicies(params); err == nil || !strings.Contains(err.Error(), `did you mean "leaver_max"?`) {
		t.Errorf("got %v", err)
	}
}

func TestTheNearestWorkspaceIsFound(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	deep := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, FileName), []byte(good), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := Find(deep); err != nil || got != root {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := Load(filepath.Join(root, "a")); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
	if err := os.Chmod(filepath.Join(root, FileName), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(root); err == nil || !strings.Contains(err.Error(), "chmod go-w") {
		t.Errorf("a file that anybody may write was read: %v", err)
	}
}
