package bundle

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/tieout/tieout/evidence"
)

const reportSchema = "tieout/package-report/v1"

// Verdict is what a verification comes to.
type Verdict string

// The verdicts. Valid needs a key from outside the package.
const (
	Valid         Verdict = "valid"
	Invalid       Verdict = "invalid"
	Indeterminate Verdict = "indeterminate"
)

// ExitCode returns the exit code that the verdict means: 0, 1 or 6.
func (v Verdict) ExitCode() int {
	switch v {
	case Valid:
		return 0
	case Indeterminate:
		return 6
	default:
		return 1
	}
}

// SignatureState is what was found out about manifest.sig.
type SignatureState string

// The states. NotChecked: the manifest could not be read at all.
const (
	SignatureValid   SignatureState = "valid"
	SignatureInvalid SignatureState = "invalid"
	UnknownKey       SignatureState = "unknown_key"
	Unsigned         SignatureState = "unsigned"
	NotPinned        SignatureState = "not_pinned"
	NotChecked       SignatureState = "not_checked"
)

// Signature is who signed the manifest.
type Signature struct {
	State    SignatureState `json:"state"`
	Key      string         `json:"key"` // name and hash of the key
	Strength string         `json:"strength"`
}

// Rebuilt says how a file compares with the same file made again here.
type Rebuilt string

// The outcomes. NotComparable: another version made it.
const (
	Equal         Rebuilt = "equal"
	Differs       Rebuilt = "differs"
	NotComparable Rebuilt = "not_comparable"
	NotRun        Rebuilt = "not_run"
)

// Report is what Verify found out.
type Report struct {
	Schema         string             `json:"schema"`
	Verdict        Verdict            `json:"verdict"`
	Path           string             `json:"path"`
	PackageID      string             `json:"package_id"`
	ContentDigest  evidence.Digest    `json:"content_digest"`
	ManifestSHA256 evidence.Digest    `json:"manifest_sha256"`
	Signature      Signature          `json:"signature"`
	Timestamp      Timestamp          `json:"timestamp"`
	Entity         string             `json:"entity"`
	System         string             `json:"system"`
	RunID          string             `json:"run_id"`
	Tool           string             `json:"tool"` // that wrote the package, as it says
	Stage          string             `json:"stage"`
	Complete       bool               `json:"complete"`
	Incomplete     []string           `json:"incomplete"` // why not
	LedgerLevel    int                `json:"ledger_level"`
	LedgerWords    string             `json:"ledger_words"`
	Files          int                `json:"files"`
	Bytes          int64              `json:"bytes"`
	Results        *Summary           `json:"results_summary,omitempty"`
	Statements     *Statements        `json:"statements,omitempty"` // of people; none where there are none
	Problems       []Problem          `json:"problems"`
	Rebuild        map[string]Rebuilt `json:"rebuild"`
	NotChecked     []string           `json:"not_checked"` // in sentences
}

// ledgerWords says what each level means.
var ledgerWords = [...]string{
	"self-consistent: the key holder could have rebuilt it",
	"existed by a time that somebody else vouches for",
	"append-only since a checkpoint that you hold",
}

// Text prints the report for people.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	row := func(label, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s %s\n", label, shown(fmt.Sprintf(format, args...)))
	}
	row("package", "%s", r.Path)
	row("verdict", "%s", strings.ToUpper(string(r.Verdict)))
	row("signature", "%s", r.signatureWords())
	row("time-stamp", "%s", r.timestampWords())
	if r.Stage != "" {
		row("entity", "%s, %s", r.Entity, r.System)
		row("run", "%s, written by %s", r.RunID, r.Tool)
		row("stage", "%s", r.Stage)
		if r.Complete {
			row("complete", "yes: no gap and no open source is on record; this says nothing about the results")
		} else {
			row("complete", "NO")
			for _, why := range r.Incomplete {
				row("", "- %s", why)
			}
		}
		row("content", "%s", r.ContentDigest)
		row("manifest", "sha256 %s", r.ManifestSHA256)
		row("files", "%d, %d bytes", r.Files, r.Bytes)
	}
	if s := r.Results; s != nil {
		row("items", "%d: %d candidate deviations, %d with a field missing, %d not due, %d without a deviation", s.ItemsTotal, s.Items.Deviation, s.Items.Indeterminate, s.Items.NotDue, s.Items.Pass)
	}
	row("ledger", "level %d: %s", r.LedgerLevel, r.LedgerWords)
	for _, k := range rebuildOrder {
		if v, ok := r.Rebuild[k.key]; ok && v != NotRun {
			row("made again", "%s: %s", k.words, strings.ReplaceAll(string(v), "_", " "))
		}
	}
	for _, p := range r.Problems {
		row("PROBLEM", "%s %s: %s", p.Code, p.Path, p.Note)
	}
	for _, n := range r.NotChecked {
		row("not checked", "%s", n)
	}
	if r.Verdict == Indeterminate && r.Signature.State == NotPinned {
		row("next", "get the verifier key from management, on paper and not with the package, and pass it with --key")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) signatureWords() string {
	switch s := r.Signature; s.State {
	case SignatureValid:
		return "valid, by the key given: " + s.Key
	case SignatureInvalid:
		return "INVALID"
	case UnknownKey:
		return "by a key that was not given: " + s.Key
	case Unsigned:
		return "none"
	case NotPinned:
		return "not checked: no key was given, and one in the package would prove nothing"
	default:
		return "not checked: the package could not be read"
	}
}

// rebuildOrder is what can be made again, in the order in which it is told.
var rebuildOrder = []struct{ key, words string }{
	{"data", "rows of the sheets"}, {"database", "populations.sqlite"}, {"tests", "results of the tests, on the rebuilt database"}, {"tests_sql", "tests.sql"}, {"catalog", "controls of the program's own catalogue"},
	{"pdf", "report.pdf"}, {"xlsx", "workbook.xlsx"}, {"html", "index.html"}, {"readme", "README.txt"}, {"verifier", "verify.py"},
}

// shown makes a stranger's text safe for a terminal and keeps it on one line.
func shown(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "⟦U+%04X⟧", r)
		}
	}
	return b.String()
}
