package pdf

// verify sets the page on how to check the package without trusting it.
func (r *report) verify() {
	p, d := r.p, r.d
	p.sectionPage("How to verify this package", secVerify, false)
	p.prose("Check the package before reading further, with a verifier and a key that did not come with it. Everything below works offline.")
	p.h3("1  THE PACKAGE AS A WHOLE", 60)
	p.code([]safe{"tieout verify package FILE --key VKEY"})
	p.prose("FILE is the package as received. VKEY is the verifier key that management handed over before, on paper with the engagement letter. Exit code 0: valid. 1: invalid, with the file and the reason named. 6: could not be decided, for instance because no key was given; that confirms nothing. Without a key from outside, the package can only be shown to agree with itself.")
	p.h3("2  THE TESTS, RE-PERFORMED", 60)
	p.code([]safe{"sqlite3 -safe -readonly populations.sqlite < tests.sql"})
	p.prose("tests.sql holds one SELECT for each test; the counts must equal those on the control pages. Keep -safe and -readonly: a database can carry code that plain sqlite3 would run.")
	p.h3("3  WITHOUT TIEOUT", 60)
	p.code([]safe{"sha256sum -c SHA256SUMS", "python3 -I -S verify.py"})
	p.prose("SHA256SUMS finds damage, not forgery: whoever changes a file can change the sum. Take verify.py from a release, not from this package, and compare its SHA-256 with the one published there.")
	p.h2("What is where in a package", 90)
	t := p.table(column{title: "Path", share: 36}, column{title: "Content", share: 64})
	for _, f := range [][2]safe{
		{"README.txt", "what this is, and how to check it"},
		{"report.pdf, workbook.xlsx, index.html", "this document; the same results as sheets, with empty columns for the auditor; and as a page for a browser"},
		{"data/dossier.json, data/*.jsonl", "the canonical rows that every document is printed from"},
		{"csv/*.csv", "twins of the rows, for other tools"},
		{"populations.sqlite, tests.sql", "the frozen populations and every test's query"},
		{"evidence/, manual/", "raw files by id; documents that people provided"},
		{"logs/", "integrity reports, checkpoints, proofs"},
		{"catalog/", "criteria, controls and parameters as used"},
		{"manifest.json, manifest.sig", "path, size and SHA-256 of every file; the signed note over it"},
		{"not_included.csv", "what a reader may expect here and does not find, and why"},
	} {
		t.row(row{cells: [][]para{{{st: cellMono, text: f[0]}}, {{st: cellStyle, text: f[1]}}}})
	}
	t.end("")
	p.note("A document or folder that nothing was exported to is absent; manifest.json lists what is there.")
	p.h2("What this run was made from", 120)
	digest := func(label safe, s string) pair {
		return pair{label, []para{{st: monoStyle, text: orWord(r.name(s), "not stated")}}}
	}
	birth := "its first entry is of " + when(d.Run.LedgerBirth)
	if d.Run.LedgerBirth == 0 {
		birth = "the time of its first entry is not stated"
	}
	p.pairs(112,
		digest("Population database", d.Run.DatabaseSHA),
		digest("Catalogue", d.Run.CatalogDigest),
		digest("Configuration", d.Run.ConfigDigest),
		pair{"Ledger", []para{
			{st: bodyStyle, text: orWord(r.name(d.Run.LedgerOrigin), "not stated") + ", " + counted(d.Run.LedgerSize, "entry", "entries") + "; " + birth},
			{st: monoStyle, text: orWord(r.name(d.Run.LedgerRoot), "root not stated")},
			{st: bodyStyle, text: "Level " + anchorLevel(d.Run.LedgerLevel)},
		}},
	)
	r.tables()
}

// tables sets the tables of the population database, to compare with what a
// reader's own sqlite3 counts.
func (r *report) tables() {
	if len(r.d.Tables) == 0 {
		return
	}
	r.p.h2("Tables of the population database", 60)
	t := r.p.table(column{title: "Table", share: 22}, column{title: "Rows", share: 12, right: true}, column{title: "Canonical rows", share: 28}, column{title: "SHA-256", share: 38})
	for _, x := range r.d.Tables {
		t.row(row{cells: [][]para{{{st: cellStyle, text: r.name(x.Name)}}, {{st: cellStyle, text: num(x.Rows)}},
			{{st: cellMono, text: orWord(r.name(x.File), "no file")}}, {{st: cellMono, text: orWord(r.name(x.SHA256), "not stated")}}}})
	}
	t.end("")
}
