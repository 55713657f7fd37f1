package bundle

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// TestASealedPackageOpensForEachRecipient encrypts to two auditors and verifies
// what each of them decrypts.
func TestASealedPackageOpensForEachRecipient(t *testing.T) {
	t.Parallel()
	one, two, other := must(age.GenerateX25519Identity()), must(age.GenerateX25519Identity()), must(age.GenerateX25519Identity())
	in := theWorld().input(t)
	plain := must(os.ReadFile(written(t, in)))
	in = theWorld().input(t)
	in.Seal = func(w io.Writer) (io.WriteCloser, error) { return age.Encrypt(w, one.Recipient(), two.Recipient()) }
	path := written(t, in)
	sealed := must(os.ReadFile(path))
	if bytes.Contains(sealed, []byte("deployment_id")) || !bytes.HasPrefix(sealed, []byte("age-encryption.org/v1\n")) {
		t.Fatal("it can be read by everybody")
	}
	for _, id := range []age.Identity{one, two} {
		r, err := age.Decrypt(bytes.NewReader(sealed), id)
		if err != nil {
			t.Fatal(err)
		}
		if got := must(io.ReadAll(r)); !bytes.Equal(got, plain) {
			t.Error("what was decrypted is another package")
		}
	}
	if _, err := age.Decrypt(bytes.NewReader(sealed), other); err == nil {
		t.Error("somebody else can open it")
	}
}

// A package that could not be encrypted to its end is not there.
func TestWhatCannotBeSealedIsNotWritten(t *testing.T) {
	t.Parallel()
	in := theWorld().input(t)
	in.Seal = func(io.Writer) (io.WriteCloser, error) { return unfinished{}, nil }
	name := filepath.Join(t.TempDir(), "package.zip.age")
	if _, err := Write(t.Context(), name, in); err == nil || !strings.Contains(err.Error(), "no last block") {
		t.Errorf("it is written although it could not be sealed: %v", err)
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("it is there")
	}
	in.Dir = true
	if _, err := Write(t.Context(), name, in); err == nil {
		t.Error("a folder is taken for encrypted")
	}
}

type unfinished struct{}

func (unfinished) Write(p []byte) (int, error) { return len(p), nil }
func (unfinished) Close() error                { return errors.New("no last block") }
