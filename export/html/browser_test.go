package html_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// browser is a headless Chromium, driven over its DevTools pipe.
type browser struct {
	t       *testing.T
	to      *os.File
	from    chan message
	session string
	n       int
	console []string // what the page logged: violations of its policy among it
}

type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

func chromium(t *testing.T) *browser {
	t.Helper()
	if os.Getenv("TIEOUT_TEST_BROWSER") != "1" {
		t.Skip("NOT RUN: Chromium opens the page only if TIEOUT_TEST_BROWSER=1")
	}
	theirs, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	back, answers, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{theirs, answers}
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatalf("start chromium: %v", err)
	}
	b := &browser{t: t, to: ours, from: make(chan message, 1024)}
	go func() {
		defer close(b.from)
		in := bufio.NewReader(back)
		for {
			line, err := in.ReadBytes(0)
			if err != nil {
				return
			}
			var m message
			if json.Unmarshal(bytes.TrimSuffix(line, []byte{0}), &m) == nil {
				b.from <- m
			}
		}
	}()
	_, _ = theirs.Close(), answers.Close()
	t.Cleanup(func() {
		_ = b.send("Browser.close", nil)
		done := make(chan struct{})
		go func() { _ = cmd.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			stop()
			<-done
		}
		stop()
		_ = ours.Close()
	})
	var target struct {
		ID string `json:"targetId"`
	}
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct {
		Session string `json:"sessionId"`
	}
	b.call("Target.attachToTarget", map[string]any{"targetId": target.ID, "flatten": true}, &attached)
	b.session = attached.Session
	for _, domain := range []string{"Page", "Runtime", "Log", "DOM", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

func (b *browser) send(method string, params any) error {
	b.n++
	m := map[string]any{"id": b.n, "method": method}
	if params != nil {
		m["params"] = params
	}
	if b.session != "" {
		m["sessionId"] = b.session
	}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = b.to.Write(append(body, 0))
	return err
}

// call sends a command and waits for its answer.
func (b *browser) call(method string, params, into any) {
	b.t.Helper()
	if err := b.send(method, params); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	id := b.n
	for {
		m := b.next(method)
		if m.ID != id {
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error)
		}
		if into != nil {
			if err := json.Unmarshal(m.Result, into); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

// next takes a message, and keeps what the page logged.
func (b *browser) next(waiting string) message {
	b.t.Helper()
	select {
	case m, ok := <-b.from:
		if !ok {
			b.t.Fatalf("%s: chromium ended", waiting)
		}
		switch m.Method {
		case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Page.javascriptDialogOpening":
			b.console = append(b.console, m.Method+" "+string(m.Params))
		case "Network.requestWillBeSent":
			if !bytes.Contains(m.Params, []byte(`"url":"file:///`)) {
				b.console = append(b.console, "a request: "+string(m.Params))
			}
		}
		return m
	case <-time.After(90 * time.Second):
		b.t.Fatalf("%s: chromium does not answer", waiting)
		return message{}
	}
}

// open opens a file and waits until it is loaded.
func (b *browser) open(path string) {
	b.t.Helper()
	if err := b.send("Page.navigate", map[string]any{"url": "file://" + path}); err != nil {
		b.t.Fatal(err)
	}
	for b.next("load").Method != "Page.loadEventFired" {
	}
}

// eval returns the value of an expression as JSON.
func (b *browser) eval(expression string) string {
	b.t.Helper()
	var out struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception json.RawMessage `json:"exceptionDetails"`
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &out)
	if out.Exception != nil {
		b.t.Fatalf("%s: %s", expression, out.Exception)
	}
	return string(out.Result.Value)
}

// give chooses files, or one folder, in a form's field.
func (b *browser) give(field string, paths ...string) {
	b.t.Helper()
	var doc struct {
		Root struct {
			ID int `json:"nodeId"`
		} `json:"root"`
	}
	b.call("DOM.getDocument", nil, &doc)
	var node struct {
		ID int `json:"nodeId"`
	}
	b.call("DOM.querySelector", map[string]any{"nodeId": doc.Root.ID, "selector": field}, &node)
	b.call("DOM.setFileInputFiles", map[string]any{"nodeId": node.ID, "files": paths}, nil)
}

// verdict waits until the page has compared a package.
func (b *browser) verdict() (result, words string) {
	b.t.Helper()
	for range 1200 {
		if r := strings.Trim(b.eval("document.getElementById('verdict').dataset.result || ''"), `"`); r != "" && r != "running" {
			return r, b.eval("document.getElementById('verdict').textContent")
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatal("the page does not come to a verdict")
	return "", ""
}

func (b *browser) size(width int) {
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
}

// picture writes what the window shows, for people to look at.
func (b *browser) picture(path string) {
	b.t.Helper()
	var shot struct {
		Data string `json:"data"`
	}
	b.call("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	b.write(path, shot.Data)
}

func (b *browser) print(path string) {
	b.t.Helper()
	var doc struct {
		Data string `json:"data"`
	}
	b.call("Page.printToPDF", map[string]any{"printBackground": true, "preferCSSPageSize": true}, &doc)
	b.write(path, doc.Data)
}

func (b *browser) write(path, data string) {
	body, err := base64.StdEncoding.DecodeString(data)
	if err == nil {
		err = os.WriteFile(path, body, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) quiet() {
	b.t.Helper()
	for _, line := range b.console {
		b.t.Errorf("the console is not silent: %.600s", line)
	}
}

func writePage(t *testing.T, page string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "index.html")
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBrowserRunsNothingFromData(t *testing.T) {
	b := chromium(t)
	b.open(writePage(t, encode(t, hostile(t))))
	b.quiet()
	if got := b.eval("typeof window.pwned"); got != `"undefined"` {
		t.Errorf("text of the dossier ran: %s", got)
	}
	if got := b.eval("document.querySelectorAll('img,iframe,object,embed,link,form,svg,[onerror],[onmouseover],[style]').length"); got != "0" {
		t.Errorf("text of the dossier became %s elements or attributes", got)
	}
	if got := b.eval("document.getElementById('checker').hidden"); got != "false" {
		t.Error("the page's own script did not run")
	}
	// The policy is in force: a script put in afterwards does not run either.
	b.console = nil
	if got := b.eval(`(()=>{const s=document.createElement('script'); try { s.textContent='window.pwned=5' } catch { return 'refused' } document.body.append(s); return typeof window.pwned})()`); got != `"refused"` && got != `"undefined"` {
		t.Errorf("a script of somebody else runs: %s", got)
	}
}

func TestBrowserFilters(t *testing.T) {
	b := chromium(t)
	b.open(writePage(t, encode(t, manyItems())))
	type list struct{ at, words string }
	l := list{"document.querySelector('[data-file=\"data/test_detail.jsonl\"]')", "CHG-0004"}
	b.eval(fmt.Sprintf("(()=>{const i=%s.querySelector('input'); i.value=%q; i.dispatchEvent(new Event('input'))})()", l.at, l.words))
	got := b.eval(fmt.Sprintf("[...%s.querySelectorAll('.row')].filter(r=>!r.hidden).every(r=>r.textContent.includes(%q))", l.at, l.words))
	said := b.eval(l.at + ".querySelector('[role=status]').textContent")
	if got != "true" || !strings.Contains(said, "were not looked at") {
		t.Errorf("filter: %s, %s", got, said)
	}
	b.quiet()
}
