package bundle

import (
	"os"
	"testing"
)

// worldDir is where the world's files are, once it is made.
var worldDir string

func TestMain(m *testing.M) {
	code := m.Run()
	if worldDir != "" {
		_ = os.RemoveAll(worldDir) // what is left of a test is no failure of it
	}
	os.Exit(code)
}
