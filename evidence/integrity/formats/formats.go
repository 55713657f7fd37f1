// Package formats checks logs of every format that tieout reads: those that a
// profile describes, and those that have a verifier of their own.
//
// It finds out which is which: a directory with a checkpoint and tiles, a copy
// of the bucket that AWS CloudTrail fills, a proof (.tlog-proof), a time-stamp token (.tsr, .tst), DSSE envelopes. What a proof
// or a token is about is the file of the same name without that ending.
package formats

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/integrity/cloudtrail"
	"github.com/tieout/tieout/evidence/integrity/dsse"
	"github.com/tieout/tieout/evidence/integrity/rfc3161"
	"github.com/tieout/tieout/evidence/integrity/tlog"
	"github.com/tieout/tieout/evidence/logfile"
)

// own are the formats that no profile describes.
var own = []string{tlog.Format, tlog.ProofFormat, dsse.Format, rfc3161.Format, cloudtrail.Profile}

// IsOwn reports whether a name, asked for as a profile, is that of a format with
// a verifier of its own.
func IsOwn(name string) bool { return slices.Contains(own, name) }

// Kept is a checkpoint that was kept outside of the log.
type Kept struct {
	Name string
	Text []byte
}

// Options say how logs are checked.
type Options struct {
	integrity.Options

	Format     string          // one for which IsOwn holds; "": found
	Kept       []Kept          // checkpoints from before
	Threshold  int             // how many distinct keys must have signed a DSSE envelope; 0: one
	CloudTrail cloudtrail.Keys // of AWS, by fingerprint
}

// Verify checks the files and directories named. A log that does not hold is a
// verdict; an error is a check that could not be made.
func Verify(ctx context.Context, paths []string, o Options) (*integrity.Report, error) {
	v := &verifier{o: o, used: make([]bool, len(o.Kept)), report: &integrity.Report{Schema: integrity.ReportSchema, Period: o.Period}}
	for _, k := range o.Kept {
		a, err := tlog.ReadAnchor(k.Name, k.Text, o.Keys)
		if err != nil {
			return nil, err
		}
		v.anchors = append(v.anchors, a)
	}
	var rest []string
	for _, p := range paths {
		others, err := v.path(ctx, p)
		if err != nil {
			return nil, err
		}
		rest = append(rest, others...)
	}
	if err := v.others(ctx, rest); err != nil {
		return nil, err
	}
	var verdicts []integrity.Verdict
	for _, l := range v.report.Logs {
		verdicts = append(verdicts, l.Verdict)
	}
	v.report.Verdict = integrity.Worst(verdicts...)
	return v.report, nil
}

type verifier struct {
	o       Options
	anchors []tlog.Anchor
	used    []bool // anchors of logs that were checked
	report  *integrity.Report
}

func (v *verifier) tlogOptions(name string) tlog.Options {
	t := tlog.Options{Keys: v.o.Keys, Anchors: v.anchors, Period: v.o.Period, Now: v.o.Now}
	if v.o.Progress != nil {
		t.Progress = func(bytes int64) { v.o.Progress(integrity.Progress{File: name, Files: 1, Bytes: bytes}) }
	}
	return t
}

func (v *verifier) add(l *integrity.Log) {
	if v.o.Period != nil && (l.Profile == tlog.ProofFormat || l.Profile == rfc3161.Format) {
		l.NotShown = append(l.NotShown, "That anything covers the period asked for: this speaks of one thing, not of a stretch of time.")
	}
	for i, a := range v.anchors {
		v.used[i] = v.used[i] || a.Origin == l.Name
	}
	v.report.Logs = append(v.report.Logs, l)
}

// others checks what profiles describe. Checkpoints that were kept and that
// belong to none of the logs before are theirs.
func (v *verifier) others(ctx context.Context, rest []string) error {
	o := v.o.Options
	for i, k := range v.o.Kept {
		if v.used[i] {
			continue
		}
		if len(rest) == 0 {
			return fmt.Errorf("anchor %s is a checkpoint of %q, and none of the logs named is that one", k.Name, v.anchors[i].Origin)
		}
		a, err := integrity.ReadAnchor(k.Text, "", o.Keys)
		if err != nil {
			return fmt.Errorf("read anchor %s: %w", k.Name, err)
		}
		o.Anchors = append(o.Anchors, a)
	}
	r, err := integrity.Verify(ctx, logfile.Paths(rest...), o)
	if len(rest) == 0 && len(v.report.Logs) > 0 && errors.Is(err, integrity.ErrNothing) {
		return nil // nothing is left that a seal covers
	}
	if err != nil {
		return err
	}
	v.report.Logs = append(v.report.Logs, r.Logs...)
	v.report.Skipped = append(v.report.Skipped, r.Skipped...)
	return nil
}
