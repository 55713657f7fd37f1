package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestAnActionThatIsNotListedIsNeverSent(t *testing.T) {
	t.Parallel()
	asked := 0
	c, _, _ := open(t, func(http.ResponseWriter, *http.Request) { asked++ }, func(_ *Access, r *Rules) { r.Posts = []string{"kms:ListKeys"} })
	for _, q := range []Question{
		{Method: http.MethodPost, Action: "kms:DeleteAlias", Path: "/"}, {Method: http.MethodPut, Action: "kms:ListKeys", Path: "/"}, {Method: http.MethodDelete, Action: "kms:ListKeys", Path: "/"},
	} {
		if _, err := c.Send(t.Context(), q); err == nil {
			t.Errorf("%s %s was sent", q.Method, q.Action)
		}
		if _, err := c.Fetch(t.Context(), q, 1, func() (io.Writer, error) { return io.Discard, nil }); err == nil {
			t.Errorf("%s %s was sent", q.Method, q.Action)
		}
	}
	if asked > 0 {
		t.Errorf("%d requests reached the server", asked)
	}
}

func TestEachAttemptIsSigned(t *testing.T) {
	t.Parallel()
	var seen []string
	c, w, _ := open(t, func(out http.ResponseWriter, req *http.Request) {
		seen = append(seen, req.Header.Get("Authorization")+" "+req.Header.Get("X-Of")+" "+req.URL.EscapedPath())
		if len(seen) == 1 {
			out.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(out, "slow")
			return
		}
		_, _ = fmt.Fprint(out, "<R>the-token<RequestId>42</RequestId></R>")
	}, func(a *Access, r *Rules) {
		a.User, a.Password = "", ""
		r.Signed, r.Posts, r.Number = true, []string{"x:Get"}, regexp.MustCompile(`<RequestId>([^<]*)<`)
		r.Judge = func(_ int, _ http.Header, body []byte) Verdict {
			return Verdict{Code: string(body), Again: string(body) == "slow"}
		}
	})
	c.Hide("the-token", "")
	n := 0
	c.Sign = func(req *http.Request, body []byte) error {
		n++
		req.Header.Set("Authorization", fmt.Sprint(n, string(body)))
		return nil
	}
	a, err := c.Send(t.Context(), Question{Method: http.MethodPost, Action: "x:Get", Path: "/a b+c", RawPath: "/a%20b%2Bc", Body: []byte("body"), Header: http.Header{"X-Of": {"ours"}}})
	if err != nil || strings.Join(seen, "; ") != "1body ours /base/a%20b%2Bc; 2body ours /base/a%20b%2Bc" {
		t.Errorf("%q %v", seen, err)
	}
	if got := string(a.Body); got != "<R>•••<RequestId>•••</RequestId></R>" || w.kept[0] != got {
		t.Error(got)
	}
	if w.principal != "" {
		t.Errorf("the client said as whom it asks: %s", w.principal)
	}
}

func TestAServerMayRefuseByAnyStatus(t *testing.T) {
	t.Parallel()
	c, _, _ := open(t, func(out http.ResponseWriter, _ *http.Request) {
		out.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(out, "no")
	}, func(_ *Access, r *Rules) {
		r.Judge = func(_ int, _ http.Header, body []byte) Verdict { return Verdict{Code: string(body), Refused: true} }
	})
	_, err := c.Get(t.Context(), "/x", nil)
	var s *StatusError
	if !Refused(err) || !errors.As(err, &s) || s.Code != "no" {
		t.Error(err)
	}
}

func TestWhatIsFetchedIsWholeOrAnError(t *testing.T) {
	t.Parallel()
	n := 0
	c, w, _ := open(t, func(out http.ResponseWriter, req *http.Request) {
		n++
		if req.URL.Path == "/base/breaks" && n == 1 {
			out.Header().Set("Content-Length", "100")
			_, _ = fmt.Fprint(out, "half")
			return
		}
		_, _ = fmt.Fprint(out, "whole "+password)
	}, nil)
	var got bytes.Buffer
	into := func() (io.Writer, error) { got.Reset(); return &got, nil }
	if _, err := c.Fetch(t.Context(), Question{Method: http.MethodGet, Action: "s3:Get", Path: "/breaks"}, 100, into); err != nil || got.String() != "whole "+password {
		t.Errorf("%q %v", got.String(), err)
	}
	var cut *TruncatedError
	if _, err := c.Fetch(t.Context(), Question{Method: http.MethodGet, Action: "s3:Get", Path: "/long"}, 5, into); !errors.As(err, &cut) || Reason(err) != "truncated" {
		t.Error(err)
	}
	if len(w.kept) > 0 {
		t.Errorf("a fetch kept %q", w.kept)
	}
	full := func() (io.Writer, error) { return fullDisk{}, nil }
	n = 0
	if _, err := c.Fetch(t.Context(), Question{Method: http.MethodGet, Path: "/x"}, 100, full); !errors.Is(err, errFull) || n != 1 || Reason(err) != "pull_failed" {
		t.Errorf("a full disk: %v, asked %d times", err, n)
	}
}

var errFull = errors.New("no space left")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
