package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence/secret"

	"github.com/tieout/tieout/evidence/logfile"
)

const (
	maxSecret  = 64 << 10
	execAtMost = 10 * time.Second
)

// resolveSecret reads what a reference stands for: env:NAME, file:PATH, or
// exec:ARGV with an absolute program and no shell. The caller has seen to it
// that the workspace is trusted with exactly this reference.
func resolveSecret(ctx context.Context, dir, ref string) (secret.Value, error) {
	kind, rest, ok := strings.Cut(ref, ":")
	if !ok || rest == "" {
		return secret.Value{}, errors.New("a secret is a reference: env:NAME, file:PATH or exec:/absolute/program ARG")
	}
	switch kind {
	case "env":
		v, set := os.LookupEnv(rest)
		if !set || v == "" {
			return secret.Value{}, fmt.Errorf("%s: the variable is not set", ref)
		}
		return secret.New(v), nil
	case "file":
		return secretFile(dir, ref, rest)
	case "exec":
		return secretProgram(ctx, ref, strings.Fields(rest))
	}
	return secret.Value{}, fmt.Errorf("%q is no reference: use env:NAME, file:PATH or exec:/absolute/program ARG", kind+":…")
}

func secretFile(dir, ref, path string) (secret.Value, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	f, err := logfile.OpenRegular(path)
	if err != nil {
		return secret.Value{}, fmt.Errorf("%s: %w", ref, err)
	}
	defer func() { _ = f.Close() }() // only read from
	return readSecret(ref, f)
}

func readSecret(ref string, r io.Reader) (secret.Value, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxSecret+1))
	if err != nil {
		return secret.Value{}, fmt.Errorf("%s: %w", ref, err)
	}
	if len(b) > maxSecret {
		return secret.Value{}, fmt.Errorf("%s: it is longer than %d bytes", ref, maxSecret)
	}
	text := strings.TrimRight(string(b), "\r\n")
	if text == "" {
		return secret.Value{}, fmt.Errorf("%s: it is empty", ref)
	}
	return secret.New(text), nil
}

// secretProgram asks a program, such as a password manager's. It gets a home
// and a path and nothing else of our environment.
func secretProgram(ctx context.Context, ref string, argv []string) (secret.Value, error) {
	if len(argv) == 0 || !filepath.IsAbs(argv[0]) {
		return secret.Value{}, fmt.Errorf("%s: name the program by its absolute path", ref)
	}
	ctx, stop := context.WithTimeout(ctx, execAtMost)
	defer stop()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = []string{"HOME=" + os.Getenv("HOME"), "PATH=/usr/bin:/bin"}
	cmd.WaitDelay = time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return secret.Value{}, fmt.Errorf("%s: %w", ref, err)
	}
	if err := cmd.Start(); err != nil {
		return secret.Value{}, fmt.Errorf("%s: %w", ref, err)
	}
	v, readErr := readSecret(ref, out)
	if err := cmd.Wait(); err != nil {
		return secret.Value{}, fmt.Errorf("%s: the program ended with %w", ref, err)
	}
	return v, readErr
}
