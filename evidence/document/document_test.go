package document

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// office makes a file of an office program from its parts.
func office(t testing.TB, main string, parts ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	write := func(name, text string) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	write(typesPart, `<Types><Override ContentType="`+main+`"/></Types>`)
	for _, p := range parts {
		name, text, _ := strings.Cut(p, "=")
		write(name, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func pdf(body string) []byte { return []byte("%PDF-1.7\n" + body + "\ntrailer\n%%EOF\n") }

const message = "From: Ann <ann@example.test>\nDate: Mon, 1 Jun 2026 10:00:00 +0000\nSubject: review\n\nDone.\n"

func TestDocumentsOfEachTypeAreTaken(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"a.pdf": pdf("1 0 obj <</JSON 1 /Launched 2>>"), "A.PDF": pdf(""), "a.docx": office(t, wordMain, "word/document.xml=x"), "a.xlsx": office(t, workbookMain, "xl/workbook.xml=x"),
		"a.csv": []byte("\xef\xbb\xbfa,b\n1,2\n"), "a.txt": []byte("Grüße"), "a.md": []byte("# Title\n\n<b>bold</b>"), "a.json": []byte(`{"a":1}`),
		"a.png": []byte("\x89PNG\r\n\x1a\nxx"), "a.jpg": []byte("\xff\xd8\xff\xe0"), "a.jpeg": []byte("\xff\xd8\xff\xe0"), "a.eml": []byte(message),
	} {
		if _, err := Check(name, b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatAProgramWouldRunIsNotTaken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		b    []byte
		says string
	}{
		"html":              {"a.html", []byte("<html>"), "no type"},
		"svg":               {"a.svg", []byte("<svg/>"), "no type"},
		"macro workbook":    {"a.xlsm", office(t, workbookMain), "no type"},
		"script":            {"a.sh", []byte("#!/bin/sh"), "no type"},
		"no ending":         {"policy", []byte("text"), "no type"},
		"html as text":      {"a.txt", []byte("\xef\xbb\xbf\n  <!DOCTYPE html><p>"), "page or a script"},
		"svg as text":       {"a.md", []byte("<SVG onload=x>"), "page or a script"},
		"xml as csv":        {"a.csv", []byte("<?xml version='1.0'?>"), "page or a script"},
		"html as json":      {"a.json", []byte("<html>"), "page or a script"},
		"html as pdf":       {"a.pdf", []byte("<html>"), "not those of a PDF"},
		"pdf behind html":   {"a.pdf", append([]byte("<html>"), pdf("")...), "not those of a PDF"},
		"cut pdf":           {"a.pdf", []byte("%PDF-1.7\n1 0 obj"), "cut short"},
		"pdf with a script": {"a.pdf", pdf("<</S/JavaScript/JS(app.alert(1))>>"), "script"},
		"pdf that launches": {"a.pdf", pdf("<</S /Launch>>"), "program"},
		"locked pdf":        {"a.pdf", pdf("<</Encrypt 4 0 R>>"), "locked"},
		"macros":            {"a.docx", office(t, wordMain, "word/vbaProject.bin=x"), "macros"},
		"macro type":        {"a.xlsx", office(t, "application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "macros"},
		"old macros":        {"a.xlsx", office(t, workbookMain, "xl/macrosheets/sheet1.xml=x"), "macros"},
		"embedded":          {"a.docx", office(t, wordMain, "word/embeddings/oleObject1.bin=x"), "other files"},
		"controls":          {"a.xlsx", office(t, workbookMain, "xl/activeX/activeX1.xml=x"), "run"},
		"far template":      {"a.docx", office(t, wordMain, `word/_rels/settings.xml.rels=<Relationship Type="x/attachedTemplate" TargetMode="External"/>`), "template"},
		"part twice":        {"a.docx", office(t, wordMain, "word/a.xml=x", "word/A.xml=y"), "twice"},
		"workbook as word":  {"a.docx", office(t, workbookMain), "another kind"},
		"old form":          {"a.docx", []byte("\xd0\xcf\x11\xe0\xa1\xb1"), "password"},
		"plain zip":         {"a.xlsx", []byte("PK\x03\x04xxxx"), "cannot be opened"},
		"program as text":   {"a.txt", []byte("MZ\x00\x01"), "UTF-8"},
		"program as png":    {"a.png", []byte("MZ\x00\x01"), "PNG"},
		"text as mail":      {"a.eml", []byte("hello\n\nthere"), "e-mail"},
		"draft":             {"a.eml", []byte("Subject: x\n\nthere"), "no sender"},
		"bad json":          {"a.json", []byte("{"), "no JSON"},
		"empty":             {"a.pdf", nil, "empty"},
		"too long":          {"a.txt", make([]byte, MaxBytes+1), "longer"},
	} {
		if kind, err := Check(c.file, c.b); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: type %q, %v", name, kind, err)
		}
	}
}

func TestNothingLeavesAsWhatAProgramRuns(t *testing.T) {
	t.Parallel()
	for _, k := range append(Types(), "html", "") {
		switch k.Ending() {
		case ".pdf", ".docx", ".xlsx", ".csv", ".txt", ".json", ".png", ".jpg", ".bin":
		default:
			t.Errorf("%s is stored as %s", k, k.Ending())
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("a.docx", office(f, wordMain))
	f.Add("a.pdf", pdf(""))
	f.Add("a.eml", []byte(message))
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		kind, err := Check(name, b)
		if (err == nil) != (kind != "") {
			t.Errorf("type %q with error %v", kind, err)
		}
	})
}
