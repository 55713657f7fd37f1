package iam

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/source/web"
)

const (
	pollEvery   = 2 * time.Second
	pollAtMost  = 2 * time.Minute
	crowded     = 5 * time.Minute // how long AWS is asked again when it has no capacity
	fresh       = 24 * evidence.Instant(time.Hour/time.Microsecond)
	maxReport   = 64 << 20
	rootAccount = "<root_account>"
)

// fromReport are the columns of principal that only the credential report gives.
var fromReport = []string{"principal_kind", "status", "mfa_enrolled", "mfa_phishing_resistant", "disabled_at", "last_login_at"}

// report is AWS's own list of users and their credentials.
type report struct {
	made   evidence.Instant
	rows   map[string]line // by ARN
	root   line            // nil where it has none
	answer *web.Answer
}

// line is one row, by the name of the column.
type line map[string]string

// credentialReport has a report made and reads it. Without one, what only it
// gives is a gap.
func (p *pull) credentialReport(ctx context.Context) error {
	r, err := p.readReport(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return errors.Join(p.lost(err, "principal", fromReport...), p.lost(err, "credential", "last_used_at"))
	}
	p.report = r
	p.env.AsOf(r.made)
	if r.made < p.env.Now()-fresh {
		return p.out.Gap(evidence.Gap{
			Kind: "principal", Columns: fromReport, From: r.made, To: max(p.window.To, p.env.Now()), Reason: evidence.GapPullFailed,
			Detail: "the newest credential report to be had is of " + r.made.String() + ": what changed since is not seen; collect again",
		})
	}
	return nil
}

func (p *pull) readReport(ctx context.Context) (*report, error) {
	late := p.generate(ctx) // an older one will do where no new one can be made
	for again := true; ; again = false {
		got, a, err := asked[struct {
			Result struct{ Content, GeneratedTime, ReportFormat string } `xml:"GetCredentialReportResult"`
		}](ctx, p, "GetCredentialReport", nil)
		switch code := aws.Code(err); {
		case again && slices.Contains([]string{"ReportExpired", "ReportNotPresent", "ReportInProgress", "CredentialReportExpired", "CredentialReportNotPresent", "CredentialReportNotReady"}, code):
			if late = p.generate(ctx); late == nil {
				continue
			}
			return nil, late
		case err != nil:
			return nil, errors.Join(late, err)
		case got.Result.ReportFormat != "text/csv":
			return nil, fmt.Errorf("%s: the report is %q, want text/csv", a.Name, got.Result.ReportFormat)
		}
		r, err := parseReport(got.Result.Content, got.Result.GeneratedTime)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name, err)
		}
		r.answer = a
		p.s.Page(iamService, a, len(r.rows))
		return r, nil
	}
}

// generate asks AWS to make a report until there is one. It makes one every
// four hours at most, and says that it is whole when it has one of before.
func (p *pull) generate(ctx context.Context) error {
	wait, waited, polled := 10*time.Second, time.Duration(0), time.Duration(0)
	for {
		got, a, err := asked[struct {
			Result struct{ State string } `xml:"GenerateCredentialReportResult"`
		}](ctx, p, "GenerateCredentialReport", nil)
		code := aws.Code(err)
		switch {
		case code == "LimitExceeded" || code == "Throttling":
			if waited += wait; waited > crowded {
				return fmt.Errorf("%w: AWS had no room to make a credential report for %s", err, crowded)
			}
			if err := p.s.Wait(ctx, iamService, wait); err != nil {
				return err
			}
			wait *= 2
			continue
		case err != nil:
			return err
		}
		p.s.Page(iamService, a, 1)
		if got.Result.State == "COMPLETE" {
			return nil
		}
		if polled += pollEvery; polled > pollAtMost {
			return fmt.Errorf("the credential report is not made after %s (%s): collect again", pollAtMost, got.Result.State)
		}
		if err := p.s.Wait(ctx, iamService, pollEvery); err != nil {
			return err
		}
	}
}

// parseReport reads a report by the names of its columns: AWS adds columns.
func parseReport(content, generated string) (*report, error) {
	made, err := evidence.ParseInstant(generated)
	if err != nil {
		return nil, fmt.Errorf("the report states no time at which it was made: %w", err)
	}
	if len(content) > maxReport {
		return nil, errors.New("the report is longer than what is read")
	}
	body, err := base64.StdEncoding.DecodeString(content)
	if err != nil {
		return nil, fmt.Errorf("the report cannot be unpacked: %w", err)
	}
	in := csv.NewReader(bytes.NewReader(body))
	header, err := in.Read()
	if err != nil || !slices.Contains(header, "arn") || !slices.Contains(header, "user") {
		return nil, errors.New("the report has no header with user and arn")
	}
	r := &report{made: made, rows: map[string]line{}}
	for {
		row, err := in.Read() // of as many fields as the header
		if err == io.EOF {
			return r, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the report is not whole: %w", err)
		}
		l := line{}
		for i, name := range header {
			l[name] = row[i]
		}
		if l["user"] == rootAccount {
			r.root = l
			continue
		}
		if _, twice := r.rows[l["arn"]]; twice || l["arn"] == "" {
			return nil, errors.New("the report names a user twice, or none")
		}
		r.rows[l["arn"]] = l
	}
}

// yes reads true or false; anything else is neither.
func (l line) yes(column string) *bool {
	v, known := l[column] == "true", l[column] == "true" || l[column] == "false"
	if !known {
		return nil
	}
	return &v
}

// moment puts a time in. The report's words for none are none, never a time.
func (l line) moment(r *source.Row, column, of string) {
	v, there := l[of]
	switch v {
	case "N/A", "no_information", "not_supported":
	case "":
		if !there {
			r.Unknown(column, "the credential report has no "+of)
			return
		}
		r.Unknown(column, "the credential report says nothing in "+of)
	default:
		r.PutTime(column, v)
	}
}

// usable says whether the user has something to sign in with. Nil: what else
// there may be stands in no report.
func (l line) usable() *bool {
	for _, column := range []string{"password_enabled", "access_key_1_active", "access_key_2_active", "cert_1_active", "cert_2_active"} {
		if v := l.yes(column); v != nil && *v {
			return v
		}
	}
	return nil
}
