//go:build linux

package evaluate

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

func init() { mains["evaluate-glutton"] = glutton }

// glutton limits itself and then takes more than it may. It returns 0 if it
// got it.
func glutton(args []string) int {
	if err := limitSelf(); err != nil {
		fmt.Println(err)
		return 3
	}
	switch args[0] {
	case "memory":
		var kept [][]byte
		for range 40 {
			kept = append(kept, bytes.Repeat([]byte{1}, 64<<20))
		}
		fmt.Println(len(kept))
	case "file":
		f, err := os.Create(filepath.Join(args[1], "large"))
		if err == nil {
			_, err = f.WriteAt([]byte{1}, fileBudget)
		}
		if err != nil {
			fmt.Println(err)
			return 1
		}
	}
	return 0
}

// TestAChildIsBounded starts this binary as one that limits itself and then
// asks for more.
func TestAChildIsBounded(t *testing.T) {
	t.Parallel()
	for want, says := range map[string]*regexp.Regexp{
		"memory": regexp.MustCompile("out of memory|failed to allocate"), // the second by the race detector
		"file":   regexp.MustCompile("file too large"),
	} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "evaluate-glutton", want, t.TempDir())
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Run(); err == nil || !says.MatchString(said.String()) {
			t.Errorf("%s: %v, and it said %.300s", want, err, said.String())
		}
	}
}
