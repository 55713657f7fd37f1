package strictyaml

import (
	"errors"
	"strings"
	"testing"
	"time"
)

type doc struct {
	Name    string            `yaml:"name"`
	Version string            `yaml:"version"`
	Count   int               `yaml:"count"`
	On      bool              `yaml:"on"`
	Tags    []string          `yaml:"tags"`
	Labels  map[string]string `yaml:"labels"`
	Inner   *inner            `yaml:"inner"`
	Free    any               `yaml:"free"`
	When    time.Time         `yaml:"when"`
}

type inner struct {
	Interval string `yaml:"interval"`
	Timezone string `yaml:"zone"`
}

func TestEveryValueArrives(t *testing.T) {
	t.Parallel()
	var d doc
	err := Load("t.yaml", []byte("name: a\nversion: 1.10\ncount: 3\non: true\ntags: [x, 'y']\nlabels: {no: yes}\ninner: {interval: 5m}\nfree: {a: [1.10, true, null, t]}\nwhen: 2026-01-02T03:04:05Z\n"), &d)
	if err != nil {
		t.Fatal(err)
	}
	free := d.Free.(map[string]any)["a"].([]any)
	if d.Version != "1.10" || d.Count != 3 || !d.On || len(d.Tags) != 2 || d.Labels["no"] != "yes" || d.Inner.Interval != "5m" ||
		free[0] != Number("1.10") || free[1] != true || free[2] != nil || free[3] != "t" || d.When.Year() != 2026 {
		t.Errorf("got %+v", d)
	}
}

func TestProblemsNamePlaceAndRemedy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src  string
		line int
		col  int
		says string
	}{
		"unknown key":  {"name: a\nverzion: 2\n", 2, 1, `did you mean "version"?`},
		"nested key":   {"inner:\n  intervall: 5m\n", 2, 3, `did you mean "interval"?`},
		"far key":      {"inner: {qqqqqqqq: 1}\n", 1, 9, "known: interval, zone"},
		"twice":        {"name: a\nname: b\n", 2, 1, "stands twice"},
		"not a number": {"count: three\n", 1, 8, "want a whole number"},
		"not a list":   {"tags: x\n", 1, 7, "want a list"},
		"not a bool":   {"on: yes\n", 1, 5, "want true or false"},
		"alias":        {"name: &a x\nversion: *a\n", 1, 7, "anchors and aliases"},
		"merge":        {"<<: {name: a}\n", 1, 1, "merge keys"},
		"tag":          {"name: !!binary aGk=\n", 1, 7, "tags such as"},
		"two docs":     {"name: a\n---\nname: b\n", 2, 1, "a second document"},
		"empty":        {"", 1, 1, "empty"},
		"comment only": {"# nothing\n", 1, 1, "empty"},
		"syntax":       {"name: a\n  bad: [\n", 2, 1, ""},
		"bad time":     {"when: yesterday\n", 1, 7, "yesterday"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d doc
			err := Load("f.yaml", []byte(c.src), &d)
			var p *Problem
			if !errors.As(err, &p) {
				t.Fatalf("no problem reported, but %v", err)
			}
			if (p.Line != c.line && name != "syntax") || (p.Column != c.col && name != "two docs") || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAPartIsDecodedLater(t *testing.T) {
	t.Parallel()
	type common struct {
		ID string `yaml:"id"`
	}
	var d struct {
		Sources []Raw `yaml:"sources"`
	}
	if err := Load("w.yaml", []byte("sources:\n  - id: a\n    path: x\n  - id: b\n    pth: y\n"), &d); err != nil {
		t.Fatal(err)
	}
	var one struct {
		Common common `yaml:",inline"`
		Path   string `yaml:"path"`
	}
	if err := d.Sources[0].Decode(&one); err != nil || one.Common.ID != "a" || one.Path != "x" || d.Sources[1].Text("id") != "b" {
		t.Errorf("got %+v, %v", one, err)
	}
	err := d.Sources[1].Decode(&one)
	if err == nil || !strings.Contains(err.Error(), `w.yaml:5:5: unknown key "pth" (did you mean "path"?)`) {
		t.Errorf("got %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte("name: a\ninner: {interval: 5m}\n"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		var d doc
		_ = Load("fuzz", b, &d)
	})
}
