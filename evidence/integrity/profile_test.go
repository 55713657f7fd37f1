package integrity

import (
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/logfile"
)

func TestProfilesThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	chain := "link: {prev: {field: /p}, self: {field: /h}, genesis: [\"\"]}\n"
	for text, word := range map[string]string{
		"":                      "", // no protection at all is a profile too
		"digset: {}":            "digest",
		"digest: {alg: sha256}": "input",
		"digest: {alg: sha257, input: [{text: x}]}\n" + chain:                                              "sha256",
		"digest: {alg: md5, input: [{text: x}]}\n" + chain:                                                 "no hash",
		"digest: {alg: sha256, input: [{text: x}]}":                                                        "link",
		"digest: {alg: hmac-sha256, input: [{text: x}]}\n" + chain:                                         "key",
		"digest: {alg: sha256, key: k, input: [{text: x}]}\n" + chain:                                      "key",
		"digest: {alg: sha256, input: [{text: x, field: /a}]}\n" + chain:                                   "exactly one",
		"digest: {alg: sha256, input: [{field: a}]}\n" + chain:                                             "JSON pointer",
		"digest: {alg: sha256, input: [{field: /a, as: lp23}]}\n" + chain:                                  "lp32",
		"digest: {alg: sha256, input: [{bytes: zz}]}\n" + chain:                                            "no hex",
		"digest: {alg: sha256, input: [{json: {only: [a], exclude: [b]}}]}\n" + chain:                      "not both",
		"digest: {alg: sha256, input: [{json: {order: listed}}]}\n" + chain:                                "listed",
		"digest: {alg: sha256, input: [{json: {sep: ';'}}]}\n" + chain:                                     "comma",
		"digest: {alg: sha256, input: [{json: {only: [a, a]}}]}\n" + chain:                                 "twice",
		"digest: {alg: sha256, input: [{raw: line, field: /h}]}\n" + chain:                                 "raw",
		"digest: {alg: sha256, input: [{prev: true, as: u64be}]}\n" + chain:                                "prev",
		"digest: {alg: sha256, input: [{text: x}]}\nlink: {genesis: ['']}":                                 "neither",
		"digest: {alg: sha256, input: [{text: x}]}\nlink: {prev: {field: /p}}":                             "genesis",
		"digest: {alg: sha256, input: [{text: x}]}\nlink: {prev: {field: /p}, genesis: [[1]]}":             "genesis",
		"digest: {alg: sha256, input: [{text: x}]}\n" + chain + "mac: {alg: sha256, field: /m, key: k}":    "keyed",
		"digest: {alg: sha256, input: [{text: x}]}\n" + chain + "signatures: {alg: ecdsa-p256, field: /s}": "nothing is guessed",
		"digest: {alg: sha256, input: [{text: x}]}\n" + chain + "signatures: {alg: none, field: /s}":       "ed25519",
		"digest: {alg: sha256, input: [{text: x}]}\n" + chain + "checkpoints: {match: {/t: c}, note: /n}":  "record.seq",
		"record: {seq: {field: /s, step: -1}}":                                                             "step",
		"record: {time: {field: /s, format: x}}":                                                           "rfc3339",
		"input: {at: /x}":                                                                                  "json-array",
		"input: {partition: [/a, /b]}":                                                                     "one field",
		"detect: {all: [a]}":                                                                               "JSON pointer",
		"coverage: {max_gap: soon}":                                                                        "duration",
		"id: twice":                                                                                        "twice",
		"link: &a {}":                                                                                      "anchors",
	} {
		_, err := LoadProfile("own.yaml", []byte("schema: chainprofile/v1\nid: own/1\n"+text))
		switch {
		case word == "":
			if err != nil {
				t.Errorf("%q: %v", text, err)
			}
		case err == nil || !strings.Contains(err.Error(), word) || !strings.Contains(err.Error(), "own.yaml"):
			t.Errorf("%q: %v, want a word about %q", text, err, word)
		}
	}
	deep := strings.Repeat("{digest: {alg: sha256, input: [", 8) + "{text: x}" + strings.Repeat("]}}", 8)
	if _, err := LoadProfile("own.yaml", []byte("schema: chainprofile/v1\nid: own/1\ndigest: {alg: sha256, input: ["+deep+"]}\n"+chain)); err == nil {
		t.Error("digests nested without end were taken")
	}
	if _, err := LoadProfile("own.yaml", []byte("schema: chainprofile/v2\nid: own/1\n")); err == nil {
		t.Error("another schema was taken")
	}
	if _, err := LoadProfile("own.yaml", append([]byte("schema: chainprofile/v1\nid: own/1\n# "), make([]byte, maxProfile)...)); err == nil {
		t.Error("a profile without end was taken")
	}
}

func TestPresetsAreFoundByName(t *testing.T) {
	t.Parallel()
	if _, err := Preset("tieout-decisions"); err == nil || !strings.Contains(err.Error(), "tieout-decision/1") {
		t.Errorf("%v", err)
	}
	for _, p := range Presets() {
		got, err := Preset(p.ID)
		if err != nil || got != p || p.Title == "" || p.Words == "" || !p.Builtin {
			t.Errorf("%s: %v, %+v", p.ID, err, got)
		}
	}
}

func TestEveryCodeHasAnEffect(t *testing.T) {
	t.Parallel()
	if len(Codes()) != len(effects) || len(effects) < 35 {
		t.Errorf("%d codes, %d effects", len(Codes()), len(effects))
	}
	for i, v := range worstFirst {
		if got := Worst(append([]Verdict{Verified}, worstFirst[i:]...)...); got != v {
			t.Errorf("the worst of %v is %s", worstFirst[i:], got)
		}
	}
	if Worst() != Indeterminate || Verdict("new").ExitCode() != 6 {
		t.Error("what is not known passes")
	}
}

func FuzzLoadProfile(f *testing.F) {
	for _, p := range Presets() {
		f.Add([]byte(p.Text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := LoadProfile("fuzz.yaml", b); err == nil {
			_ = p.Limits()
		}
	})
}

func TestFilesTellTheirFormat(t *testing.T) {
	t.Parallel()
	found, err := Find(t.Context(), logfile.Paths(vector("litellm-asqav/intact.jsonl"), vector("agt-go/intact.json"), vector("formats.py"), vector("tieout-decision/intact-2.jsonl")))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range found {
		if f.Profile == nil {
			ids = append(ids, "none")
		} else {
			ids = append(ids, f.Profile.ID)
		}
	}
	if got := strings.Join(ids, " "); got != "litellm-asqav/1 agt-go/1 none tieout-decision/1" {
		t.Error(got)
	}
}
