package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
)

// world plays the engine: it notes what the client notes.
type world struct {
	queries   []string
	principal string
	pages     []source.Page
	kept      []string
	secret    string
	slept     []time.Duration
}

func (w *world) Secret(string) (secret.Value, error) { return secret.New(w.secret), nil }
func (w *world) Files() *os.Root                     { return nil }
func (w *world) Now() evidence.Instant {
	return evidence.InstantOf(time.Date(2026, 7, 6, 9, 0, 0, 0, time.UTC))
}
func (w *world) Query(text string)     { w.queries = append(w.queries, text) }
func (w *world) Principal(name string) { w.principal = name }
func (w *world) Page(p source.Page)    { w.pages = append(w.pages, p) }

func (w *world) Unparsable(evidence.Kind, string, string, source.Rejection) {}

func (w *world) Raw(_ string, r io.Reader) (evidence.Digest, error) {
	b, err := io.ReadAll(r)
	w.kept = append(w.kept, string(b))
	return evidence.DigestOf(b), err
}

const password = `0pen-"Sesame<&>"`

// open starts a server and a client of it that never really waits.
func open(t *testing.T, h http.HandlerFunc, change func(*Access, *Rules)) (*Client, *world, *httptest.Server) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	a := Access{URL: srv.URL + "/base/", User: "reader", Password: "env:PW", Allow: []string{"http", "loopback"}}
	r := Rules{Posts: []string{"/search"}}
	if change != nil {
		change(&a, &r)
	}
	s, err := New(a, r)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{secret: password}
	c, err := s.Open(w, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.Sleep = func(ctx context.Context, d time.Duration) error {
		w.slept = append(w.slept, d)
		return ctx.Err()
	}
	return c, w, srv
}

func TestAConfigurationThatWouldLeakIsRefused(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]Access{
		"url is missing":            {},
		"url is http":               {URL: "http://a.example.com"},
		"holds a user":              {URL: "https://u:p@a.example.com"},
		"a query":                   {URL: "https://a.example.com/?token=1"},
		"begins with file":          {URL: "file://host/etc/passwd"},
		"must be a reference":       {URL: "https://a.example.com", Token: "abc"},
		"must be a reference such":  {URL: "https://a.example.com", User: "u", Password: "https://x"},
		"not both":                  {URL: "https://a.example.com", Token: "env:A", User: "u", Password: "env:B"},
		"belong together":           {URL: "https://a.example.com", User: "u"},
		"want http, loopback":       {URL: "https://a.example.com", Allow: []string{"metadata"}},
		"want 1 to 1000":            {URL: "https://a.example.com", Rate: 1e6},
		"cannot be read: want one ": {URL: "https:opaque"},
	} {
		if _, err := New(a, Rules{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", a, err, want)
		}
	}
}

func TestTheDialledAddressDecidesAndNotTheName(t *testing.T) {
	t.Parallel()
	s := &Site{}
	all := &Site{access: Access{Allow: []string{"loopback", "private", "http"}}}
	for address, classes := range map[string][2]string{ // refused by default; refused whatever is allowed
		"93.184.216.34": {"", ""}, "2606:2800:220:1::1": {"", ""},
		"127.0.0.1": {"loopback", ""}, "127.9.9.9": {"loopback", ""}, "::1": {"loopback", ""}, "::ffff:127.0.0.1": {"loopback", ""},
		"10.1.2.3": {"private", ""}, "172.31.0.1": {"private", ""}, "192.168.1.1": {"private", ""}, "fd12::1": {"private", ""}, "100.64.0.9": {"private", ""},
		"169.254.169.254": {"link-local", "link-local"}, "::ffff:169.254.169.254": {"link-local", "link-local"}, "fe80::1%eth0": {"link-local", "link-local"},
		"fd00:ec2::254": {"metadata", "metadata"}, "100.100.100.200": {"metadata", "metadata"}, "168.63.129.16": {"metadata", "metadata"},
		"0.0.0.0": {"unspecified", "unspecified"}, "::": {"unspecified", "unspecified"}, "224.0.0.1": {"multicast", "multicast"},
		"255.255.255.255": {"reserved", "reserved"}, "64:ff9b::a9fe:a9fe": {"translated", "translated"}, "2002:7f00:1::": {"translated", "translated"},
	} {
		for i, site := range []*Site{s, all} {
			var got *AddressError
			err := CheckAddress(netip.MustParseAddr(address), site.access.Allow)
			switch {
			case classes[i] == "" && err != nil:
				t.Errorf("%s: %v", address, err)
			case classes[i] != "" && (!errors.As(err, &got) || got.Class != classes[i]):
				t.Errorf("%s: %v, want %s", address, err, classes[i])
			}
		}
	}
}

func TestAnAddressThatIsNotAllowedIsNeverConnectedTo(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	for _, host := range []string{"127.0.0.1", "localhost"} { // an address, and a name that leads to one
		c, w, _ := open(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) }, func(a *Access, _ *Rules) {
			a.Allow = []string{"http"}
			a.URL = strings.Replace(a.URL, "127.0.0.1", host, 1)
		})
		_, err := c.Get(t.Context(), "/x", nil)
		if err == nil || !strings.Contains(err.Error(), "allow: [loopback]") || len(w.slept) > 0 {
			t.Errorf("%s: %v, waits %v", host, err, w.slept)
		}
	}
	if reached.Load() > 0 {
		t.Error("the server was reached")
	}
}

func TestARequestCarriesItsCredentialAndIsNotedWithoutIt(t *testing.T) {
	t.Parallel()
	c, w, srv := open(t, func(out http.ResponseWriter, r *http.Request) {
		u, p, _ := r.BasicAuth()
		_, _ = fmt.Fprintf(out, `{"method":%q,"path":%q,"user":%q,"right":%v,"echo":%q}`, r.Method, r.URL.RequestURI(), u, p == password, r.Header.Get("Authorization")+" "+p)
	}, nil)
	a, err := c.Get(t.Context(), "/list", url.Values{"z": {"1"}, "a": {"x y"}})
	if err != nil {
		t.Fatal(err)
	}
	c.Page(a, 3)
	var got struct {
		Method, Path, User string
		Right              bool
	}
	if err := a.Decode(&got); err != nil || got.Method != http.MethodGet || got.Path != "/base/list?a=x+y&z=1" || got.User != "reader" || !got.Right {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := c.Post(t.Context(), "/search", map[string]any{"n": 1}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"GET " + srv.URL + "/base/list?a=x+y&z=1", "masked in what was kept of GET /list: the credential (2)",
		"POST " + srv.URL + `/base/search {"n":1}`, "masked in what was kept of POST /search: the credential (2)",
	}
	if !slices.Equal(w.queries, want) || w.principal != "reader at "+strings.TrimPrefix(srv.URL, "http://") {
		t.Errorf("%q %q", w.queries, w.principal)
	}
	if p := w.pages[0]; p.Rows != 3 || p.Name != "GET /list" || !p.Kept || p.SHA256 != evidence.DigestOf([]byte(w.kept[0])) {
		t.Errorf("%+v", p)
	}
	if all := fmt.Sprint(w.kept, w.queries, w.pages, w.principal); strings.Contains(all, password) || strings.Contains(all, c.auth[6:]) {
		t.Errorf("the credential was kept: %s", all)
	}
}

func TestOnlyDeclaredPostsAreSent(t *testing.T) {
	t.Parallel()
	reached := false
	c, _, _ := open(t, func(http.ResponseWriter, *http.Request) { reached = true }, nil)
	if _, err := c.Post(t.Context(), "/delete", nil); err == nil || reached {
		t.Errorf("%v, sent: %v", err, reached)
	}
}

func TestNoRedirectLeadsAway(t *testing.T) {
	t.Parallel()
	stolen := ""
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen = r.Header.Get("Authorization") + "!" }))
	defer other.Close()
	var asked atomic.Int32
	c, _, _ := open(t, func(out http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch r.URL.Path {
		case "/base/away":
			http.Redirect(out, r, other.URL, http.StatusFound)
		case "/base/near":
			http.Redirect(out, r, "/base/there", http.StatusFound)
		case "/base/search":
			http.Redirect(out, r, "/base/there", http.StatusTemporaryRedirect)
		case "/base/there":
			_, _ = io.WriteString(out, `{}`)
		default:
			http.Redirect(out, r, "/base/round", http.StatusFound)
		}
	}, nil)
	if _, err := c.Get(t.Context(), "/near", nil); err != nil {
		t.Error(err)
	}
	asked.Store(0)
	for _, ask := range []func() (*Answer, error){
		func() (*Answer, error) { return c.Get(t.Context(), "/away", nil) },
		func() (*Answer, error) { return c.Post(t.Context(), "/search", nil) },
		func() (*Answer, error) { return c.Get(t.Context(), "/round", nil) },
	} {
		if _, err := ask(); err == nil || !strings.Contains(err.Error(), "elsewhere") {
			t.Error(err)
		}
	}
	if stolen != "" || asked.Load() > 9 {
		t.Errorf("stolen %q, asked %d times", stolen, asked.Load())
	}
}

func TestWhatMayPassIsAskedAgainAndTheRestIsNot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []int
		header  map[string]string
		waits   []time.Duration
		err     string
	}{
		"429 with seconds":      {[]int{429, 200}, map[string]string{"Retry-After": "7"}, []time.Duration{7 * time.Second}, ""},
		"429 with a date":       {[]int{429, 200}, map[string]string{"Retry-After": "Mon, 06 Jul 2026 09:00:30 GMT", "Date": "Mon, 06 Jul 2026 09:00:10 GMT"}, []time.Duration{20 * time.Second}, ""},
		"429 with a past date":  {[]int{429, 200}, map[string]string{"Retry-After": "Mon, 06 Jul 2020 09:00:30 GMT"}, []time.Duration{time.Second}, ""},
		"429 for an hour":       {[]int{429}, map[string]string{"Retry-After": "3600"}, nil, "asks to wait 1h0m0s"},
		"500s, then an answer":  {[]int{500, 502, 503, 504, 200}, nil, []time.Duration{1e9, 2e9, 4e9, 8e9}, ""},
		"500s for ever":         {[]int{500, 500, 500, 500, 500, 200}, nil, []time.Duration{1e9, 2e9, 4e9, 8e9}, "asked 5 times"},
		"403":                   {[]int{403, 200}, nil, nil, "answered 403 Forbidden"},
		"404":                   {[]int{404, 200}, nil, nil, "answered 404"},
		"400":                   {[]int{400, 200}, nil, nil, "answered 400"},
		"204: nothing is not a": {[]int{204}, nil, nil, "answered 204"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 0
			client, w, _ := open(t, func(out http.ResponseWriter, _ *http.Request) {
				for k, v := range c.header {
					out.Header().Set(k, v)
				}
				out.WriteHeader(c.answers[n])
				n++
			}, func(a *Access, _ *Rules) { a.Rate = 1000 })
			_, err := client.Get(t.Context(), "/x", nil)
			waits := slices.DeleteFunc(w.slept, func(d time.Duration) bool { return d == time.Millisecond }) // the rate's
			if !slices.Equal(waits, c.waits) || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("waits %v, error %v", waits, err)
			}
			if len(w.queries) != 1 || err != nil && (len(w.pages) != 1 || w.pages[0].Error == "") {
				t.Errorf("noted %q %+v", w.queries, w.pages)
			}
		})
	}
}

func TestABodyThatIsNotWholeIsAnError(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]http.HandlerFunc{
		"shorter than it said": func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(out, `{"a":1}`)
		},
		"broken off in the middle": func(out http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(out, `{"a":1}`)
			out.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
		"longer than the cap": func(out http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(out, strings.Repeat(" ", 2000)) },
		"packed and cut": func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Encoding", "gzip")
			_, _ = out.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 0xaa})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, w, _ := open(t, write, func(_ *Access, r *Rules) { r.MaxBody = 1000 })
			_, err := c.Get(t.Context(), "/x", nil)
			if err == nil || Reason(err) != evidence.GapTruncated || len(w.kept) > 0 {
				t.Errorf("%v, reason %v, kept %q", err, Reason(err), w.kept)
			}
		})
	}
}

func TestAnAnswerThatIsNoJSONIsAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "<html>log in</html>", `{"a":1`, `{"a":1}{"a":2}`, `{"a":1,"a":2}`, `[1]`} {
		c, _, _ := open(t, func(out http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(out, body) }, nil)
		a, err := c.Get(t.Context(), "/x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Decode(&struct{ A int }{}); err == nil {
			t.Errorf("%q was read", body)
		}
	}
}

func TestDeclaredMembersAreMaskedAndNothingElseChanges(t *testing.T) {
	t.Parallel()
	body := ` {"id": 1.0, "webhook_secret" :  {"k":[1,"x"]}, "list": [ {"Webhook_Secret":"s"},{"note":"webhook_secret"} ], "end":"\u00e9" } `
	want := ` {"id": 1.0, "webhook_secret" :  "•••", "list": [ {"Webhook_Secret":"•••"},{"note":"webhook_secret"} ], "end":"\u00e9" } `
	c, w, _ := open(t, func(out http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(out, body) }, func(_ *Access, r *Rules) { r.Secrets = []string{"webhook_secret"} })
	if _, err := c.Get(t.Context(), "/x", nil); err != nil {
		t.Fatal(err)
	}
	if w.kept[0] != want || !slices.ContainsFunc(w.queries, func(q string) bool { return strings.Contains(q, "webhook_secret (1)") }) {
		t.Errorf("%s\n%q", w.kept[0], w.queries)
	}
}

func TestPagesThatRepeatAreAnError(t *testing.T) {
	t.Parallel()
	var asked []string
	next := map[string]string{"": "a", "a": "b", "b": "c"}
	fetch := func(_ context.Context, token string) (string, error) {
		asked = append(asked, token)
		return next[token], nil
	}
	if err := Pages(t.Context(), fetch); err != nil || !slices.Equal(asked, []string{"", "a", "b", "c"}) {
		t.Errorf("%q %v", asked, err)
	}
	next["c"] = "a"
	if err := Pages(t.Context(), fetch); !errors.Is(err, ErrLoop) || Reason(err) != evidence.GapTruncated {
		t.Error(err)
	}
}

func TestAServerIsAskedNoFasterThanItsRate(t *testing.T) {
	t.Parallel()
	c, w, _ := open(t, func(out http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(out, "{}") }, func(a *Access, _ *Rules) { a.Rate = 4 })
	for range 3 {
		if _, err := c.Get(t.Context(), "/x", nil); err != nil {
			t.Fatal(err)
		}
	}
	if want := []time.Duration{250 * time.Millisecond, 250 * time.Millisecond}; !slices.Equal(w.slept, want) {
		t.Errorf("%v", w.slept)
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	c, _, _ := open(t, func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusServiceUnavailable) }, nil)
	ctx, cancel := context.WithCancel(t.Context())
	c.Sleep = func(ctx context.Context, _ time.Duration) error {
		cancel()
		return sleep(ctx, time.Hour)
	}
	if _, err := c.Get(ctx, "/x", nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestWhatIsUsedIsNamedWithItsHost(t *testing.T) {
	t.Parallel()
	s, err := New(Access{URL: "https://a.example.com/x", Token: "env:T", Allow: []string{"private"}}, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Uses(); len(got) != 1 || got[0] != (source.Use{Secret: "env:T", Place: "a.example.com:443 (allowing private)"}) {
		t.Errorf("%+v", got)
	}
}
