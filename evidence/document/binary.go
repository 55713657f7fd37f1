package document

import (
	"bytes"
	"errors"
	"fmt"
)

// names in a PDF that run something, or lock it. They are found where they
// stand in the open; what is packed is not looked into.
var refusedInPDF = []struct{ name, why string }{
	{"/Encrypt", "it is locked: save it without a password or protection"},
	{"/JavaScript", "it holds a script: print it to PDF again"},
	{"/Launch", "it starts a program: print it to PDF again"},
	{"/RichMedia", "it holds something that plays: print it to PDF again"},
}

func checkPDF(b []byte) error {
	if !bytes.HasPrefix(b, []byte("%PDF-")) {
		return errors.New("its bytes are not those of a PDF")
	}
	if !bytes.Contains(b[max(0, len(b)-4096):], []byte("%%EOF")) {
		return errors.New("it has no end: it was cut short")
	}
	for _, r := range refusedInPDF {
		for rest := b; ; {
			i := bytes.Index(rest, []byte(r.name))
			if i < 0 {
				break
			}
			rest = rest[i+len(r.name):]
			if len(rest) == 0 || !regular(rest[0]) { // the name ends here
				return errors.New(r.why)
			}
		}
	}
	return nil
}

// regular reports whether a name of PDF goes on with the byte.
func regular(c byte) bool {
	return c > ' ' && c < 0x7f && !bytes.ContainsRune([]byte("()<>[]{}/%"), rune(c))
}

func checkPNG(b []byte) error { return begins(b, "\x89PNG\r\n\x1a\n", "PNG picture") }

func checkJPEG(b []byte) error { return begins(b, "\xff\xd8\xff", "JPEG picture") }

func begins(b []byte, magic, what string) error {
	if !bytes.HasPrefix(b, []byte(magic)) {
		return fmt.Errorf("its bytes are not those of a %s", what)
	}
	return nil
}
