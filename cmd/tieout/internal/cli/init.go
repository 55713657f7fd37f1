package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/templates"
)

func (e *env) init() *cobra.Command {
	values := map[string]*string{}
	cmd := &cobra.Command{
		Use:     "init [DIR]",
		Short:   "Write a starter workspace",
		Example: "  tieout init audit --entity 'Larkspur Lending' --from 2026-01-01 --to 2026-06-30 --zone America/New_York",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if e.dir != "" {
				dir = e.dir
			}
			if len(args) == 1 {
				dir = args[0]
			}
			for _, key := range []string{"from", "to"} {
				var d controls.Date
				if err := d.UnmarshalText([]byte(*values[key])); err != nil {
					return fmt.Errorf("--%s: %w", key, err)
				}
			}
			text := templates.Workspace
			for key, value := range values {
				text = strings.ReplaceAll(text, "<"+key+">", yamlText(*value))
			}
			abs, err := filepath.Abs(dir)
			if err != nil {
				return fmt.Errorf("write the workspace: %w", err)
			}
			if _, err := workspace.Parse(abs, []byte(text)); err != nil {
				return err
			}
			return e.writeStarter(abs, text)
		},
	}
	for _, f := range []struct{ name, value, words string }{
		{"entity", "Example Lending", "name of the service organisation"},
		{"system", "Decisioning", "name of the system described"},
		{"from", "", "first day of the period, YYYY-MM-DD"},
		{"to", "", "last day of the period, YYYY-MM-DD"},
		{"zone", "UTC", "time zone of the period's days"},
		{"component", "my-model", "id of the first AI component"},
	} {
		values[f.name] = cmd.Flags().String(f.name, f.value, f.words)
	}
	for _, required := range []string{"from", "to"} {
		if err := cmd.MarkFlagRequired(required); err != nil {
			panic(err) // the flag was made above
		}
	}
	return cmd
}

func (e *env) writeStarter(dir, text string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write the workspace: %w", err)
	}
	path := filepath.Join(dir, workspace.FileName)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already and was not touched: name another directory", path)
	}
	if err != nil {
		return fmt.Errorf("write the workspace: %w", err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(path)))
	}
	e.line("%s", path)
	e.say("next: name your components and sources in it, then make a key with 'tieout -C %s key new'", dir)
	return nil
}

// yamlText writes a value so that YAML reads it back as that text.
func yamlText(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/ ") == "" && s == strings.TrimSpace(s) && s != "" {
		return s
	}
	return strconv.Quote(s)
}
