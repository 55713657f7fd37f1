package table

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// maxPattern bounds a regular expression of a mapping. Those of Go take time
// that grows with the text alone, whatever they say.
const maxPattern = 500

// choice is one of a column's cases.
type choice struct {
	when where
	then any
}

func compileWhere(f whereFile) (where, error) {
	ways := 0
	for _, stated := range []bool{len(f.In) > 0, len(f.NotIn) > 0, len(f.Has) > 0, f.Match != ""} {
		if stated {
			ways++
		}
	}
	if ways != 1 || (len(f.Has) > 0) == (f.From != "") {
		return where{}, errors.New("where: state from with one of in, not_in and match, or has alone")
	}
	w := where{words: f.Words, in: f.In, not: len(f.NotIn) > 0}
	switch {
	case len(f.Has) > 0:
		for _, text := range f.Has {
			p, err := parsePath(text)
			if err != nil {
				return where{}, fmt.Errorf("where: %w", err)
			}
			w.has = append(w.has, p)
		}
		w.words = cmp.Or(w.words, "has none of "+strings.Join(f.Has, ", "))
		return w, nil
	case w.not:
		w.in = f.NotIn
		w.words = cmp.Or(w.words, f.From+" is one of "+strings.Join(f.NotIn, ", "))
	case f.Match != "":
		var err error
		if w.match, err = parsePattern(f.Match, 0); err != nil {
			return where{}, fmt.Errorf("where: %w", err)
		}
		w.words = cmp.Or(w.words, f.From+" is not like "+f.Match)
	default:
		w.words = cmp.Or(w.words, f.From+" is not one of "+strings.Join(f.In, ", "))
	}
	p, err := parsePath(f.From)
	if err != nil {
		return where{}, fmt.Errorf("where: %w", err)
	}
	w.from = p
	return w, nil
}

// parsePattern reads a regular expression with so many groups.
func parsePattern(text string, groups int) (*regexp.Regexp, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("match is longer than %d bytes", maxPattern)
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("match: %w", err)
	}
	if groups > 0 && re.NumSubexp() != groups {
		return nil, errors.New("match needs one group in brackets: what it holds is the value (write (?: ) around others)")
	}
	return re, nil
}

// keeps reports whether the row stays. A value of another shape than a single
// one is in no list.
func (w *where) keeps(r *row) bool {
	if len(w.has) > 0 {
		for _, p := range w.has {
			if _, found, _ := r.at(p); found {
				return true
			}
		}
		return false
	}
	v, found, odd := r.at(w.from)
	text := ""
	if found && !odd && v != nil {
		if list, is := v.([]any); is && w.from.every {
			return slices.ContainsFunc(list, w.fits) != w.not
		}
		s, err := scalar(v)
		if err != nil {
			return w.not
		}
		text = s
	}
	return w.fits(text) != w.not
}

// fits reports whether one value is in the list, or like the pattern.
func (w *where) fits(v any) bool {
	text, err := scalar(v)
	if err != nil {
		return false
	}
	if w.match != nil {
		return w.match.MatchString(text)
	}
	return slices.Contains(w.in, text)
}

// paths are the places that the condition looks at.
func (w *where) paths() []fieldPath {
	if len(w.has) > 0 {
		return w.has
	}
	return []fieldPath{w.from}
}
