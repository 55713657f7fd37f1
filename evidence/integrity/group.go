package integrity

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/logfile"
)

// group is the files that are taken for one log, from the oldest to the newest
// by name.
type group struct {
	path    string
	profile *Profile
	stated  bool // the profile was asked for, not found
	files   []logfile.Ref
}

// maxPeek is how much of a file is looked at to find its profile.
const maxPeek = 1 << 20

// groups sorts files into logs: by the common part of their names, and by
// profile where that is found by the first record. A file without any hash
// among files that have them is judged as they are, since taking the hashes out
// must not make a log harmless.
func (v *verifier) groups(refs []logfile.Ref) ([]group, error) {
	var stems []string
	byStem := map[string][]logfile.Ref{}
	for _, r := range refs {
		s := logfile.Stem(r.Name)
		if byStem[s] == nil {
			stems = append(stems, s)
		}
		byStem[s] = append(byStem[s], r)
	}
	var out []group
	for _, s := range stems {
		files := byStem[s]
		logfile.SortByName(files, func(r logfile.Ref) string { return r.Name })
		gs, err := v.profiles(files)
		if err != nil {
			return nil, err
		}
		for _, g := range gs {
			g.path = pathOf(g.files)
			out = append(out, g)
		}
	}
	return out, nil
}

// profiles splits files of one stem by the profile that fits each.
func (v *verifier) profiles(files []logfile.Ref) ([]group, error) {
	if v.o.Profile != nil {
		return []group{{profile: v.o.Profile, stated: true, files: files}}, nil
	}
	var out []group
	var bare []logfile.Ref
	for _, f := range files {
		p, err := peek(f)
		if err != nil {
			return nil, err
		}
		if p == nil {
			bare = append(bare, f)
			continue
		}
		i := slices.IndexFunc(out, func(g group) bool { return g.profile == p })
		if i < 0 {
			i = len(out)
			out = append(out, group{profile: p})
		}
		out[i].files = append(out[i].files, f)
	}
	if len(bare) == 0 {
		return out, nil
	}
	if len(out) == 0 {
		p, err := bareProfile(bare[0])
		if err != nil {
			return nil, err
		}
		return []group{{profile: p, files: bare}}, nil
	}
	out[0].files = append(out[0].files, bare...)
	logfile.SortByName(out[0].files, func(r logfile.Ref) string { return r.Name })
	return out, nil
}

// peek finds the profile that fits one of a file's first records; nil where none
// does or there is no record that can be read.
func peek(ref logfile.Ref) (*Profile, error) {
	f, err := ref.Open()
	if err != nil {
		return nil, err
	}
	most := int64(maxPeek)
	if f.Packing == "" {
		most = min(most, f.Stored) // of thousands of small files, a megabyte each would be most of the work
	}
	head := make([]byte, most)
	n, _ := io.ReadFull(f, head) // what cannot be read is said when the file is checked
	if _, err := f.Close(); err != nil {
		return nil, err
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n")
	for _, framing := range []logfile.Framing{logfile.JSONL, logfile.JSONArray} {
		var among []*Profile
		for _, p := range presets {
			if p.plan.framing == framing && p.plan.at == "" {
				among = append(among, p)
			}
		}
		for _, r := range firstRecords(head, framing) {
			if p, err := detect(r, among); err == nil && p != nil {
				return p, nil
			}
		}
	}
	return nil, nil
}

// maxFirst is how many records may be damaged, or of another kind, before one
// that tells the format.
const maxFirst = 50

// firstRecords returns the records with which a file begins.
func firstRecords(head []byte, framing logfile.Framing) [][]byte {
	var out [][]byte
	if framing == logfile.JSONL {
		for line := range bytes.Lines(head) {
			if out = append(out, bytes.TrimSpace(line)); len(out) == maxFirst {
				break
			}
		}
		return out
	}
	if len(head) == 0 || head[0] != '[' {
		return nil
	}
	c, err := logfile.NewCutter(bytes.NewReader(head), len(head), framing, "")
	if err != nil {
		return nil
	}
	chunk, err := c.Next(nil)
	if err != nil {
		return nil
	}
	for _, s := range chunk.Spans[:min(len(chunk.Spans), maxFirst)] {
		out = append(out, chunk.Data[s.Start:s.End])
	}
	return out
}

// pathOf names a log: its file, or what the names of its files have in common.
func pathOf(files []logfile.Ref) string {
	if len(files) == 1 {
		return files[0].Name
	}
	first, last := files[0].Name, files[0].Name
	for _, f := range files {
		for !strings.HasPrefix(f.Name, first) {
			first = first[:len(first)-1]
		}
		for !strings.HasSuffix(f.Name, last) {
			last = last[1:]
		}
	}
	if first == "" || len(first)+len(last) > len(files[0].Name) {
		return fmt.Sprintf("%s and %d more", files[0].Name, len(files)-1)
	}
	if path.Base(first) == "." && last == "" {
		return first
	}
	return first + "*" + last
}

// bareProfile describes records of which nothing is known but that they are
// JSON.
func bareProfile(ref logfile.Ref) (*Profile, error) {
	framing := logfile.JSONL
	f, err := ref.Open()
	if err != nil {
		return nil, err
	}
	head := make([]byte, 512)
	n, _ := io.ReadFull(f, head) // what cannot be read is said when the file is checked
	if head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n"); len(head) > 0 && head[0] == '[' {
		framing = logfile.JSONArray
	}
	if _, err := f.Close(); err != nil {
		return nil, err
	}
	file := &profileFile{Input: inputFile{Framing: string(framing)}}
	plan, err := compile(file)
	if err != nil {
		return nil, err
	}
	return &Profile{file: file, plan: plan}, nil
}
