package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
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
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			e.Setenv("HOME", home)
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
			e.Setenv("AppData", home)
			e.Setenv("INTEGRITY", vectors)
			return os.MkdirAll(home, 0o700)
		},
	})
}
