package statement

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of a statement.
const (
	maxText = 16 << 10 // bytes of a text, and of an item's key
	maxWord = 400      // bytes of a name, a title or an id
	maxList = 200
)

// Prefixes of the ids.
const (
	PrefixDocument    = "DOC"
	PrefixAttestation = "ATT"
	PrefixDeviation   = "DEV"
	PrefixDeficiency  = "DEF"
)

var idForm = regexp.MustCompile(`^(DOC|ATT|DEV|DEF)-[0-9]{4,9}$`)

// ID returns the n-th id of the prefix, counting from 1: DOC-0001.
func ID(prefix string, n int) string { return fmt.Sprintf("%s-%04d", prefix, n) }

// prefixOf returns the prefix of an id, or nothing.
func prefixOf(id string) string {
	if !idForm.MatchString(id) {
		return ""
	}
	return id[:3]
}

// check reports what is missing or cannot stand in a statement.
func (s Statement) check() error {
	switch {
	case s.Schema != Schema:
		return fmt.Errorf("its schema is %.60q, want %s", s.Schema, Schema)
	case s.By == "" || strings.ContainsAny(s.By, "/+ "):
		return fmt.Errorf("%.80q is no name of a key", s.By)
	case s.Entity == "":
		return errors.New("it does not say of which entity it is")
	case s.At.Time().Year() < 1970 || s.At.Time().Year() > 9999:
		return errors.New("its time is none that a clock shows")
	case prefixOf(s.Subject) == "":
		return fmt.Errorf("%.80q is no id of a document, an attestation, a deviation or a deficiency", s.Subject)
	}
	if err := checkText(s.Text); err != nil {
		return fmt.Errorf("the text: %w", err)
	}
	if err := checkWords([][2]string{{"the entity", s.Entity}, {"the role", s.Role}, {"the name", s.By}}); err != nil {
		return err
	}
	for _, list := range [][]string{s.Concerns, s.Documents} {
		if err := checkList(list); err != nil {
			return err
		}
	}
	return s.checkKind()
}

// form is what a statement of one kind holds. What is not asked for may not be
// there either: nobody would look at it.
type form struct {
	kind      Kind
	decision  Decision
	prefixes  string // of the subject
	must, may []string
}

var forms = []form{
	{Document, "", PrefixDocument, []string{"concerns", "file"}, nil},
	{Document, Withdrawn, PrefixDocument, []string{"of"}, nil},
	{Attestation, "", PrefixAttestation, []string{"concerns"}, nil},
	{Determination, Confirmed, PrefixDeviation, []string{"deviation"}, []string{"documents"}},
	{Determination, Rebutted, PrefixDeviation, []string{"deviation", "documents"}, nil},
	{Response, "", PrefixDeviation, []string{"deviation"}, []string{"documents"}},
	{Deficiency, Opened, PrefixDeficiency, []string{"concerns", "deficiency"}, nil},
	{Deficiency, Closed, PrefixDeficiency, nil, []string{"documents"}},
	{Review, "", PrefixDocument + PrefixAttestation + PrefixDeviation + PrefixDeficiency, []string{"of"}, nil},
}

func (s Statement) checkKind() error {
	if strings.TrimSpace(s.Text) == "" && s.Decision == Withdrawn {
		return errors.New("a document is withdrawn for a reason: state it in the text")
	}
	if strings.TrimSpace(s.Text) == "" && s.Kind != Document && s.Kind != Review {
		return fmt.Errorf("a %s says nothing without a text", s.Kind)
	}
	if s.Decision == Rebutted && len(s.Documents) == 0 {
		return errors.New("a deviation is rebutted by evidence: add the document that shows it, and name it")
	}
	i := slices.IndexFunc(forms, func(f form) bool { return f.kind == s.Kind && f.decision == s.Decision })
	if i < 0 {
		return fmt.Errorf("there is no %.40q with the decision %.40q", s.Kind, s.Decision)
	}
	if err := s.checkParts(forms[i]); err != nil {
		return err
	}
	switch {
	case s.File != nil:
		return s.File.check()
	case s.Deviation != nil:
		return s.Deviation.check()
	case s.Weakness != nil:
		return s.Weakness.check()
	}
	return nil
}

func (s Statement) checkParts(f form) error {
	if !strings.Contains(f.prefixes, prefixOf(s.Subject)) {
		return fmt.Errorf("a %s cannot be about %s", s.Kind, s.Subject)
	}
	for _, part := range []struct {
		name string
		has  bool
	}{
		{"concerns", len(s.Concerns) > 0}, {"documents", len(s.Documents) > 0}, {"of", !s.Of.IsZero()},
		{"deviation", s.Deviation != nil}, {"file", s.File != nil}, {"deficiency", s.Weakness != nil},
	} {
		must := slices.Contains(f.must, part.name)
		if part.has && !must && !slices.Contains(f.may, part.name) || must && !part.has {
			return fmt.Errorf("a %s about %s: %s is missing, or stands where it has no place", s.Kind, s.Subject, part.name)
		}
	}
	return nil
}

func (i *Item) check() error {
	if i.Test == "" || i.Component == "" || i.Item == "" || checkWord(i.Test) != nil || checkWord(i.Component) != nil {
		return errors.New("it does not name the test, the component and the item of the deviation")
	}
	if len(i.Item) > maxText || !utf8.ValidString(i.Item) {
		return errors.New("the key of the deviating item is too long or no text")
	}
	return nil
}

func (f *File) check() error {
	words := [][2]string{{"the file's name", f.Name}, {"the type", f.Type}, {"the title", f.Title}, {"the version", f.Version}, {"who approved it", f.ApprovedBy}}
	if err := checkWords(words); err != nil {
		return err
	}
	switch {
	case f.Name == "" || f.Type == "" || f.Title == "" || f.SHA256.IsZero() || f.Bytes <= 0:
		return errors.New("a document has a name, a type, a title, bytes and a digest")
	case !slices.Contains(DateSources, f.DateSource):
		return fmt.Errorf("its dates come from %.40q: want typed, document or system", f.DateSource)
	}
	for _, day := range [][2]string{{"in force from", f.From}, {"in force to", f.To}, {"expires", f.Expires}, {"approved on", f.ApprovedOn}} {
		if day[1] != "" && !isDay(day[1]) {
			return fmt.Errorf("%s %.40q: want YYYY-MM-DD", day[0], day[1])
		}
	}
	if f.From != "" && f.To != "" && f.To < f.From {
		return fmt.Errorf("it would be in force to %s, before it comes into force on %s", f.To, f.From)
	}
	return nil
}

func (w *Weakness) check() error {
	switch {
	case !slices.Contains(Severities, w.Severity):
		return fmt.Errorf("severity %.40q: want one of %s", w.Severity, strings.Join(Severities, ", "))
	case w.Owner == "" || checkWord(w.Owner) != nil:
		return fmt.Errorf("owner %.80q: name the person who puts it right", w.Owner)
	case !isDay(w.Due):
		return fmt.Errorf("due %.40q: want YYYY-MM-DD", w.Due)
	}
	for _, id := range w.Deviations {
		if prefixOf(id) != PrefixDeviation {
			return fmt.Errorf("%.80q is no id of a deviation", id)
		}
	}
	return checkList(w.Deviations)
}
