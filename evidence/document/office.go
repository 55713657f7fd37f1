package document

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	wordMain     = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	workbookMain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
	typesPart    = "[Content_Types].xml"
	maxParts     = 20_000
	maxPart      = 4 << 20 // of the parts that are read
)

func checkWord(b []byte) error     { return checkOffice(b, wordMain) }
func checkWorkbook(b []byte) error { return checkOffice(b, workbookMain) }

// refusedParts are what a file of an office program runs or starts.
var refusedParts = []struct{ part, why string }{
	{"vbaproject", "it holds macros"}, {"vbadata", "it holds macros"}, {"macrosheets/", "it holds macros"}, {"dialogsheets/", "it holds macros"},
	{"activex/", "it holds controls that run"}, {"embeddings/", "it holds other files"}, {"externallinks/", "it fetches from other files"},
}

// checkOffice takes a file of an office program with the main part, without
// anything that runs.
func checkOffice(b []byte, main string) error {
	if bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0")) {
		return errors.New("it is of the old binary form, or locked with a password: save it anew, without a password")
	}
	if !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		return errors.New("its bytes are not those of such a file")
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) > maxParts {
		return errors.New("it cannot be opened, or it has too many parts")
	}
	seen, typed := map[string]bool{}, false
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		if seen[name] {
			return fmt.Errorf("it holds the part %.80q twice", f.Name)
		}
		seen[name] = true
		for _, r := range refusedParts {
			if strings.Contains(name, r.part) {
				return fmt.Errorf("%s (%.80s): save it without", r.why, f.Name)
			}
		}
		switch {
		case f.Name == typesPart:
			typed = true
			err = checkTypes(f, main)
		case strings.HasSuffix(name, ".rels"):
			err = checkRelations(f)
		}
		if err != nil {
			return err
		}
	}
	if !typed {
		return errors.New("its bytes are not those of such a file: it does not list its parts")
	}
	return nil
}

func checkTypes(f *zip.File, main string) error {
	text, err := readPart(f)
	if err != nil {
		return err
	}
	switch {
	case bytes.Contains(bytes.ToLower(text), []byte("macroenabled")):
		return errors.New("it may hold macros: save it without")
	case !bytes.Contains(text, []byte(main)):
		return errors.New("its bytes are those of another kind of file")
	}
	return nil
}

// checkRelations refuses a template from elsewhere: the program would fetch it,
// and run what it holds.
func checkRelations(f *zip.File) error {
	text, err := readPart(f)
	if err != nil {
		return err
	}
	text = bytes.ToLower(text)
	if bytes.Contains(text, []byte("attachedtemplate")) && bytes.Contains(text, []byte(`"external"`)) {
		return errors.New("it fetches a template from elsewhere: save it without")
	}
	return nil
}

func readPart(f *zip.File) (_ []byte, err error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("its part %.80q cannot be read: %w", f.Name, err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	text, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err != nil {
		return nil, fmt.Errorf("its part %.80q cannot be read: %w", f.Name, err)
	}
	if len(text) > maxPart {
		return nil, fmt.Errorf("its part %.80q is too long", f.Name)
	}
	return text, nil
}
