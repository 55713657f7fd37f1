package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// files picks a file of the user's own, for a control where one is named. It
// reads one folder at a time, in a command.
type files struct {
	page
	dir  string
	list []os.DirEntry
	cut  bool
	err  error
	read bool
}

// folderMsg is what a folder holds.
type folderMsg struct {
	dir  string
	list []os.DirEntry
	cut  bool
	err  error
}

// mostFiles is how many names of one folder are shown.
const mostFiles = 5000

func newFiles(p page) *files {
	f := &files{page: p}
	f.title, f.lines = "choose a file", f.make
	f.as = "tieout evidence add FILE --control " + orElse(p.where.id, "ID")
	return f
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (f *files) start(*model) tea.Cmd {
	dir, err := os.Getwd()
	if err != nil {
		dir = string(filepath.Separator)
	}
	return f.folder(dir)
}

func (f *files) folder(dir string) tea.Cmd {
	to := f.serial
	return func() tea.Msg {
		msg := folderMsg{dir: dir}
		msg.list, msg.err = os.ReadDir(dir)
		slices.SortStableFunc(msg.list, func(a, b os.DirEntry) int {
			if a.IsDir() != b.IsDir() {
				if a.IsDir() {
					return -1
				}
				return 1
			}
			return strings.Compare(a.Name(), b.Name())
		})
		if msg.cut = len(msg.list) > mostFiles; msg.cut {
			msg.list = msg.list[:mostFiles]
		}
		return screenMsg{to, msg}
	}
}

func (f *files) receive(_ *model, b any) tea.Cmd {
	if b, ok := b.(folderMsg); ok {
		if b.err != nil && f.read {
			f.err = b.err // stay where we are
		} else {
			f.dir, f.list, f.cut, f.err, f.read = b.dir, b.list, b.cut, b.err, true
			f.s = sheet{}
		}
		f.stale = true
	}
	return nil
}

func (f *files) keys(*model) []binding {
	return []binding{
		bind("open", "enter right l", "enter", "open the folder, or take the file", f.take),
		bind("up", "left h backspace", "← h", "the folder above", func(*model) tea.Cmd { return f.folder(filepath.Dir(f.dir)) }),
		bind("path", "p", "p", "type the path of a file or folder", func(m *model) tea.Cmd {
			m.ask("path:", func(m *model, path string) tea.Cmd { return f.typed(m, path) })
			return nil
		}),
	}
}

func (f *files) typed(m *model, path string) tea.Cmd {
	if path == "" {
		return nil
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(f.dir, path)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return f.folder(path)
	}
	return f.chosen(m, path)
}

func (f *files) take(m *model) tea.Cmd {
	t := f.s.current()
	if t.kind != atFiles {
		return nil
	}
	path := filepath.Join(f.dir, t.id)
	if t.sub == "dir" {
		return f.folder(path)
	}
	return f.chosen(m, path)
}

// chosen asks what the file is for, and hands both to the command that signs.
func (f *files) chosen(m *model, path string) tea.Cmd {
	m.ask("for which control or manual point, by comma:", func(m *model, ids string) tea.Cmd {
		args := []string{"evidence", "add", path}
		for id := range strings.SplitSeq(ids, ",") {
			if id = strings.TrimSpace(id); id != "" {
				args = append(args, "--control="+id)
			}
		}
		if len(args) == 3 {
			m.toast = "nothing was named"
			return nil
		}
		m.ask("in force from, as YYYY-MM-DD, or nothing:", func(m *model, from string) tea.Cmd {
			if from != "" {
				args = append(args, "--from="+from)
			}
			return m.run(newWork(m, args))
		})
		return nil
	})
	m.input = []rune(f.where.id)
	return nil
}

func (f *files) make(_ *model, w int) []line {
	if !f.read {
		return []line{text(faint, "the folder is being read …")}
	}
	out := []line{text(strong, clip(shown(f.dir), w))}
	if f.err != nil {
		out = append(out, paragraph(bad, "not read: "+shown(f.err.Error()), 0, w)...)
	}
	out = append(out, text(plain, ""))
	for _, e := range f.list {
		t, name := target{kind: atFiles, id: e.Name()}, shown(e.Name())
		if e.IsDir() {
			t.sub, name = "dir", name+string(filepath.Separator)
		}
		out = append(out, line{open: t, parts: []part{{name, plain}}})
	}
	if len(f.list) == 0 && f.err == nil {
		out = append(out, text(faint, "nothing is in it"))
	}
	if f.cut {
		out = append(out, text(faint, fmt.Sprintf("more than %d names; p takes a path", mostFiles)))
	}
	return out
}
