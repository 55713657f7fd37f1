package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/logfile"
	"github.com/tieout/tieout/evidence/strictyaml"
)

func (e *env) profile() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profile",
		Short: "Log formats: list them, show one, check your own, find the one that fits",
		Long: "A profile describes how a log protects its records. docs/log-profiles.md says how to write one; it runs nothing and holds no key.\n" +
			"None of these commands needs a workspace.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(e.profileList(), e.profileShow(), e.profileCheck(), e.profileDetect())
	return cmd
}

// profileDoc is a profile as scripts read it.
type profileDoc struct {
	ID         string             `json:"id"`
	Title      string             `json:"title"`
	Words      string             `json:"words,omitempty"`
	SHA256     string             `json:"sha256"`
	Builtin    bool               `json:"builtin"`
	Detected   bool               `json:"detected"` // found by a log's first record
	Protection string             `json:"protection"`
	Remarks    []integrity.Remark `json:"remarks"`
	Text       string             `json:"text,omitempty"`
}

func profileOf(p *integrity.Profile) profileDoc {
	return profileDoc{
		ID: p.ID, Title: p.Title, Words: p.Words, SHA256: p.SHA256.String(), Builtin: p.Builtin, Detected: p.Detected(), Protection: p.Protection(),
		Remarks: append([]integrity.Remark{}, p.Remarks()...),
	}
}

func (e *env) profileList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the formats that are built in, and what protects each",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			docs := []profileDoc{}
			for _, p := range integrity.Presets() {
				docs = append(docs, profileOf(p))
			}
			if asJSON {
				return e.json(struct {
					Schema   string       `json:"schema"`
					Profiles []profileDoc `json:"profiles"`
				}{"tieout/profiles/v1", docs})
			}
			for _, d := range docs {
				found := ""
				if !d.Detected {
					found = " (name it with --profile)"
				}
				e.line("%-22s %-52s %s%s", d.ID, d.Title, d.Protection, found)
			}
			e.line("\n%d formats; 'tieout profile show ID' prints one as YAML", len(docs))
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) profileShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "Print a format that is built in, as YAML to start your own from",
		Example: "  tieout profile show litellm-asqav\n  tieout profile show generic-jcs > own.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := integrity.Preset(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				d := profileOf(p)
				d.Text = p.Text
				return e.json(struct {
					Schema string `json:"schema"`
					profileDoc
				}{"tieout/profile/v1", d})
			}
			_, err = e.out.Write([]byte(p.Text))
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with what a log of this format cannot show")
	return cmd
}

// mistakeDoc is one mistake in a profile.
type mistakeDoc struct {
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Words  string `json:"words"`
}

func (e *env) profileCheck() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Check a profile of your own, and say what its logs cannot show",
		Long: "Mistakes are named with line and column, and end with exit code 1. Remarks are no mistakes: they say what a log of this format cannot show,\n" +
			"such as texts that are joined without their lengths, or members that no hash covers.",
		Example: "  tieout profile check own.yaml\n  tieout verify log audit.jsonl --profile own.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			src, err := readSmall(args[0])
			if err != nil {
				return fmt.Errorf("profile check: %w", err)
			}
			p, err := integrity.LoadProfile(args[0], src)
			if asJSON {
				return e.profileReport(args[0], p, err)
			}
			if err != nil {
				e.line("%v", err)
				e.say("tieout: docs/log-profiles.md says what each key means")
				return exit(ExitFailed)
			}
			for _, r := range p.Remarks() {
				at := args[0]
				if r.Line > 0 {
					at = fmt.Sprintf("%s:%d:%d", args[0], r.Line, r.Column)
				}
				e.line("%s: %s: %s", plain(at), r.Code, r.Words)
			}
			e.line("%s: no mistake was found; %s, protected by %s", plain(args[0]), p.ID, p.Protection())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) profileReport(file string, p *integrity.Profile, err error) error {
	out := struct {
		Schema   string       `json:"schema"`
		File     string       `json:"file"`
		Valid    bool         `json:"valid"`
		Mistakes []mistakeDoc `json:"mistakes"`
		Profile  *profileDoc  `json:"profile,omitempty"`
	}{"tieout/profile-check/v1", file, err == nil, []mistakeDoc{}, nil}
	if err != nil {
		for _, one := range allOf(err) {
			m := mistakeDoc{Words: one.Error()}
			if at := (*strictyaml.Problem)(nil); errors.As(one, &at) {
				m = mistakeDoc{at.Line, at.Column, at.What}
			}
			out.Mistakes = append(out.Mistakes, m)
		}
	} else {
		d := profileOf(p)
		out.Profile = &d
	}
	if err := e.json(out); err != nil {
		return err
	}
	if !out.Valid {
		return exit(ExitFailed)
	}
	return nil
}

// allOf takes joined errors apart.
func allOf(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

func (e *env) profileDetect() *cobra.Command {
	var asJSON bool
	var own []string
	cmd := &cobra.Command{
		Use:   "detect FILE...",
		Short: "Name the formats that fit a file by its first record, and why not the others",
		Long: "Looks at the first record only: at its members, and whether its own hash comes out. That is no check of the log.\n" +
			"Exit code 1 means that for one of the files nothing fits.",
		Example: "  tieout profile detect audit.jsonl\n  tieout profile detect audit.jsonl --profile own.yaml --json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var more []*integrity.Profile
			for _, name := range own {
				src, err := readSmall(name)
				if err != nil {
					return fmt.Errorf("--profile: %w", err)
				}
				p, err := integrity.LoadProfile(name, src)
				if err != nil {
					return fmt.Errorf("--profile: %w", err)
				}
				more = append(more, p)
			}
			refs, _, err := logfile.Paths(args...).List(cmd.Context())
			if err != nil {
				return err
			}
			if len(refs) == 0 {
				return integrity.ErrNothing
			}
			var looks []*integrity.Look
			for _, r := range refs {
				l, err := integrity.LookAt(r, more...)
				if err != nil {
					return err
				}
				looks = append(looks, l)
			}
			if asJSON {
				err = e.json(struct {
					Schema string            `json:"schema"`
					Files  []*integrity.Look `json:"files"`
				}{"tieout/profile-detect/v1", looks})
			} else {
				e.printLooks(looks)
			}
			if err != nil {
				return err
			}
			for _, l := range looks {
				if len(l.Fits) == 0 {
					return exit(ExitFailed)
				}
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&own, "profile", nil, "hold this `FILE` with a profile of your own against it too; may be repeated")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

var firstHashWords = map[string]string{
	"holds": "the first record's hash comes out", "does_not_hold": "but the first record's hash does not come out", "not_checkable": "its first record has no hash that can be checked alone",
}

func (e *env) printLooks(looks []*integrity.Look) {
	for i, l := range looks {
		if i > 0 {
			e.line("")
		}
		switch {
		case l.Profile != "":
			e.line("%s: %s", plain(l.Path), l.Profile)
		case len(l.Fits) > 0:
			e.line("%s: none is found by its members; %s fits, and must be named", plain(l.Path), l.Fits[0].ID)
		default:
			e.line("%s: no format fits; if it has hashes, describe them in a profile (docs/log-profiles.md), if it has none, 'tieout seal' covers it", plain(l.Path))
		}
		for _, c := range l.Fits {
			e.line("  fits  %-22s %s", c.ID, firstHashWords[c.Hash])
		}
		for _, c := range l.Others {
			for _, why := range c.Why {
				e.line("  not   %-22s %s", c.ID, plain(why))
			}
		}
	}
}
