package store

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/tieout/tieout/evidence"
)

// What is read is what PutList would have written, or an error.
func FuzzReadList(f *testing.F) {
	a, b := evidence.DigestOf([]byte("a")).String(), evidence.DigestOf([]byte("b")).String()
	for _, s := range []string{"", b + "\n" + a + "\n", a, a + "\n" + b + "\n", a + "\n\n", "\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var again bytes.Buffer
		for d, err := range readList(bytes.NewReader(text)) {
			if err != nil {
				return
			}
			fmt.Fprintf(&again, "%s\n", d)
		}
		if !bytes.Equal(again.Bytes(), text) {
			t.Fatalf("read %q as %q", text, again.Bytes())
		}
	})
}

// What is read are the lines that the frames inflate to, or an error.
func FuzzReadLines(f *testing.F) {
	enc, err := zstd.NewWriter(nil, recordsEncoding...)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"", "{}\n", "{\"a\":1}\n{\"b\":2}\n", "no end", "\n", "a\n\n"} {
		f.Add(enc.EncodeAll([]byte(s), nil))
	}
	f.Add([]byte{0x28, 0xb5, 0x2f, 0xfd})
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, blob []byte) {
		var again bytes.Buffer
		for line, err := range readLines(bytes.NewReader(blob)) {
			if err != nil {
				return
			}
			if len(line) == 0 || len(line) > MaxLine || bytes.IndexByte(line, '\n') >= 0 {
				t.Fatalf("line %.100q", line)
			}
			if again.Len() > 32<<20 {
				return // it goes on for long, in the same memory
			}
			again.Write(line)
			again.WriteByte('\n')
		}
		want, err := dec.DecodeAll(blob, nil)
		if err != nil || !bytes.Equal(again.Bytes(), want) {
			t.Fatalf("read %d bytes of %d, %v", again.Len(), len(want), err)
		}
	})
}
