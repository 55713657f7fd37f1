package integrity

import (
	"fmt"
	"strings"
)

// words fills the notes, what the check does not show, and how to check a part
// of it by other means.
func (j *joiner) words() {
	l, p := j.log, j.group.profile.plan
	for _, f := range j.files {
		j.fileNotes(f)
	}
	if j.ids.lost != nil {
		l.Notes = append(l.Notes, fmt.Sprintf("ids that stand twice were looked for among the first %d only: the others could not be kept on disk: %v", j.ids.n, j.ids.lost))
	}
	not := func(format string, args ...any) { l.NotShown = append(l.NotShown, fmt.Sprintf(format, args...)) }
	not("That everything that happened was written: for that, compare with a second source.")
	for _, s := range p.limits() {
		not("%s", s)
	}
	switch l.Verdict {
	case SelfConsistent:
		not("That the log is as it was written: whoever holds it could have written all of it anew, or cut off its end, and it would look the same. It shows no change by somebody who did not compute the chain again.")
	case Verified, VerifiedWithGaps:
		not("That whoever holds the key of %s is independent of the writer: the name says it is another party, the rest must be asked.", j.others())
		if j.v.o.Period == nil {
			not("That nothing was cut off behind the last record: no period was asked for, so the log was taken to end where it ends.")
		}
	default:
	}
	if n := l.Counts[UnprotectedField]; n > 0 {
		not("What %s say: no hash covers them (UNPROTECTED_FIELD).", plural(n, "member of the records", "members of the records"))
	}
	if l.Profile == "" {
		not("That the log has no protection that tieout does not know: no built-in profile fits its first record. If it has hashes, describe them in a profile and name it with --profile.")
	}
	if l.Counts[KeyUnknown] > 0 {
		not("Who signed: %s by keys that were not given.", plural(l.Counts[KeyUnknown], "signature is", "signatures are"))
	}
	j.recheck()
}

// others names the keys of other parties that fixed the log.
func (j *joiner) others() string {
	seen := map[string]bool{}
	var names []string
	for _, k := range j.log.Keys {
		if k.Held > 0 && !seen[k.Name] {
			seen[k.Name] = true
			names = append(names, fmt.Sprintf("%q", k.Name))
		}
	}
	for _, a := range j.anchor.held {
		if a.Role == RoleOther && a.By == "" && !seen[a.Kind] {
			seen[a.Kind] = true
			names = append(names, "the "+a.Kind)
		}
	}
	return strings.Join(names, ", ")
}

func (j *joiner) fileNotes(f *fileResult) {
	note := func(format string, args ...any) {
		j.log.Notes = append(j.log.Notes, fmt.Sprintf("%q: ", f.report.Path)+fmt.Sprintf(format, args...))
	}
	if f.bom {
		note("it begins with a byte order mark, which no hash covers")
	}
	switch {
	case f.crlf > 0 && f.crlf < f.lines-1:
		note("%d of %d lines end in CR LF, the others in LF; hashes are over the content without line ends", f.crlf, f.lines)
	case f.crlf > 0:
		note("its lines end in CR LF; hashes are over the content without line ends")
	}
	if f.report.Records == 0 {
		note("it holds no record")
	}
	if f.blank > 0 {
		note("%s with nothing on it", plural(f.blank, "line", "lines"))
	}
	if f.ragged && f.report.Records > 0 {
		note("the last line has no line end")
	}
	if f.grew > 0 {
		note("it grew by %d bytes while it was read: it was checked as it was when it was opened", f.grew)
	}
	if len(f.chains) > 1 {
		note("it holds %d chains", len(f.chains))
	}
}

// recheck gives commands that check a part of this by other means.
func (j *joiner) recheck() {
	for i, f := range j.log.Files {
		if i == 12 {
			j.log.Recheck = append(j.log.Recheck, fmt.Sprintf("# … and %d more files", len(j.log.Files)-i))
			break
		}
		read := map[string]string{"": "", "gzip": "gzip -dc ", "zstd": "zstd -dcq "}[f.Packing]
		if read == "" {
			j.log.Recheck = append(j.log.Recheck, fmt.Sprintf("sha256sum %s  # %s", shellQuote(f.Path), f.SHA256))
		} else {
			j.log.Recheck = append(j.log.Recheck, fmt.Sprintf("%s%s | sha256sum  # %s", read, shellQuote(f.Path), f.SHA256))
		}
	}
	if n := len(j.log.Files); n > 0 && j.group.profile.ID == "tieout-decision/1" && j.log.Files[n-1].Packing == "" {
		j.log.Recheck = append(j.log.Recheck, fmt.Sprintf(`tail -n 1 %s | sed -E 's/,"hash":"[0-9a-f]{64}"\}$/}/' | tr -d '\n' | sha256sum  # %s`, shellQuote(j.log.Files[n-1].Path), j.log.Head))
	}
}

// shellQuote makes a name safe to paste, and visible: a name with characters
// that a terminal would act on is not given as a command at all.
func shellQuote(name string) string {
	if visible(name) != name {
		return "'<a name with characters that cannot be shown>'"
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
