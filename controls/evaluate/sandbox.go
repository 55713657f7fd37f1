package evaluate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tieout/tieout/controls"
)

// RunSandboxed does what Run does, with the statements in a child process:
// argv is this program and its hidden command that calls Child. A child that
// dies, is killed or says nothing is an error.
func RunSandboxed(ctx context.Context, argv []string, in Input, item func(controls.Item) error) (*Outcome, error) {
	j, err := newJudge(&in, item)
	if err != nil {
		return nil, err
	}
	if err := runChild(ctx, argv, &in, false, j); err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	return j.outcome, j.complete()
}

func runChild(ctx context.Context, argv []string, in *Input, countOnly bool, to receiver) (err error) {
	if len(argv) == 0 {
		return errors.New("no program to run the tests with")
	}
	database, err := filepath.Abs(in.Database)
	if err != nil {
		return fmt.Errorf("find %s: %w", in.Database, err)
	}
	ask, err := json.Marshal(request{
		Database: database, Controls: in.Catalog.Controls, Params: in.Catalog.Params, TestIDs: in.TestIDs, TimeLimit: in.limit(), CountOnly: countOnly, Missing: in.missingKinds(),
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env, cmd.Dir = childEnv(), filepath.Dir(database)
	cmd.WaitDelay = 5 * time.Second
	said := &tail{}
	cmd.Stderr = said
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the process that runs the tests: %w", err)
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = stdin.Write(append(ask, '\n')) // a child that does not read says so by dying; its stdin stays open, since its end tells it to end
	}()
	err = receive(stdout, to)
	if err != nil {
		cancel()
	} else {
		_, _ = io.Copy(io.Discard, stdout)
	}
	_ = stdin.Close()
	<-sent
	waited := cmd.Wait()
	if err == nil && waited != nil {
		err = fmt.Errorf("the process that ran the tests: %w", waited)
	}
	if err != nil && ctx.Err() == nil || err != nil && said.Len() > 0 {
		return withSaid(err, said)
	}
	return err
}

func withSaid(err error, said *tail) error {
	if text := strings.TrimSpace(said.String()); text != "" {
		return fmt.Errorf("%w (it said: %.500s)", err, text)
	}
	return err
}

// childEnv is all that a child sees of the environment: where temporary files
// go. No secret of whoever runs tieout is in it.
func childEnv() []string {
	env := []string{"TZ=UTC", "LC_ALL=C"}
	for _, name := range []string{"TMPDIR", "TMP", "TEMP", "SystemRoot"} {
		if v := os.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// tail keeps the beginning of what a child says on stderr: a crash says what
// it is first.
type tail struct{ bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	if room := 4<<10 - t.Len(); room > 0 {
		t.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
