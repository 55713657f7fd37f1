package bundle

import (
	"io"
	"strings"
	"text/template"
	"unicode"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// writeReadme writes README.txt from the content alone.
func writeReadme(w io.Writer, d *export.Dossier, root evidence.Digest) error {
	return readme.Execute(w, map[string]any{"D": d, "Root": root.String()})
}

// line keeps a text on one line and shows what no terminal should be sent.
func line(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

var readme = template.Must(template.New(ReadmePath).Funcs(template.FuncMap{"line": line}).Parse(`EVIDENCE PACKAGE

Entity        {{line .D.Entity.Name}}
System        {{line .D.Entity.System}}
Engagement    SOC 2 Type {{.D.Engagement.Type}}, {{if eq .D.Engagement.Type 1}}as of {{.D.Engagement.To}} ({{line .D.Engagement.Zone}}){{else}}{{.D.Engagement.From}} to {{.D.Engagement.To}} ({{line .D.Engagement.Zone}}), both days included{{end}}
Stage         {{line .D.Stage}}
Complete      {{if .D.Complete}}yes{{else}}NO, because:{{range .D.Incomplete}}
              - {{line .}}{{else}} no reason is given; ask management{{end}}{{end}}
Run           {{line .D.Run.ID}}
Frozen at     {{.D.Run.At}}
Made by       {{line .D.Run.Tool}}, for {{line .D.Run.PreparedBy}}
Content       {{.Root}}
{{with .D.Supersedes}}Corrects      the package with content {{line .}}
{{end}}
WHAT THIS IS, AND WHAT IT IS NOT

Prepared by the management of the entity named above. These are management's
own test results, not a service auditor's tests. It is not a SOC 2 report and
gives no opinion. "No deviation found by this test" means that the stated query
found none in the stated rows; it is no conclusion that a control was suitably
designed or operated effectively. A deviation is a candidate until management
has confirmed or rebutted it; rebutted ones stay listed and counted.

Read "Can I rely on this?" first: in report.pdf, in the workbook, or in
csv/reliance.csv. What is not here stands in not_included.csv, with the reason.

HOW TO CHECK IT

Everything works without a network. Use programs and a key that did not come
with this package.

1. The package as a whole. VKEY is the verifier key that management handed over
   beforehand, on paper. Without such a key nothing is confirmed (exit code 6):

     tieout verify package PACKAGE --key VKEY
     tieout verify package PACKAGE --key VKEY --since NOTE

   NOTE is a checkpoint of the ledger that you were given earlier. With it, the
   check shows that nothing was taken out of the ledger since.

2. The tests, by your own sqlite3, from 3.40 on. Leave out neither option: a
   database can carry code that plain sqlite3 would run.

     sqlite3 -safe -readonly populations.sqlite < tests.sql

3. Without tieout. Unpack, and in the folder:

     sha256sum -c SHA256SUMS
     python3 -I -S verify.py . VKEY

   SHA256SUMS finds damage, not forgery: whoever changes a file can change the
   sum. The verify.py in here comes from those whom you are checking: take it
   from a release, or compare its SHA-256 with the one published there. It
   checks container, digests, root, signature and the counts of the CSV files.
   It does not run the tests again, and does not compare documents with data.

The content digest above and in the footers identifies the data. It does not
protect the document that it is printed on: verify the package.

WHAT IS WHERE

  README.txt               this text
  report.pdf               the report
  workbook.xlsx            the same results as sheets, with empty columns for the auditor
  index.html               the same results as a page for a browser, without a network
  data/dossier.json        what every document is printed from
  data/items.jsonl         every item of every test, those without a deviation too
  data/*.jsonl, csv/*.csv  the sheets as rows, twice
  data/tables/*.jsonl      the frozen populations
  populations.sqlite       the same populations as a database
  tests.sql                each test as one SELECT
  evidence/, manual/       raw files by id; documents that people provided
  manual/statements.jsonl  what people stated, each as a note signed with their key
  logs/                    reports on logs; logs/ledger/: the ledger
  catalog/                 criteria, controls and parameters as used
  not_included.csv         what a reader may expect and does not find, and why
  manifest.json            path, size and SHA-256 of every file
  manifest.sig             the signed note over the manifest
  timestamp.tsr            where one was made: somebody else's time-stamp (RFC 3161) over manifest.sig
  SHA256SUMS               the same digests for sha256sum
  verify.py                a small verifier in plain Python

What was not exported is absent. manifest.json lists what there is.

CSV FILES

UTF-8, lines end with CR LF, text is in quotes and nothing else is. A text that
begins with = + - @ ' TAB CR LF or a full-width twin of these has an apostrophe
put before it, so that no spreadsheet takes it for a formula. Take one leading
apostrophe away and you have the text as it stands in data/*.jsonl. Times are
UTC. Spreadsheets may shorten long numbers when they open a CSV file: import
the columns as text.
`))
