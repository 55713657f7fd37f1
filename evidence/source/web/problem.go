package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// StatusError is an answer other than 200.
type StatusError struct {
	Status int
	Said   string // the beginning of what the server says, on one line
	Verdict
	header http.Header
}

// Verdict is what an answer other than 200 means, where its status alone does
// not say: some servers answer 400 to whatever they refuse.
type Verdict struct {
	Code    string // the server's own name of the problem
	Refused bool   // this principal may not look, though the status is neither 401 nor 403
	Again   bool   // it may pass
}

// Error implements error.
func (e *StatusError) Error() string {
	s := fmt.Sprintf("answered %d %s", e.Status, http.StatusText(e.Status))
	if e.Said != "" {
		s += ": " + e.Said
	}
	return s
}

const maxSaid = 300

func (s *Site) statusError(resp *http.Response) *StatusError {
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 4*maxSaid)) // what can be had of it; the status counts
	said := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, string(b))
	said = strings.Join(strings.Fields(said), " ")
	if r := []rune(said); len(r) > maxSaid {
		said = string(r[:maxSaid]) + "…"
	}
	e := &StatusError{Status: resp.StatusCode, Said: said, header: resp.Header}
	if s.rules.Judge != nil {
		e.Verdict = s.rules.Judge(resp.StatusCode, resp.Header, b)
	}
	return e
}

// TruncatedError is an answer that did not come whole.
type TruncatedError struct {
	Read int64 // bytes
	Err  error
}

// Error implements error.
func (e *TruncatedError) Error() string {
	return fmt.Sprintf("the answer is not whole, %d bytes came: %v", e.Read, e.Err)
}

// Unwrap returns why.
func (e *TruncatedError) Unwrap() error { return e.Err }

var errTooLong = errors.New("it is longer than what is read: ask for smaller pages")

// Refused reports whether the server does not let this principal look.
func Refused(err error) bool {
	var s *StatusError
	return errors.As(err, &s) && (s.Refused || s.Status == http.StatusUnauthorized || s.Status == http.StatusForbidden)
}

// Absent reports whether the server says that there is no such thing. What
// that means is for each endpoint to say.
func Absent(err error) bool {
	var s *StatusError
	return errors.As(err, &s) && s.Status == http.StatusNotFound
}

// Reason is the reason of the gap that an error of a client leaves.
func Reason(err error) evidence.GapReason {
	var t *TruncatedError
	switch {
	case Refused(err):
		return evidence.GapPermission
	case errors.As(err, &t), errors.Is(err, ErrLoop):
		return evidence.GapTruncated
	}
	return evidence.GapPullFailed
}

// Decode reads the answer as JSON into the struct that into points to. A
// member that stands twice, and anything behind the end, is an error.
func (a *Answer) Decode(into any) error {
	if _, err := canon.Parse(a.Body); err != nil {
		return fmt.Errorf("%s: the answer (%s) is no JSON that can be read: %w", a.Name, a.Header.Get("Content-Type"), err)
	}
	if err := json.Unmarshal(a.Body, into); err != nil {
		return fmt.Errorf("%s: the answer is not of the form that was expected: %w", a.Name, err)
	}
	return nil
}
