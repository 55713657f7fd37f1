package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/integrity/formats"
)

// logFlags are what a log is verified against.
type logFlags struct {
	profile, from, to, require string
	keys, anchors              []string
	threshold                  int
	noSeals                    bool
	maxGap                     time.Duration
	json                       bool
}

func (e *env) verifyLog() *cobra.Command {
	var f logFlags
	cmd := &cobra.Command{
		Use:   "log PATH...",
		Short: "Check tamper-evident logs offline",
		Long: "Checks files, directories and rotated sets, and says on five axes what the log shows and what it cannot show.\n" +
			"It needs no workspace. Without --profile the format is found from the first record.\n" +
			"Transparency logs as tiles (a folder with checkpoint and tile/), proofs (.tlog-proof), time-stamp tokens (.tsr, .tst)\n" +
			"and DSSE envelopes are recognised too; a proof or token is about the file of that name without the ending. So is a folder\n" +
			"with a copy of the bucket to which AWS CloudTrail delivers; --key then names keys as 'aws cloudtrail list-public-keys'\n" +
			"prints them. docs/log-profiles.md says what to copy.\n" +
			"Inside a workspace, or with -C, earlier seals of the log ('tieout seal') are held against it: an end that was cut off and a log that\n" +
			"was written anew are found then.",
		Example: "  tieout verify log logs/*.jsonl.zst --key log-witness.pub\n" +
			"  tieout verify log audit.jsonl --profile litellm-asqav/1 --from 2026-01-01T00:00:00Z --to 2026-07-01T00:00:00Z --json\n" +
			"  tieout verify log bucket --key cloudtrail-keys.json --from 2026-01-01T00:00:00Z --to 2026-07-01T00:00:00Z\n" +
			"  tieout verify log tiles --key log.vkey --key witness.vkey --anchor checkpoint-of-january\n" +
			"  tieout verify log checkpoint.tsr --key tsa-root.pem\n" +
			"  tieout verify log logs --require anchored",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			if err := e.priorSeals(cmd.Context(), args, &f, o); err != nil {
				return err
			}
			return e.checkLog(cmd.Context(), args, &f, o)
		},
	}
	cmd.Flags().StringVar(&f.profile, "profile", "", "how the log protects itself: a profile's `ID`, a file with one (.yaml), or a format such as cloudtrail/1")
	cmd.Flags().StringArrayVar(&f.keys, "key", nil, "`[NAME=]FILE` with a public key, a certificate, a verifier key, a shared secret or CloudTrail's list of keys; may be repeated")
	cmd.Flags().StringArrayVar(&f.anchors, "anchor", nil, "`FILE` with an older checkpoint that you kept: the log must begin with what it counts; may be repeated")
	cmd.Flags().IntVar(&f.threshold, "threshold", 1, "DSSE: how many of the keys must have signed each envelope")
	cmd.Flags().BoolVar(&f.noSeals, "no-seals", false, "leave the seals of the workspace out")
	cmd.Flags().StringVar(&f.from, "from", "", "first moment of the period asked for, RFC 3339 with a zone")
	cmd.Flags().StringVar(&f.to, "to", "", "first moment after it")
	cmd.Flags().DurationVar(&f.maxGap, "max-gap", 0, "silences longer than this are reported (default: the profile's)")
	cmd.Flags().StringVar(&f.require, "require", "", "exit 1 unless the log is signed, anchored or complete")
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
	return cmd
}

func (f *logFlags) options() (*formats.Options, error) {
	o := &formats.Options{Options: integrity.Options{MaxGap: f.maxGap, Now: app.SystemClock()}, Threshold: f.threshold}
	if f.threshold < 1 {
		return nil, fmt.Errorf("--threshold %d: at least one key must have signed", f.threshold)
	}
	if f.require != "" && !has(integrity.Requirements(), f.require) {
		return nil, fmt.Errorf("--require %q: want %s", f.require, strings.Join(integrity.Requirements(), ", "))
	}
	if (f.from == "") != (f.to == "") {
		return nil, fmt.Errorf("a period needs both --from and --to")
	}
	if f.from != "" {
		var w evidence.Window
		var err error
		if w.From, err = evidence.ParseInstant(f.from); err != nil {
			return nil, fmt.Errorf("--from: %w", err)
		}
		if w.To, err = evidence.ParseInstant(f.to); err != nil {
			return nil, fmt.Errorf("--to: %w", err)
		}
		if w.To <= w.From {
			return nil, fmt.Errorf("--to %s does not come after --from %s", w.To, w.From)
		}
		o.Period = &w
	}
	for _, k := range f.keys {
		name, path, named := strings.Cut(k, "=")
		if !named {
			name, path = "", k
		}
		content, err := readSmall(path)
		if err != nil {
			return nil, fmt.Errorf("--key: %w", err)
		}
		if err := o.AddKey(name, path, content); err != nil {
			return nil, fmt.Errorf("--key: %w", err)
		}
	}
	for _, path := range f.anchors {
		text, err := readSmall(path)
		if err != nil {
			return nil, fmt.Errorf("--anchor: %w", err)
		}
		o.Kept = append(o.Kept, formats.Kept{Name: path, Text: text})
	}
	return o, f.readProfile(o)
}

// priorSeals adds the seals of the workspace, if there is one. Seals that cannot
// be looked at are an error, never left out.
func (e *env) priorSeals(ctx context.Context, paths []string, f *logFlags, o *formats.Options) error {
	if f.noSeals {
		return nil
	}
	ws, err := e.workspace()
	if errors.Is(err, workspace.ErrNone) && e.dir == "" {
		return nil
	}
	if err == nil {
		o.Seals, o.SealName, err = app.PriorSeals(ctx, ws)
	}
	if err != nil {
		return fmt.Errorf("look for earlier seals of the log (--no-seals leaves them out): %w", err)
	}
	o.Beside = app.BesideOf(paths)
	o.Within, o.Gone = app.SealedPlaces(ws, paths)
	o.AsNamed = func(name string) string { return app.AsNamed(ws, name) }
	return nil
}

func (f *logFlags) readProfile(o *formats.Options) (err error) {
	switch {
	case f.profile == "":
	case formats.IsOwn(f.profile):
		o.Format = f.profile
	case strings.HasSuffix(f.profile, ".yaml") || strings.HasSuffix(f.profile, ".yml"):
		var src []byte
		if src, err = readSmall(f.profile); err == nil {
			o.Profile, err = integrity.LoadProfile(f.profile, src)
		}
	default:
		o.Profile, err = integrity.Preset(f.profile)
	}
	if err != nil {
		return fmt.Errorf("--profile: %w", err)
	}
	return nil
}

func (e *env) checkLog(ctx context.Context, paths []string, f *logFlags, o *formats.Options) error {
	if file, ok := e.err.(*os.File); ok && isTerminal(file) && !e.quiet && !f.json {
		o.Progress = progressLine(e.err, app.SystemClock)
	}
	report, err := formats.Verify(ctx, paths, *o)
	if partial := (*integrity.Interrupted)(nil); errors.As(err, &partial) {
		return e.partialAnswer(partial, f.json)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	if f.json {
		err = e.json(report)
	} else {
		err = report.Text(e.out)
	}
	if err != nil {
		return err
	}
	if f.require != "" {
		ok, err := report.Meets(f.require)
		if err != nil {
			return err
		}
		if !ok {
			return &exitError{code: ExitFailed, err: fmt.Errorf("--require %s is not met: the report says what is missing", f.require)}
		}
	}
	return exit(report.Verdict.ExitCode())
}

// partialAnswer prints what had been seen when the check was interrupted. It is
// no verdict, and looks like none.
func (e *env) partialAnswer(p *integrity.Interrupted, asJSON bool) error {
	if asJSON {
		err := e.json(struct {
			Schema  string `json:"schema"`
			GivenUp bool   `json:"interrupted"`
			*integrity.Interrupted
		}{"tieout/log-partial/v1", true, p})
		return errors.Join(err, p)
	}
	e.line("interrupted: %d records in %d of %d files were looked at; this is no verdict, and nothing is said of the rest", p.Records, p.Done, p.Files)
	for _, c := range slices.Sorted(maps.Keys(p.Counts)) {
		e.line("  found so far: %-26s %d", c, p.Counts[c])
	}
	return p
}
