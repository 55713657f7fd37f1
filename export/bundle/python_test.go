package bundle

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tieout/tieout/evidence/ledger"
)

// python is the interpreter itself, or "" where there is none.
var python = sync.OnceValue(func() string {
	out, err := exec.CommandContext(context.Background(), "python3", "-I", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
})

// runPython verifies with verify.py and returns its verdict and what it printed.
func runPython(t testing.TB, path string, key string) (Verdict, string) {
	t.Helper()
	script := filepath.Join(t.TempDir(), "verify.py")
	if err := os.WriteFile(script, Verifier, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-I", "-S", script, path}
	if key != "" {
		args = append(args, key)
	}
	out, err := exec.CommandContext(t.Context(), python(), args...).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return Valid, string(out)
	case !errors.As(err, &exit):
		t.Fatal(err)
	case exit.ExitCode() == 1 && strings.Contains(string(out), "VERDICT INVALID"):
		return Invalid, string(out)
	case exit.ExitCode() == 6:
		return Indeterminate, string(out)
	}
	t.Fatalf("verify.py: %v\n%s", err, out)
	return "", ""
}

func needsPython(t testing.TB) {
	t.Helper()
	if python() == "" {
		t.Skip("NO PYTHON: python3 is not installed here, so verify.py was NOT tested against the verifier")
	}
}

func TestThePythonVerifierAgreesOnASoundPackage(t *testing.T) {
	t.Parallel()
	needsPython(t)
	key := keyring(t, 7).VerifierKey(ledger.RoleManifest)
	for _, dir := range []bool{false, true} {
		in := theWorld().input(t)
		in.Dir = dir
		path := written(t, in)
		for k, want := range map[string]Verdict{key: Valid, "": Indeterminate, keyring(t, 8).VerifierKey(ledger.RoleManifest): Indeterminate, keyring(t, 7).VerifierKey(ledger.RoleCheckpoint): Indeterminate} {
			if got, said := runPython(t, path, k); got != want {
				t.Errorf("folder %v, key %q: %s, want %s\n%s", dir, k, got, want, said)
			}
		}
	}
}

func TestThePythonVerifierIsSmall(t *testing.T) {
	t.Parallel()
	if n := strings.Count(string(Verifier), "\n"); n > 300 {
		t.Errorf("verify.py has %d lines: an auditor is to read it whole", n)
	}
}
