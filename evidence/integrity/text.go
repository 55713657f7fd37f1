package integrity

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shownFindings is how many findings of one log are printed for people; the
// JSON form has more.
const shownFindings = 20

var verdictWords = map[Verdict]string{
	Verified:         "intact, and something outside the writer's control fixes its end",
	VerifiedWithGaps: "intact and fixed from outside, with the gaps listed below",
	SelfConsistent:   "intact, but only its own writer vouches for where it ends",
	NotTamperEvident: "nothing in the log would show a change",
	Broken:           "the log's own protection does not hold",
	Indeterminate:    "could not be decided",
}

// Text prints the report for people. Whatever comes from a log is escaped, so
// that it cannot move the cursor or hide.
func (r *Report) Text(w io.Writer) error {
	var b bytes.Buffer
	for i, l := range r.Logs {
		if i > 0 {
			b.WriteByte('\n')
		}
		l.text(&b)
	}
	if len(r.Skipped) > 0 {
		fmt.Fprintf(&b, "\nNot looked at:\n")
		for i, s := range r.Skipped {
			if i == shownFindings {
				fmt.Fprintf(&b, "  … and %d more\n", len(r.Skipped)-i)
				break
			}
			fmt.Fprintf(&b, "  %s: %s\n", visible(s.Name), s.Reason)
		}
	}
	if len(r.Logs) > 1 {
		fmt.Fprintf(&b, "\n%d logs, worst: %s\n", len(r.Logs), r.Verdict)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (l *Log) text(b *bytes.Buffer) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(b, "  %-13s %s\n", name, visible(fmt.Sprintf(format, args...)))
	}
	words := l.VerdictWords
	if words == "" {
		words = verdictWords[l.Verdict]
	}
	fmt.Fprintf(b, "%s: %s\n  %s\n\n", visible(l.Path), l.Verdict, visible(words))
	profile := l.Profile
	if profile == "" {
		profile = "none fits"
	}
	line("profile", "%s", profile)
	if l.Name != "" || l.Writer != "" {
		line("log", "%s, written by %s", orDash(l.Name), orDash(l.Writer))
	}
	line("records", "%d in %s, %d bytes", l.Records, plural(int64(len(l.Files)), "file", "files"), l.Bytes)
	if l.FirstSeq != nil && l.LastSeq != nil {
		line("numbers", "%d to %d", *l.FirstSeq, *l.LastSeq)
	}
	if l.FirstTime != nil {
		line("times", "%s to %s", l.FirstTime, l.LastTime)
	}
	line("sha256", "%s", l.SHA256)
	if l.Head != "" {
		line("head", "%s", l.Head)
	}
	b.WriteByte('\n')
	a := l.Axes
	line("integrity", "%s", a.Integrity)
	line("continuity", "%s", a.Continuity)
	line("authenticity", "%s", a.Authenticity)
	line("anchoring", "%s", a.Anchoring)
	if c := a.Coverage; c != nil {
		line("coverage", "%.2f %% of %s to %s", 100*c.Covered, c.From, c.To)
	}
	for _, k := range l.Keys {
		line("key", "%s (%s, %s): %d hold, %d do not", k.Name, k.Kind, orDash(string(k.Role)), k.Held, k.Failed)
	}
	for _, x := range l.Anchors {
		at := "at a time not stated"
		if x.At != nil {
			at = "at " + x.At.String()
		}
		line("anchor", "%s by %s over %d records, %s", x.Kind, orDash(x.By), x.Records, at)
	}
	l.findings(b)
	list := func(title string, texts []string) {
		if len(texts) == 0 {
			return
		}
		fmt.Fprintf(b, "\n  %s\n", title)
		for _, t := range texts {
			fmt.Fprintf(b, "    %s\n", visible(t))
		}
	}
	list("Notes", l.Notes)
	list("What this does not show", l.NotShown)
	list("To check a part of this by other means", l.Recheck)
}

func (l *Log) findings(b *bytes.Buffer) {
	if len(l.Counts) == 0 {
		return
	}
	fmt.Fprintf(b, "\n  Found\n")
	for _, c := range slices.Sorted(maps.Keys(l.Counts)) {
		fmt.Fprintf(b, "    %-26s %d\n", c, l.Counts[c])
	}
	if l.Extent != nil {
		fmt.Fprintf(b, "\n  %s\n", visible(l.Extent.Words))
	}
	b.WriteByte('\n')
	for i, f := range l.Findings {
		if i == shownFindings {
			fmt.Fprintf(b, "    … and %d more in the list; --json has them\n", len(l.Findings)-i)
			break
		}
		fmt.Fprintf(b, "    %s %s\n", f.Code, visible(f.where()))
		for _, t := range []struct{ name, text string }{{"", f.Note}, {"says ", f.Expected}, {"is ", f.Actual}} {
			if t.text != "" {
				fmt.Fprintf(b, "      %s%s\n", t.name, visible(cutText(t.text)))
			}
		}
	}
	if l.FindingsCut {
		fmt.Fprintf(b, "    the list of findings is cut; the counts above are complete\n")
	}
}

// where says where a finding stands.
func (f Finding) where() string {
	s := f.File
	if f.Record == 0 {
		return s
	}
	if f.Line > 0 {
		s = fmt.Sprintf("%s:%d", s, f.Line)
	}
	s += fmt.Sprintf(" record %d", f.Record)
	if f.Seq != nil {
		s += fmt.Sprintf(" number %d", *f.Seq)
	}
	if f.RecordID != "" {
		s += fmt.Sprintf(" id %q", cutText(f.RecordID))
	}
	return s + fmt.Sprintf(" byte %d", f.ByteOffset)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// cutText shortens a text that a log made long, and says so.
func cutText(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	n := most
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return fmt.Sprintf("%s… (%d bytes)", s[:n], len(s))
}

// visible shows characters that a terminal would act on, or that hide or turn
// others around, by their code point.
func visible(s string) string {
	plain := true
	for i := range len(s) {
		plain = plain && s[i] >= ' ' && s[i] < 0x7f
	}
	if plain {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, "⟦0x%02X⟧", s[i])
		case !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r != ' ' && unicode.IsSpace(r) || r == '⟦' || r == '⟧':
			fmt.Fprintf(&b, "⟦U+%04X⟧", r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}
