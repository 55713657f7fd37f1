package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/pdf"
)

// pages returns the text of each page, as a reader's own tool extracts it.
func pages(t *testing.T, d *export.Dossier, o pdf.Options) []string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("NOT RUN: pdftotext is not installed, so nobody read the text of the report (Debian: poppler-utils)")
	}
	cmd := exec.CommandContext(t.Context(), tool, "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(encode(t, d, o))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Split(string(out), "\f")
	return list[:len(list)-1]
}

var spaces = regexp.MustCompile(`\s+`)

func flat(s string) string { return spaces.ReplaceAllString(s, " ") }

func TestTheReportSaysWhatItMust(t *testing.T) {
	t.Parallel()
	list := pages(t, lender(), pdf.Options{ContentDigest: digest})
	cover, all := flat(list[0]), flat(strings.Join(list, " "))
	for _, s := range []string{
		"Harrowgate Lending Cooperative", "Consumer credit decisioning", "SOC 2 Type 2, 2026-01-01 to 2026-06-30", "America/New_York", "INTERIM",
		"run-2026-07-02-0007", "tieout v0.1.0", digest, "NOT COMPLETE", "403 Forbidden", "log of component fraud-score is not intact",
		"not a service auditor's tests", "gives no opinion",
	} {
		if !strings.Contains(cover, s) {
			t.Errorf("the cover does not say %q", s)
		}
	}
	for _, s := range []string{
		"Can I rely on this?", "tieout verify package FILE --key VKEY", "sqlite3 -safe -readonly populations.sqlite < tests.sql", "candidate deviation",
		"field missing", "not tested", "did not occur", "no deviation found by this test", "no result in the dossier", "1 without result", "Tables of the population database", "1,204,318", "FOR THE AUDITOR",
		"default of the catalogue", "withheld: holds secrets", "No second source", "Switched off on 12 December 2025", "HASH_MISMATCH", "U+202E",
		"more characters: data/dossier.json)", "identifies the data set; it does not protect this document: verify the package.",
	} {
		if !strings.Contains(all, s) {
			t.Errorf("the report does not say %q", s)
		}
	}
}

func TestTheReportNeverSpeaksForTheAuditor(t *testing.T) {
	t.Parallel()
	all := flat(strings.Join(pages(t, lender(), pdf.Options{}), " "))
	for _, bad := range []string{`(?i)\bpass(ed)?\b`, `(?i)no exceptions`, `(?i)\bcompliant\b`, `(?i)certified`, `(?i)\bis effective\b`, `\d ?%`, `[✓✔☑]`, `(?i)in our opinion`} {
		if hit := regexp.MustCompile(bad).FindString(all); hit != "" {
			t.Errorf("the report says %q", hit)
		}
	}
}

func TestPrintedPageNumbersAreTrue(t *testing.T) {
	t.Parallel()
	list := pages(t, crowd(120, 300), pdf.Options{})
	line := regexp.MustCompile(`(?m)^ *(\S.*?) {2,}(\d+)$`)
	checked := 0
	for _, page := range list[1:4] {
		if !strings.HasPrefix(strings.TrimSpace(page), "Contents") {
			break
		}
		for _, m := range line.FindAllStringSubmatch(page, -1) {
			var n int
			if _, err := fmt.Sscan(m[2], &n); err != nil || n < 1 || n > len(list) {
				t.Fatalf("contents line %q leads nowhere", m[0])
			}
			if title := flat(m[1]); title != "Controls" && !strings.Contains(flat(list[n-1]), title) {
				t.Errorf("%q is not on page %d", title, n)
			}
			checked++
		}
	}
	if checked < 130 {
		t.Errorf("read %d lines of the contents, want one for each section and control", checked)
	}
	for i, page := range list {
		if want := fmt.Sprintf("Page %d of %d", i+1, len(list)); !strings.Contains(page, want) {
			t.Errorf("page %d does not say %q", i+1, want)
		}
	}
}

func TestEveryDeviationIsListedAndInFull(t *testing.T) {
	t.Parallel()
	d := crowd(10, 2000)
	all := strings.Join(pages(t, d, pdf.Options{}), " ")
	counts := map[string]int{}
	for _, id := range regexp.MustCompile(`DEV-\d{4}`).FindAllString(all, -1) {
		counts[id]++
	}
	for _, x := range d.Deviations {
		if counts[x.ID] != 2 {
			t.Fatalf("%s stands %d times, want once in the register and once in full", x.ID, counts[x.ID])
		}
	}
}

func TestContradictionsAreNamed(t *testing.T) {
	t.Parallel()
	d := lender()
	d.Complete = true
	d.Deviations = d.Deviations[:4]
	d.Results[1].Pass--
	d.Results[2].Component = "nobody"
	all := flat(strings.Join(pages(t, d, pdf.Options{}), " "))
	for _, s := range []string{"NOT COMPLETE", "marked complete, yet it lists reasons", "the register holds 4 lines", "do not add up to the population", "1 result belongs to a test or component that the dossier does not describe"} {
		if !strings.Contains(all, s) {
			t.Errorf("the report does not say %q", s)
		}
	}
}

func TestAnEmptyDossierClaimsNothing(t *testing.T) {
	t.Parallel()
	all := flat(strings.Join(pages(t, &export.Dossier{}, pdf.Options{}), " "))
	for _, s := range []string{"NOT COMPLETE", "The dossier gives no reason", "Entity not named", "no result can be relied on", "Nothing is known about the integrity of any log", "(not stated)"} {
		if !strings.Contains(all, s) {
			t.Errorf("the report does not say %q", s)
		}
	}
}

func TestDocumentIsSoundAndItsFontsAreEmbedded(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, encode(t, strange(odd), pdf.Options{Paper: "Letter"}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][]string{{"qpdf", "--check", file}, {"pdffonts", file}} {
		tool, err := exec.LookPath(c[0])
		if err != nil {
			t.Logf("NOT RUN: %s is not installed", c[0])
			continue
		}
		out, err := exec.CommandContext(t.Context(), tool, c[1:]...).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", c[0], err, out)
		}
		if c[0] != "pdffonts" {
			continue
		}
		for i, l := range strings.Split(strings.TrimSpace(string(out)), "\n") {
			if f := strings.Fields(l); i >= 2 && (len(f) < 8 || f[4] != "yes") {
				t.Errorf("a font is not embedded: %s", l)
			}
		}
	}
}
