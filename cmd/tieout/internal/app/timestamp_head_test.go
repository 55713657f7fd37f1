package app

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/integrity/rfc3161/tsatest"
)

func TestATimestampOverAnotherHeadShowsNothing(t *testing.T) {
	home, dir := t.TempDir(), t.TempDir()
	for _, name := range []string{"XDG_CONFIG_HOME", "HOME", "AppData"} {
		t.Setenv(name, home)
	}
	tsa, err := tsatest.New(time.Date(2026, 7, 2, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(tsa)
	defer server.Close()
	text := strings.Replace(fmt.Sprintf(stampWorkspace, server.URL, "http, loopback"), "signing: {", "signing: {key: 'file:own.key', ", 1)
	log := filepath.Join(dir, "a.jsonl")
	for name, b := range map[string][]byte{workspace.FileName: []byte(text), "root.pem": tsa.PEM(), "a.jsonl": []byte("{\"a\":1}\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ws, err := workspace.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := NewKey(ws); err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), ws, Options{Doing: "seal"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	pinned(t, a)
	if _, _, err := a.Seal(t.Context(), []string{log}, integrity.Options{}); err != nil {
		t.Fatal(err)
	}
	s, err := a.HeadStamp(t.Context())
	if err != nil || s == nil || s.State != "valid" || s.Size != 1 || !s.Time.Time().Equal(tsa.Now) {
		t.Fatalf("%+v %v", s, err)
	}
	var e checkpointEntry
	note, _, err := a.Store.Put(t.Context(), bytes.NewReader([]byte("a note")))
	if err != nil {
		t.Fatal(err)
	}
	token, err := tsa.Stamp([]byte("another note"))
	if err != nil {
		t.Fatal(err)
	}
	stamp, _, err := a.Store.Put(t.Context(), bytes.NewReader(token))
	if err != nil {
		t.Fatal(err)
	}
	e.Note, e.Stamp = note, stamp.String()
	if s, err := a.headStamp(t.Context(), &e); err != nil || s.State != "invalid" || s.Time != nil || !strings.Contains(s.Why, "other bytes") {
		t.Errorf("%+v %v", s, err)
	}
	// without an answer the seal is made, and the head has no time-stamp
	server.Close()
	if _, sealed, err := a.Seal(t.Context(), []string{log}, integrity.Options{}); err != nil || len(sealed) != 1 {
		t.Errorf("%v %v", sealed, err)
	}
	if s, err := a.HeadStamp(t.Context()); err != nil || s.Size != 1 {
		t.Errorf("the newest that there is: %+v %v", s, err)
	}
}
