package tui

import (
	"slices"
	"strings"
)

// rows is a long list of which only those in the window are formatted. hay is
// what a filter looks in, in lower case.
type rows interface {
	len() int
	hay(i int) string
	line(i, w int) line
	target(i int) target
}

// sheet is a window over lines that were laid out for its width, followed by
// rows. Where it stands is kept by what the cursor is on, not by its number.
type sheet struct {
	fixed  []line
	rows   rows
	filter string

	kept    []int32 // lines of fixed that the filter leaves
	view    []int32 // rows that the filter leaves, in order
	at, top int
	w, h    int
	placed  bool // by somebody, not by start
}

// lay gives the sheet its lines anew and keeps its place.
func (s *sheet) lay(fixed []line, w, h int) {
	before := target{}
	if s.total() > 0 {
		before = s.target(s.at)
	}
	inRows := s.at >= len(s.kept)
	s.fixed, s.w, s.h = fixed, w, h
	old := len(s.kept)
	s.keepFixed()
	switch {
	case !s.placed:
		s.start()
	case inRows:
		s.at += len(s.kept) - old
		s.top += len(s.kept) - old
	case before.kind != nowhere:
		for i := range s.kept {
			if s.fixed[s.kept[i]].open == before {
				s.at = i
				break
			}
		}
	}
	s.settle()
}

// start puts the cursor, until somebody moves it, on the first row if the first
// window shows it, else on the first line there that leads somewhere.
func (s *sheet) start() {
	s.at, s.top = 0, 0
	if n := len(s.kept); len(s.view) > 0 && n < s.h {
		s.at = n
		return
	}
	for i := range min(s.total(), s.h) {
		if s.target(i).kind != nowhere {
			s.at = i
			return
		}
	}
}

func (s *sheet) keepFixed() {
	s.kept = s.kept[:0]
	needle := strings.ToLower(s.filter)
	for i, l := range s.fixed {
		if needle == "" || l.open.kind == nowhere || strings.Contains(strings.ToLower(l.plain()), needle) {
			s.kept = append(s.kept, int32(i))
		}
	}
}

// setFilter shows only what holds the text. Prose stays.
func (s *sheet) setFilter(f string) {
	on, _ := s.currentRow()
	s.filter, s.placed = f, true
	s.keepFixed()
	if s.rows != nil {
		s.view = s.view[:0]
		s.extend(0)
	}
	s.find(on)
	s.settle()
}

// extend takes rows from the n-th on into the view.
func (s *sheet) extend(from int) {
	needle := strings.ToLower(s.filter)
	for i := from; i < s.rows.len(); i++ {
		if needle == "" || strings.Contains(s.rows.hay(i), needle) {
			s.view = append(s.view, int32(i))
		}
	}
}

// order gives the rows of the view another order. The cursor stays on its row.
func (s *sheet) order(view []int32) {
	on, _ := s.currentRow()
	if s.view = view; s.placed {
		s.find(on)
	}
	s.settle()
}

// find puts the cursor on a row, if the view has it.
func (s *sheet) find(row int) {
	if row < 0 {
		return
	}
	if i := slices.Index(s.view, int32(row)); i >= 0 {
		s.at = len(s.kept) + i
	}
}

// currentRow returns the row under the cursor, or -1.
func (s *sheet) currentRow() (int, bool) {
	if i := s.at - len(s.kept); i >= 0 && i < len(s.view) {
		return int(s.view[i]), true
	}
	return -1, false
}

func (s *sheet) total() int { return len(s.kept) + len(s.view) }

func (s *sheet) target(i int) target {
	switch {
	case i < 0 || i >= s.total():
		return target{}
	case i < len(s.kept):
		return s.fixed[s.kept[i]].open
	default:
		return s.rows.target(int(s.view[i-len(s.kept)]))
	}
}

func (s *sheet) current() target { return s.target(s.at) }

func (s *sheet) lineAt(i int) line {
	if i < len(s.kept) {
		return s.fixed[s.kept[i]]
	}
	return s.rows.line(int(s.view[i-len(s.kept)]), s.w-2)
}

func (s *sheet) move(d int) {
	s.at += d
	s.placed = true
	s.settle()
}

// section goes to the next heading, or the previous one, and around.
func (s *sheet) section(d int) {
	n := len(s.kept)
	if n == 0 {
		return
	}
	for k := 1; k <= n; k++ {
		i := ((min(s.at, n-1)+d*k)%n + n) % n
		if s.fixed[s.kept[i]].head {
			s.at, s.top, s.placed = i, i, true
			s.settle()
			return
		}
	}
}

// settle brings the cursor back onto a line and the window around it.
func (s *sheet) settle() {
	s.at = max(0, min(s.at, s.total()-1))
	s.top = min(s.top, s.at, max(0, s.total()-s.h))
	s.top = max(s.top, s.at-s.h+1, 0)
}

// draw returns exactly h lines of exactly w cells.
func (s *sheet) draw(focus bool) []string {
	out := make([]string, 0, s.h)
	for i := s.top; i < min(s.total(), s.top+s.h); i++ {
		out = append(out, s.lineAt(i).draw(s.w, i == s.at, focus))
	}
	for len(out) < s.h {
		out = append(out, strings.Repeat(" ", max(0, s.w)))
	}
	return out
}

// key moves the cursor, and reports whether it was a key for that.
func (s *sheet) key(k string) bool {
	switch k {
	case "up", "k":
		s.move(-1)
	case "down", "j":
		s.move(1)
	case "pgup", "ctrl+b", "b":
		s.move(-max(1, s.h-1))
	case "pgdown", "ctrl+f", "space":
		s.move(max(1, s.h-1))
	case "home", "g":
		s.move(-s.total())
	case "end", "G":
		s.move(s.total())
	case "]":
		s.section(1)
	case "[":
		s.section(-1)
	default:
		return false
	}
	return true
}
