package cli

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tieout/tieout/evidence/integrity/rfc3161/tsatest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"tieout": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts drives the program as its users do. Each script has a home of
// its own, so that nothing is remembered from one to the next.
func TestScripts(t *testing.T) {
	t.Parallel()
	vectors, err := filepath.Abs("../../../../evidence/integrity") // logs by other programs
	if err != nil {
		t.Fatal(err)
	}
	tsa, err := tsatest.New(time.Date(2026, 7, 20, 8, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	authority := httptest.NewServer(tsa)
	t.Cleanup(authority.Close)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			e.Setenv("HOME", home)
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
			e.Setenv("AppData", home)
			e.Setenv("INTEGRITY", vectors)
			e.Setenv("TSA", authority.URL)
			if err := os.WriteFile(filepath.Join(e.WorkDir, "tsa.pem"), tsa.PEM(), 0o600); err != nil {
				return err
			}
			return os.MkdirAll(home, 0o700)
		},
	})
}
