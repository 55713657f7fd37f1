package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export/exporttest"
)

var update = flag.Bool("update", false, "write the golden files anew")

var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

func bare(s string) string { return colour.ReplaceAllString(s, "") }

func TestScreensLookAsTheyDid(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ w, h int }{{60, 16}, {80, 24}, {120, 40}} {
		name := fmt.Sprintf("%dx%d.txt", size.w, size.h)
		d := open(t, example(t), size.w, size.h)
		var b strings.Builder
		shot := func(what string) {
			fmt.Fprintf(&b, "=== %s\n", what)
			for _, l := range strings.Split(bare(d.m.picture()), "\n") {
				b.WriteString(strings.TrimRight(l, " ") + "\n")
			}
		}
		shot("overview")
		d.press("right", "right")
		shot("overview, a component's cells")
		d.press("left", "left", "tab")
		shot("queue")
		d.press("tab")
		shot("components")
		for _, to := range []target{
			{kind: atCriterion, id: "CC8.1"}, {kind: atCriterion, id: "CC8.1", sub: "scorer"}, {kind: atControl, id: "AI-CHG-02"}, {kind: atTest, id: "AI-CHG-02.T1", sub: "scorer"}, itemTarget("AI-CHG-02.T1", "CHG-0007", 7),
			{kind: atComponent, id: "scorer"}, {kind: atLogs}, {kind: atLog, id: "decisions"}, {kind: atDeviations}, {kind: atDeviation, id: "DEV-0000"},
			{kind: atDocuments}, {kind: atDocument, id: "DOC-0002"}, {kind: atWork},
		} {
			d.visit(to)
			shot(d.m.top().base().title)
		}
		d.press("?")
		shot("help")
		d.press("esc", ":", "c", "c")
		shot("jump")
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s: the screens differ; look at the difference, then go test -update", file)
		}
	}
}

// whole checks that a picture fills the window and nothing beyond it.
func whole(t *testing.T, m *model) {
	t.Helper()
	lines := strings.Split(m.picture(), "\n")
	if m.small() {
		return
	}
	if len(lines) != m.h {
		t.Fatalf("%s at %d×%d: %d lines", m.top().base().title, m.w, m.h, len(lines))
	}
	for i, l := range lines {
		if n := width(bare(l)); n > m.w || i < m.h-1 && n != m.w {
			t.Fatalf("%s at %d×%d: line %d is %d cells wide: %q", m.top().base().title, m.w, m.h, i+1, n, l)
		}
	}
}

func TestStrangersTextNeverReachesTheTerminal(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{
		exporttest.Odd, "\x1b]0;owned\x07\x1b[2J\x1b[?1049l", "\u009b31m\u0085", "abc\u202edef\u2066\u200b\u200f\ufeff\U000e0041", "⟦U+0041⟧", "e\u0301\u0301 名前 👩‍🚀 ก็", "\xff\xfe\xc3\x28", "line\nline\rline\ttab", strings.Repeat("wide名", 400),
	} {
		d := exporttest.Strange(odd)
		f := &fake{d: d}
		for i, err := range d.Items() {
			if err != nil {
				t.Fatal(err)
			}
			f.items = append(f.items, i)
		}
		f.items = append(f.items, controls.Item{Test: d.Controls[0].Tests[0].ID, Key: odd, Component: odd})
		for _, w := range []int{60, 97, 240} {
			v := open(t, f, w, 40)
			look := func() {
				whole(t, v.m)
				s := bare(v.m.picture())
				for _, r := range s {
					if r != '\n' && r != '⟦' && r != '⟧' && hides(r) {
						t.Fatalf("%s shows U+%04X", v.m.top().base().title, r)
					}
				}
				if !utf8.ValidString(s) {
					t.Fatalf("%s shows what is no text", v.m.top().base().title)
				}
			}
			look()
			v.press("tab")
			look()
			v.press("tab")
			look()
			places := append(v.m.x.targets(), target{kind: atLogs}, target{kind: atDeviations}, itemTarget(d.Controls[0].Tests[0].ID, odd, 1))
			for _, to := range places {
				v.visit(to)
				look()
				v.press("end")
				look()
				v.m.stack = v.m.stack[:1]
			}
			v.press(":")
			v.send(tea.PasteMsg{Content: odd})
			look()
		}
	}
}

func TestStrangeTextIsShownByItsCodePoint(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain": "plain", "a\u202eb": "a⟦U+202E⟧b", "\x1b[31m": "⟦U+001B⟧[31m", "⟦": "⟦U+27E6⟧", "\xff": "⟦U+FFFD⟧", "é名": "é名", "\u200b": "⟦U+200B⟧",
	} {
		if got := shown(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}
