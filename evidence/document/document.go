// Package document says what files people may hand in as evidence: documents
// that somebody reads, and nothing that a program would run. It looks at names
// and bytes, and writes nothing.
//
// What it refuses is what it recognises. It unpacks no stream inside a PDF and
// judges no picture: a document that is kept is one to be read with care.
package document

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Type is what a document is.
type Type string

// The types that are taken.
const (
	PDF      Type = "pdf"
	Word     Type = "docx"
	Workbook Type = "xlsx"
	CSV      Type = "csv"
	Text     Type = "txt"
	Markdown Type = "md"
	JSON     Type = "json"
	PNG      Type = "png"
	JPEG     Type = "jpg"
	Mail     Type = "eml"
)

// Types lists the types in the order in which they are told.
func Types() []Type {
	return []Type{PDF, Word, Workbook, CSV, Text, Markdown, JSON, PNG, JPEG, Mail}
}

// MaxBytes bounds a document.
const MaxBytes = 64 << 20

var checks = map[Type]func([]byte) error{
	PDF: checkPDF, Word: checkWord, Workbook: checkWorkbook, PNG: checkPNG, JPEG: checkJPEG,
	CSV: checkText, Text: checkText, Markdown: checkText, JSON: checkJSON, Mail: checkMail,
}

// Check returns the type of a document, or why it is not taken: its name ends
// in none of the types, or its bytes are not of the type that the name states,
// or they hold what a program would run.
func Check(name string, b []byte) (Type, error) {
	t := Type(strings.ToLower(strings.TrimPrefix(filepath.Ext(name), ".")))
	if t == "jpeg" {
		t = JPEG
	}
	if !slices.Contains(Types(), t) {
		return "", fmt.Errorf("%q is no type of document that is taken: want one of %s; print it to PDF, or save it without macros", filepath.Ext(name), typeList())
	}
	switch {
	case len(b) == 0:
		return "", errors.New("it is empty")
	case len(b) > MaxBytes:
		return "", fmt.Errorf("it is longer than %d MiB: put the part that matters into a document of its own", MaxBytes>>20)
	}
	if err := checks[t](b); err != nil {
		return "", fmt.Errorf("its name says %s: %w", t, err)
	}
	return t, nil
}

func typeList() string {
	var out []string
	for _, t := range Types() {
		out = append(out, string(t))
	}
	return strings.Join(out, ", ")
}

// Ending is how the name of a document of the type ends in a package. What a
// program might take for more than text is stored as text; a type that is not
// known is stored as bytes.
func (t Type) Ending() string {
	switch t {
	case PDF, Word, Workbook, CSV, Text, JSON, PNG, JPEG:
		return "." + string(t)
	case Markdown, Mail:
		return ".txt"
	}
	return ".bin"
}
