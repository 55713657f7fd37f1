package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/cmd/tieout/internal/trust"
	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence/integrity/rfc3161"
	"github.com/tieout/tieout/evidence/integrity/rfc3161/tsatest"
)

const stampWorkspace = `schema: tieout/workspace/v1
entity: {name: Stamp Example, system: S}
engagement: {type: 2, from: 2026-01-01, to: 2026-06-30, zone: UTC}
components:
  - {id: m1, kind: ml_model, deployment: private, decision_effect: automated}
signing: {timestamp: %q, timestamp_roots: [root.pem], timestamp_allow: [%s]}
`

// stampApp is an app that asks the handler for time-stamps, and what it said.
func stampApp(t *testing.T, root []byte, allow string, handler http.Handler) (*App, *strings.Builder) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "root.pem"), root, 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := workspace.Parse(dir, fmt.Appendf(nil, stampWorkspace, server.URL, allow))
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	note := func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) }
	return &App{WS: w, Say: note, Event: func(name string, _ any) { note("event %s", name) }}, &said
}

func pinned(t *testing.T, a *App) {
	t.Helper()
	items, err := Asks(a.WS)
	if err == nil {
		err = trust.Pin(a.WS.Dir, items)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestATimestampIsCheckedBeforeItIsKept(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AppData", t.TempDir())
	tsa, err := tsatest.New(time.Date(2026, 7, 2, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	other, err := tsatest.New(tsa.Now)
	if err != nil {
		t.Fatal(err)
	}
	note := []byte("a signed note\n")
	elsewhere := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		b, err := tsa.Stamp([]byte("other bytes"))
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(b)
	})
	for name, c := range map[string]struct {
		handler http.Handler
		root    []byte
		allow   string
		pin     bool
		why     string // "": a time-stamp is made
	}{
		"answers":             {tsa, tsa.PEM(), "http, loopback", true, ""},
		"not allowed":         {tsa, tsa.PEM(), "http", true, "loopback address"},
		"not pinned yet":      {tsa, tsa.PEM(), "http, loopback", false, "tieout trust"},
		"another's":           {other, tsa.PEM(), "http, loopback", true, "leads to no root"},
		"a page":              {http.NotFoundHandler(), tsa.PEM(), "http, loopback", true, "no time-stamp"},
		"over other bytes":    {elsewhere, tsa.PEM(), "http, loopback", true, "another request"},
		"sends it elsewhere":  {http.RedirectHandler("http://127.0.0.1:1/", http.StatusTemporaryRedirect), tsa.PEM(), "http, loopback", true, "sends the request elsewhere"},
		"roots that are none": {tsa, []byte("none"), "http, loopback", true, "root.pem"},
	} {
		a, said := stampApp(t, c.root, c.allow, c.handler)
		if c.pin {
			pinned(t, a)
		}
		token, out, err := a.timestamp(t.Context(), note)
		if err != nil {
			t.Errorf("%s: it blocks: %v", name, err)
			continue
		}
		if c.why != "" {
			if token != nil || out == nil || !strings.Contains(out.Why, c.why) || !strings.Contains(said.String(), "NO TIME-STAMP") || !strings.Contains(said.String(), "event timestamp_missing") {
				t.Errorf("%s: %d bytes, %+v, said %s", name, len(token), out, said)
			}
			continue
		}
		roots, err := timestampRoots(a.WS)
		if err != nil || out.Why != "" || !out.Time.Time().Equal(tsa.Now) {
			t.Errorf("%s: %+v %v", name, out, err)
			continue
		}
		if _, err := rfc3161.Verify(token, rfc3161.Bytes(note), rfc3161.Options{Roots: roots}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
