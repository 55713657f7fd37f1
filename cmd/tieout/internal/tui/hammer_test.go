package tui

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tieout/tieout/controls"
)

// Any keys in any order, with answers that come late, twice in a moment or
// never, and windows of any size, leave a whole picture.
func TestAnyKeysAndSizesLeaveAWholePicture(t *testing.T) {
	t.Parallel()
	long := 2 * time.Second
	if testing.Short() {
		long = 200 * time.Millisecond
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	keys := []string{"enter", "enter", "enter", "esc", "tab", "up", "down", "pgdown", "pgup", "end", "home", "backspace", "left", "right", "j", "k", "g", "G", "]", "[", "/", ":", "?", "s", "D", "L", "x", "r", "y", "C", "R", "A", "q", "ctrl+c", "c", "0", "A", "I", "-", " ", "名", "\u202e"}
	d := open(t, example(t), 100, 30)
	var late []tea.Msg
	var run func(cmd tea.Cmd)
	run = func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		switch msg := cmd().(type) {
		case nil, tea.QuitMsg:
		case tea.BatchMsg:
			for _, c := range msg {
				run(c)
			}
		default:
			if r.IntN(20) > 0 { // or it never answers
				late = append(late, msg)
			}
		}
	}
	steps := 0
	for end := time.Now().Add(long); time.Now().Before(end); steps++ {
		var msg tea.Msg = keyOf(keys[r.IntN(len(keys))])
		switch n := r.IntN(30); {
		case n == 0:
			msg = tea.WindowSizeMsg{Width: r.IntN(260), Height: r.IntN(80)}
		case n < 12 && len(late) > 0:
			i := r.IntN(len(late))
			msg = late[i]
			late = append(late[:i], late[i+1:]...)
		}
		if len(d.m.stack) > 40 {
			d.m.stack = d.m.stack[:1]
		}
		if _, working := msg.(tea.KeyPressMsg); working && d.m.process != nil && r.IntN(50) == 0 {
			d.m.process = nil // as if it had ended
		}
		_, cmd := d.m.Update(msg)
		run(cmd)
		if whole(t, d.m); t.Failed() {
			t.Logf("seed %d, step %d", seed, steps)
			return
		}
	}
	t.Logf("%d steps", steps)
}

// counting counts the rows that are formatted.
type counting struct {
	itemRows
	lines int
}

func (c *counting) line(i, w int) line {
	c.lines++
	return c.itemRows.line(i, w)
}

func many(n int) []itemRow {
	out := make([]itemRow, n)
	for i := range out {
		out[i] = rowOf(controls.Item{Key: fmt.Sprintf("CHG-%06d", i), Component: "scorer", At: "2026-02-10T19:20:00.000000Z", No: int64(i), State: controls.Pass, Letters: map[string]string{"A": "true", "B": "true"}})
	}
	return out
}

func TestOnlyTheRowsInTheWindowAreFormatted(t *testing.T) {
	t.Parallel()
	rows := &counting{itemRows: itemRows{list: many(100_000)}}
	s := sheet{rows: rows}
	s.extend(0)
	s.lay(nil, 120, 37)
	for _, k := range []string{"down", "pgdown", "end", "home"} {
		s.key(k)
		s.draw(true)
	}
	if rows.lines != 4*37 {
		t.Errorf("%d rows formatted for four pictures of 37 lines", rows.lines)
	}
}

func BenchmarkKeyOver100000Items(b *testing.B) {
	s := sheet{rows: &itemRows{list: many(100_000)}}
	s.extend(0)
	s.lay(nil, 120, 37)
	for b.Loop() {
		s.key("down")
		s.draw(true)
	}
}

func BenchmarkFilterOver100000Items(b *testing.B) {
	s := sheet{rows: &itemRows{list: many(100_000)}}
	s.extend(0)
	s.lay(nil, 120, 37)
	for b.Loop() {
		s.setFilter("0999")
		s.draw(true)
		s.filter = ""
	}
}

func BenchmarkSort100000Items(b *testing.B) {
	list := many(100_000)
	view := make([]int32, len(list))
	for b.Loop() {
		for i := range view {
			view[i] = int32(len(view) - 1 - i)
		}
		sorted(list, view, 0)
	}
}
