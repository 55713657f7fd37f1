package integrity

import (
	"context"
	"errors"

	"github.com/tieout/tieout/evidence/logfile"
)

// errNoRecord is the error of text in which no record stands.
var errNoRecord = errors.New("its first record cannot be read")

// Detect returns the built-in profile that fits a record best, or nil where
// none does. It looks at names and fixed values only, never at hashes.
func Detect(record []byte) (*Profile, error) {
	return detect(record, presets)
}

func detect(record []byte, among []*Profile) (*Profile, error) {
	var best *Profile
	score := 0
	for _, p := range among {
		n, err := p.fits(record)
		if err != nil {
			return nil, err
		}
		if n > score {
			best, score = p, n
		}
	}
	return best, nil
}

// fits returns how many conditions the record fulfils, 0 where it misses one.
func (p *Profile) fits(record []byte) (int, error) {
	d := p.file.Detect
	var pointers, want []string
	for _, f := range d.All {
		pointers, want = append(pointers, f), append(want, "")
	}
	for f, v := range d.Equals {
		pointers, want = append(pointers, f), append(want, v)
	}
	pointers = append(pointers, d.None...)
	s := logfile.NewScanner(pointers, false)
	if err := s.Scan(record); err != nil {
		return 0, errNoRecord
	}
	for i := range pointers {
		v := s.Value(i)
		switch there := v.Kind != logfile.None; {
		case i >= len(want):
			if there {
				return 0, nil
			}
		case !there:
			return 0, nil
		case want[i] != "":
			if text, _ := textOf(record, v); text != want[i] {
				return 0, nil
			}
		}
	}
	return len(want), nil
}

// textOf returns a string's meaning or a number's text.
func textOf(record []byte, v logfile.Value) (string, bool) {
	switch v.Kind {
	case logfile.String:
		return logfile.Unquote(record[v.Start:v.End], v.Flags), true
	case logfile.Number, logfile.True, logfile.False:
		return string(record[v.Start:v.End]), true
	default:
		return "", false
	}
}

// Found says which built-in profile fits a file.
type Found struct {
	Path    string
	Profile *Profile // nil where none fits
}

// Find looks at the first records of every file that the source names.
func Find(ctx context.Context, src logfile.Source) ([]Found, error) {
	refs, _, err := src.List(ctx)
	if err != nil {
		return nil, err
	}
	var out []Found
	for _, r := range refs {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p, err := peek(r)
		if err != nil {
			return nil, err
		}
		out = append(out, Found{r.Name, p})
	}
	return out, nil
}
