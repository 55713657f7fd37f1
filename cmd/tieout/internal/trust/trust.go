// Package trust decides what a workspace may run, read and send. A workspace
// file may come from somebody else's repository, so whatever reaches beyond
// its own folder is shown first and pinned in the user's folder; until then
// the workspace is only parsed.
package trust

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
)

// Item is one thing that a workspace asks for beyond its own folder.
type Item struct {
	Source string `json:"source"`
	What   string `json:"what"` // run, secret, connect
	Detail string `json:"detail"`
}

// Digest names a list of items. An empty list needs no trust.
func Digest(items []Item) evidence.Digest {
	var lines []string
	for _, i := range items {
		lines = append(lines, string(evidence.LengthPrefixed(i.Source, i.What, i.Detail)))
	}
	slices.Sort(lines)
	return evidence.DigestOf(evidence.LengthPrefixed(lines...))
}

type pin struct {
	Workspace string          `json:"workspace"`
	Items     evidence.Digest `json:"items_sha256"`
}

// ErrUntrusted is the error of a workspace that asks for more than was pinned.
var ErrUntrusted = errors.New("this workspace asks for things outside its folder that were not allowed yet: look at them with 'tieout trust', then allow them with 'tieout trust --yes'")

func pinPath(dir string) (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for trust: %w", err)
	}
	return filepath.Join(config, "tieout", "trust", evidence.DigestOf([]byte(dir)).String()[:32]+".json"), nil
}

// Check returns ErrUntrusted unless exactly these items were pinned for the
// workspace in dir, or there are none.
func Check(dir string, items []Item) error {
	if len(items) == 0 {
		return nil
	}
	path, err := pinPath(dir)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrUntrusted
	}
	if err != nil {
		return fmt.Errorf("read what was allowed: %w", err)
	}
	var p pin
	if err := json.Unmarshal(b, &p); err != nil {
		return fmt.Errorf("read what was allowed, %s: %w", path, err)
	}
	if p.Workspace != dir || p.Items != Digest(items) {
		return ErrUntrusted
	}
	return nil
}

// Pin allows exactly these items for the workspace in dir.
func Pin(dir string, items []Item) error {
	path, err := pinPath(dir)
	if err != nil {
		return err
	}
	b, err := json.Marshal(pin{dir, Digest(items)})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("allow: %w", err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("allow: %w", err)
	}
	return nil
}

// Secret returns the item of a secret that goes to a place, or nothing for a
// value that is no reference.
func Secret(source, ref, place string) []Item {
	switch {
	case strings.HasPrefix(ref, "exec:"):
		return []Item{{source, "run", strings.TrimPrefix(ref, "exec:")}, {source, "secret", ref + " → " + place}}
	case strings.HasPrefix(ref, "env:"), strings.HasPrefix(ref, "file:"):
		return []Item{{source, "secret", ref + " → " + place}}
	}
	return nil
}
