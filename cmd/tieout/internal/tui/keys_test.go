package tui

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestEnterLeadsDownAndBackKeepsThePlace(t *testing.T) {
	t.Parallel()
	d := open(t, example(t), 120, 40)
	d.at("overview")
	d.press("down", "up", "enter")
	d.at("overview", "CC8.1")
	d.press("enter")
	d.at("overview", "CC8.1", "AI-CHG-02")
	d.press("]", "]", "enter")
	before := d.m.top().sheet().at
	d.press("esc")
	d.press("esc", "esc")
	d.at("overview")
	d.press("tab", "enter")
	d.at("overview", "AI-CHG-02.T1 scorer")
	if d.press("down", "down"); before < 0 || d.m.top().sheet().current().sub != "CHG-0001" {
		t.Fatalf("the third item in the first order is %q, want CHG-0001 after the deviation and the missing field", d.m.top().sheet().current().sub)
	}
	d.press("enter")
	d.at("overview", "AI-CHG-02.T1 scorer", "CHG-0001")
	d.press("left")
	if got := d.m.top().sheet().current().sub; got != "CHG-0001" {
		t.Errorf("back on %q, want the item that was left", got)
	}
}

func TestTheMatrixLeadsToOneCell(t *testing.T) {
	t.Parallel()
	d := open(t, example(t), 120, 40)
	d.press("left") // nothing is before the whole line
	d.at("overview")
	d.press("right", "right", "enter")
	d.at("overview", "CC8.1 scorer")
	if got := d.m.picture(); !strings.Contains(got, "1 candidate deviation") || strings.Contains(got, "no deviation found") {
		t.Errorf("the cell counts what is not its own:\n%s", got)
	}
	d.press("enter")
	d.at("overview", "CC8.1 scorer", "CC8.1")
	d.press("esc", "]", "down", "enter")
	d.at("overview", "CC8.1 scorer", "AI-CHG-02.T1 scorer")
	d.press("esc", "esc", "right", "right", "right", "right", "left", "left")
	d.press("enter")
	d.at("overview", "CC8.1 entity")
	d.press("esc", "left", "enter")
	d.at("overview", "CC8.1")
	d.press("esc", "tab", "right")
	if len(d.m.stack) != 2 {
		t.Error("in the queue, → does not open")
	}
}

func TestADocumentIsChosenAndGoesToTheCommandThatSigns(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"b.pdf", "a\x1b[2J.pdf", "policies/change.pdf"} {
		path := filepath.Join(home, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(home)
	d := open(t, example(t), 120, 40)
	d.visit(target{kind: atControl, id: "AI-CHG-02", sub: "AI-CHG-02.M1"})
	d.press("a")
	got := d.m.picture()
	if strings.Contains(got, "\x1b[2J") || strings.Index(got, "policies/") > strings.Index(got, "b.pdf") {
		t.Errorf("folders first, names escaped:\n%s", got)
	}
	d.press("enter") // into policies
	d.press("left")  // and out
	d.press("p")
	d.say("no-such-folder/x")
	d.press("enter", "esc", "p")
	d.say("policies")
	d.press("enter", "enter", "enter") // the folder; its file; what it is for, as proposed
	d.say("2026-01-01")
	d.press("enter")
	k, ok := d.m.top().(*work)
	if !ok {
		t.Fatal("no command was started")
	}
	if want := []string{"evidence", "add", filepath.Join(home, "policies", "change.pdf"), "--control=AI-CHG-02.M1", "--from=2026-01-01"}; !slices.Equal(k.args, want) {
		t.Errorf("started %q, want %q", k.args, want)
	}
}

func TestAStatementAndAWithdrawalGoToTheirCommands(t *testing.T) {
	t.Parallel()
	d := open(t, example(t), 120, 40)
	d.visit(target{kind: atControl, id: "AI-CHG-02"})
	d.press("T")
	d.say("It was discussed.")
	d.press("enter")
	if k, ok := d.m.top().(*work); !ok || !slices.Equal(k.args, []string{"attest", "AI-CHG-02", "--text=It was discussed."}) {
		t.Errorf("on %T", d.m.top())
	}
	d = open(t, example(t), 120, 40)
	d.press("M", "W")
	d.press("enter") // no reason
	if !strings.Contains(d.m.toast, "nothing was stated") {
		t.Errorf("says %q", d.m.toast)
	}
	d.press("W")
	d.say("a draft")
	d.press("enter")
	if k, ok := d.m.top().(*work); !ok || !slices.Equal(k.args, []string{"evidence", "withdraw", "DOC-0001", "--text=a draft"}) {
		t.Errorf("on %T", d.m.top())
	}
}

func TestFilterShowsOnlyWhatHoldsIt(t *testing.T) {
	t.Parallel()
	d := open(t, example(t), 100, 30)
	d.press(":")
	d.say("ai-chg-02.t1")
	d.press("enter", "/")
	d.say("deviating")
	if n := len(d.m.top().sheet().view); n != 1 {
		t.Fatalf("%d items shown, want the one that deviates", n)
	}
	d.say("q") // typed, not pressed
	if n := len(d.m.top().sheet().view); n != 0 {
		t.Fatalf("%d items shown, want none", n)
	}
	d.press("backspace", "enter", "esc")
	if n := len(d.m.top().sheet().view); n != 42 {
		t.Errorf("%d items after the filter was cleared, want all 42", n)
	}
	d.at("overview", "AI-CHG-02.T1")
}

func TestOrderKeepsTheCursorOnItsItem(t *testing.T) {
	t.Parallel()
	d := open(t, example(t), 100, 30)
	d.visit(target{kind: atTest, id: "AI-CHG-02.T1", sub: "scorer"})
	d.press("end", "up")
	want := d.m.top().sheet().current()
	for range orders {
		d.press("s")
		if got := d.m.top().sheet().current(); got != want {
			t.Fatalf("the cursor went from %v to %v", want, got)
		}
	}
}

func TestJumpFindsIDsAndItems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typed, want string }{
		{"cc6.2", "CC6.2"}, {"AI-IAM-05", "AI-IAM-05"}, {"DEV-0001", "DEV-0001"}, {"chat", "chat"}, {"decis", "decisions"}, {"CHG-0009", "CHG-0009"}, {"AI-CHG-02.M1", "AI-CHG-02"},
	} {
		d := open(t, example(t), 80, 24)
		d.press(":")
		d.say(c.typed)
		d.press("enter")
		d.at("overview", c.want)
	}
	d := open(t, example(t), 80, 24)
	d.press(":")
	d.say("nothing-has-this-name")
	d.press("enter")
	d.at("overview")
	if !strings.Contains(d.m.toast, "nothing is named") {
		t.Errorf("says %q", d.m.toast)
	}
}

func TestTooSmallAWindowTakesOnlyQuit(t *testing.T) {
	t.Parallel()
	d := open(t, example(t), 59, 40)
	d.press("enter", "x", ":", "?")
	d.at("overview")
	if got := d.m.picture(); got != "needs 60×16, now 59×40; q quits" {
		t.Errorf("says %q", got)
	}
	if _, cmd := d.m.Update(keyOf("q")); cmd == nil || cmd() != tea.Quit() {
		t.Error("q does not quit")
	}
	d.send(tea.WindowSizeMsg{Width: 60, Height: 16})
	if d.press("enter"); len(d.m.stack) != 2 {
		t.Error("no key works after the window grew")
	}
}

func TestItemsThatCouldNotBeReadAreNotTakenForNone(t *testing.T) {
	t.Parallel()
	f := example(t)
	f.err = errors.New("read the items of run 7: input/output error")
	d := open(t, f, 100, 30)
	d.visit(target{kind: atTest, id: "AI-CHG-02.T1"})
	if got := d.m.picture(); !strings.Contains(got, "42 READ, THEN: read the items of run 7: input/output error") {
		t.Errorf("the screen does not say it:\n%s", got)
	}
}

func TestAnswersForAScreenOrRunThatWasLeftAreDropped(t *testing.T) {
	t.Parallel()
	d := open(t, example(t), 100, 30)
	_, first := d.m.Update(nil)
	if first != nil {
		t.Fatal("a message that is nobody's started something")
	}
	cmd := d.m.push(target{kind: atTest, id: "AI-CHG-02.T1"})
	late := cmd()
	d.press("esc")
	d.send(late) // closes what was opened, and shows nothing
	d.at("overview")
	old := d.m.readWhole()
	d.run(d.m.reload())
	was := d.m.d
	d.send(old())
	if d.m.d != was {
		t.Error("the answer to an older question was taken")
	}
}

func TestEveryBoundKeyIsInTheHelp(t *testing.T) {
	t.Parallel()
	d := open(t, example(t), 120, 60)
	for _, to := range d.m.x.targets() {
		d.visit(to)
		var lines []string
		for _, l := range d.m.helpLines(120) {
			lines = append(lines, l.plain())
		}
		for _, b := range d.m.bindings() {
			if !slices.ContainsFunc(lines, func(s string) bool { return strings.HasPrefix(s, b.label) && strings.HasSuffix(s, b.words) }) {
				t.Errorf("%s: the help lacks %s %q", to.name(), b.label, b.words)
			}
		}
	}
}

func TestManagementsWordsGoToTheCommandThatSignsThem(t *testing.T) {
	t.Parallel()
	d := open(t, example(t), 120, 40)
	d.visit(target{kind: atDeviation, id: "DEV-0001"})
	d.press("R")
	d.say("it's -on paper")
	d.press("enter")
	d.say("DOC-0003")
	d.press("enter")
	k, ok := d.m.top().(*work)
	if !ok {
		t.Fatal("no command was started")
	}
	if want := []string{"deviation", "rebut", "DEV-0001", "--text=it's -on paper", "--evidence=DOC-0003"}; !slices.Equal(k.args, want) {
		t.Errorf("started %q, want %q", k.args, want)
	}
	if want := `tieout deviation rebut DEV-0001 --text='it'\''s -on paper' --evidence=DOC-0003`; k.as != want {
		t.Errorf("shows %s, want %s", k.as, want)
	}
	if !strings.Contains(k.end, "not run") || d.m.process != nil {
		t.Errorf("a program that is not there ended as %q", k.end)
	}
}
