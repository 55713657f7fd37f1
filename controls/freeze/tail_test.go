package freeze

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestAFileIsReadWhileItGrows(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.jsonl")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	grown, want := newTail(), []byte{}
	go func() {
		for i := range 1000 {
			line := bytes.Repeat([]byte{'a' + byte(i%26)}, i%97)
			if _, err := io.MultiWriter(file, grown).Write(line); err != nil {
				t.Error(err)
			}
		}
		grown.end(nil)
		grown.end(errNotWritten) // too late: the file is whole
	}()
	for i := range 1000 {
		want = append(want, bytes.Repeat([]byte{'a' + byte(i%26)}, i%97)...)
	}
	got, err := io.ReadAll(&tailReader{tail: grown, path: path})
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, want %d: %v", len(got), len(want), err)
	}
}

func TestAFileThatIsNotFinishedIsNotReadToAnEnd(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.jsonl")
	if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	unfinished := newTail()
	_, _ = unfinished.Write([]byte("half"))
	unfinished.end(errNotWritten)
	if _, err := io.ReadAll(&tailReader{tail: unfinished, path: path}); !errors.Is(err, errNotWritten) {
		t.Errorf("half a file passes for a whole one: %v", err)
	}
	cut := newTail()
	_, _ = cut.Write([]byte("half and more"))
	cut.end(nil)
	if _, err := io.ReadAll(&tailReader{tail: cut, path: path}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that lost its end passes for a whole one: %v", err)
	}
}
