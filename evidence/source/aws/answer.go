package aws

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/web"
)

// refused are the names that services give to whatever a principal may not do;
// several answer 400 to it.
var refused = []string{
	"AccessDenied", "AccessDeniedException", "AuthFailure", "AuthorizationError", "AuthorizationErrorException", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature",
	"InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken", "NotAuthorized", "OptInRequired",
	"SignatureDoesNotMatch", "UnauthorizedOperation", "UnrecognizedClientException",
}

// passing are the names of what is over after a while.
var passing = []string{
	"BandwidthLimitExceeded", "EC2ThrottledException", "DependencyTimeoutException", "InternalFailure", "InternalServerException", "KMSInternalException",
	"PriorRequestNotComplete",
	"RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "RequestTimeout", "ServiceUnavailable", "SlowDown", "Throttling",
	"ThrottlingException", "ThrottledException", "TooManyRequestsException",
}

// skewed are the names of a clock that is wrong.
var skewed = []string{"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"}

func judge(_ int, h http.Header, body []byte) web.Verdict {
	code := codeOf(h, body)
	return web.Verdict{Code: code, Refused: slices.Contains(refused, code), Again: slices.Contains(passing, code)}
}

// codeOf finds the name of the problem: in a header, or in a body of JSON or
// XML, which may be cut off.
func codeOf(h http.Header, body []byte) string {
	code := h.Get("X-Amzn-Errortype")
	if code == "" {
		var said struct {
			Type string `json:"__type"`
			Code string `json:"code"`
		}
		switch {
		case json.Unmarshal(body, &said) == nil:
			code = said.Type
			if code == "" {
				code = said.Code
			}
		default:
			if _, rest, ok := bytes.Cut(body, []byte("<Code>")); ok {
				if text, _, ok := bytes.Cut(rest, []byte("</Code>")); ok {
					code = string(text)
				}
			}
		}
	}
	code, _, _ = strings.Cut(code, ":")
	if i := strings.LastIndexByte(code, '#'); i >= 0 {
		code = code[i+1:]
	}
	return strings.TrimSpace(code)
}

// Code returns the service's own name of what went wrong, or "".
func Code(err error) string {
	var s *web.StatusError
	if errors.As(err, &s) {
		return s.Code
	}
	return ""
}

// errClock is the error of a clock that is wrong. It is none of permission: the
// times of everything that is collected would be wrong too.
var errClock = errors.New("AWS says that this machine's clock is wrong: set it right, and collect again")

func explain(err error) error {
	if code := Code(err); slices.Contains(skewed, code) || code == "SignatureDoesNotMatch" && strings.Contains(err.Error(), "Signature expired") {
		return fmt.Errorf("%w (%s)", errClock, code)
	}
	return err
}

// Decode reads the answer as XML into the struct that into points to. Anything
// behind the end is an error.
func Decode(a *web.Answer, into any) error {
	d := xml.NewDecoder(bytes.NewReader(a.Body))
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: the answer (%s) is no XML of the form that was expected: %w", a.Name, a.Header.Get("Content-Type"), err)
	}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if text, ok := t.(xml.CharData); err != nil || !ok || len(bytes.TrimSpace(text)) > 0 {
			return fmt.Errorf("%s: something stands behind the end of the answer", a.Name)
		}
	}
}

// More is how a list says that it goes on.
type More struct {
	IsTruncated bool
	Marker      string
}

// Next is the token of the next page. A list that goes on without saying where
// is not whole.
func (m More) Next() (string, error) {
	switch {
	case !m.IsTruncated:
		return "", nil
	case m.Marker == "":
		return "", &web.TruncatedError{Err: errors.New("it says that there is more and not where")}
	}
	return m.Marker, nil
}

// Seconds is a time in seconds since 1970, with a fraction; 0 stands for none.
type Seconds float64

// Instant is the same to the microsecond. One that no time can be of is 0.
func (s Seconds) Instant() (evidence.Instant, bool) {
	f := float64(s)
	if math.IsNaN(f) || f <= 0 || f > 253402300799 {
		return 0, false
	}
	return evidence.Instant(math.Round(f*1e3) * 1e3), true
}
