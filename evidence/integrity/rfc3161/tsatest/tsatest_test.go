package tsatest

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence/integrity/rfc3161"
)

// What the authority makes, the verifier and openssl take.
func TestItsTokensHold(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	a, err := New(at)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a)
	defer server.Close()
	data := []byte("what is stamped\n")
	sum := sha256.Sum256(data)
	o := rfc3161.Options{Roots: []*x509.Certificate{a.Root}}
	tok, answer, err := rfc3161.Request(t.Context(), server.Client(), server.URL, crypto.SHA256, sum[:], o)
	if err != nil || !tok.Time.Equal(at) {
		t.Fatal(tok, err)
	}
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed here: that it takes these tokens was NOT tested")
	}
	dir := t.TempDir()
	for name, b := range map[string][]byte{"data": data, "root.pem": a.PEM(), "timestamp.tsr": answer} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), openssl, "ts", "-verify", "-in", "timestamp.tsr", "-data", "data", "-CAfile", "root.pem")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("openssl: %v\n%s", err, out)
	}
}
