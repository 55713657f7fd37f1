package html_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/bundle"
	"github.com/tieout/tieout/export/bundle/storedzip"
	"github.com/tieout/tieout/export/exporttest"
	"github.com/tieout/tieout/export/html"
)

func manyItems() *export.Dossier {
	d := exporttest.Dossier()
	d.Items = func() iter.Seq2[controls.Item, error] { return exporttest.Items(d, 500) }
	return d
}

// smallPackage is what the page looks at in a package, with its page.
func smallPackage(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{"data/dossier.json": []byte("{}"), "data/items.jsonl": []byte("{}\n"), "tests.sql": []byte("SELECT 1;\n"), "evidence/EV-000001.json": bytes.Repeat([]byte("x"), 100_000)}
	d := manyItems()
	for _, s := range export.Sheets(d) {
		if s.File != "test_detail" {
			continue
		}
		var lines bytes.Buffer
		for row, err := range s.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&lines, "{\"item\":%q,\"reason\":\"\\u202eodd\"}\n", row[2])
		}
		files["data/test_detail.jsonl"] = lines.Bytes()
	}
	role := func(p string) bundle.Role {
		switch {
		case p == "data/dossier.json":
			return bundle.RoleDossier
		case p == "data/items.jsonl":
			return bundle.RoleItems
		case p == "tests.sql":
			return bundle.RoleTests
		case p == "index.html":
			return bundle.RoleDocument
		case strings.HasPrefix(p, "evidence/"):
			return bundle.RoleEvidence
		}
		return bundle.RoleRows
	}
	list := func() (out []bundle.FileEntry) {
		for p, b := range files {
			out = append(out, bundle.FileEntry{Bytes: int64(len(b)), Path: p, Role: role(p), SHA256: evidence.DigestOf(b)})
		}
		slices.SortFunc(out, func(a, b bundle.FileEntry) int { return strings.Compare(a.Path, b.Path) })
		return out
	}
	root, err := bundle.Root(list())
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := html.Encode(&page, d, html.Options{ContentDigest: root.String()}); err != nil {
		t.Fatal(err)
	}
	files["index.html"] = page.Bytes()
	manifest, err := canon.Marshal(map[string]any{"schema_version": "tieout/manifest/v1", "content_digest": root.String(), "files": list()})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(manifest)
	files["manifest.json"] = manifest
	files["manifest.sig"] = []byte("tieout/package/v1\npemberwick\nmanifest.json sha256:" + hex.EncodeToString(sum[:]) + "\ncontent root:" + root.String() + "\n\n— x y\n")
	files["SHA256SUMS"] = []byte("any\n")
	return files
}

func zipped(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := storedzip.NewWriter(&out)
	for _, p := range sorted(files) {
		if err := w.Add(storedzip.Entry{Name: p, Size: int64(len(files[p])), CRC32: crc32.ChecksumIEEE(files[p])}, bytes.NewReader(files[p])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sorted(files map[string][]byte) []string {
	var out []string
	for p := range files {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

func put(t *testing.T, path string, body []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestBrowserComparesPackages(t *testing.T) {
	b := chromium(t)
	sound := smallPackage(t)
	change := func(edit func(map[string][]byte)) map[string][]byte {
		out := map[string][]byte{}
		for p, body := range sound {
			out[p] = body
		}
		edit(out)
		return out
	}
	whole := zipped(t, sound)
	evil := zipped(t, change(func(f map[string][]byte) { f["tests.sql"] = []byte("SELECT 2;\n") }))
	dir := t.TempDir()
	page := filepath.Join(dir, "index.html")
	put(t, page, sound["index.html"])
	for i, c := range []struct {
		name, result, says string
		zip                []byte
	}{
		{"sound", "matches", "Whose manifest it is, is decided by: tieout verify package --key", whole},
		{"changed", "differs", "HASH_MISMATCH  tests.sql", evil},
		{"longer", "differs", "SIZE_MISMATCH  tests.sql", zipped(t, change(func(f map[string][]byte) { f["tests.sql"] = []byte("SELECT 22;\n") }))},
		{"missing", "differs", "FILE_MISSING  evidence/EV-000001.json", zipped(t, change(func(f map[string][]byte) { delete(f, "evidence/EV-000001.json") }))},
		{"extra", "differs", "FILE_EXTRA  evidence/EV-000009.json", zipped(t, change(func(f map[string][]byte) { f["evidence/EV-000009.json"] = nil }))},
		{"no manifest", "differs", "FILE_MISSING  manifest.json", zipped(t, change(func(f map[string][]byte) { delete(f, "manifest.json") }))},
		{"no signature", "differs", "FILE_MISSING  manifest.sig", zipped(t, change(func(f map[string][]byte) { delete(f, "manifest.sig") }))},
		{"other manifest", "differs", "SIG_BAD", zipped(t, change(func(f map[string][]byte) {
			f["manifest.json"] = append(f["manifest.json"][:len(f["manifest.json"]):len(f["manifest.json"])], ' ')
		}))},
		{"other root", "differs", "do not belong together", zipped(t, change(func(f map[string][]byte) {
			f["manifest.json"] = bytes.Replace(f["manifest.json"], []byte(`"content_digest":"`), []byte(`"content_digest":"0`), 1)
		}))},
		{"two in one", "differs", "CONTAINER_NOT_CANONICAL", append(slices.Clone(evil), whole...)},
		{"prefix", "not_checked", "NOT CHECKED", append([]byte("hello"), whole...)},
		{"cut", "not_checked", "NOT CHECKED", whole[:len(whole)-7]},
		{"no zip", "not_checked", "NOT CHECKED", []byte("hello")},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.t = t
			b.console = nil
			b.open(page)
			path := filepath.Join(dir, fmt.Sprintf("p%d.zip", i))
			put(t, path, c.zip)
			b.give("#zip", path)
			result, words := b.verdict()
			if result != c.result && (c.name != "two in one" && c.name != "prefix" || result == "matches") || result == c.result && !strings.Contains(words, c.says) {
				t.Errorf("%s: %.600s", result, words)
			}
			b.quiet()
		})
	}
	b.t = t
	t.Run("folder", func(t *testing.T) {
		b.t = t
		b.open(page)
		for p, body := range sound {
			put(t, filepath.Join(dir, "folder", p), body)
		}
		b.give("#folder", filepath.Join(dir, "folder"))
		if result, words := b.verdict(); result != "matches" {
			t.Errorf("%s: %.600s", result, words)
		}
		// All rows of a list that is cut, out of the file that matches.
		list := `document.querySelector('[data-file="data/test_detail.jsonl"]')`
		b.eval(list + ".querySelector('button').click()")
		got := ""
		for range 100 {
			if got = b.eval(list + ".querySelector('.tools + div').textContent"); strings.Contains(got, "hold it") {
				break
			}
		}
		if !strings.Contains(got, "the first 200 stand here") || !strings.Contains(got, `\u27e6U+202E\u27e7odd`) {
			t.Errorf("all rows: %.300s", got)
		}
		put(t, filepath.Join(dir, "folder", "tests.sql"), []byte("SELECT 3;\n"))
		b.open(page)
		b.give("#folder", filepath.Join(dir, "folder"))
		if result, words := b.verdict(); result != "differs" || !strings.Contains(words, "HASH_MISMATCH  tests.sql") {
			t.Errorf("%s: %.600s", result, words)
		}
		b.quiet()
	})
	b.t = t
}

// TestBrowserExample opens the page of a package that the command wrote.
func TestBrowserExample(t *testing.T) {
	path := os.Getenv("TIEOUT_TEST_PACKAGE")
	if path == "" {
		t.Skip("NOT RUN: a package of the example is opened only if TIEOUT_TEST_PACKAGE names it")
	}
	b := chromium(t)
	c, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	page := filepath.Join(t.TempDir(), "index.html")
	put(t, page, entry(t, c, "index.html"))
	b.size(1280)
	b.open(page)
	b.give("#zip", path)
	if result, words := b.verdict(); result != "matches" {
		t.Errorf("%s: %.600s", result, words)
	}
	b.quiet()
	look := os.Getenv("TIEOUT_TEST_LOOK")
	if look == "" {
		look = t.TempDir()
	}
	for _, width := range []int{1280, 400} {
		b.size(width)
		if got := b.eval("document.documentElement.scrollWidth <= window.innerWidth"); got != "true" {
			t.Errorf("at %d pixels the page is %s wide", width, b.eval("document.documentElement.scrollWidth"))
		}
		for _, at := range []string{"top", "reliance", "check", "glance", "matrix", "criteria", "control-1", "deviations", "populations", "logs", "detail"} {
			b.eval(fmt.Sprintf("(document.getElementById(%q) || document.body).scrollIntoView()", at))
			b.picture(filepath.Join(look, fmt.Sprintf("%d-%s.png", width, at)))
		}
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}}, nil)
	b.size(1280)
	b.eval("document.getElementById('control-1').scrollIntoView()")
	b.picture(filepath.Join(look, "dark.png"))
	b.print(filepath.Join(look, "page.pdf"))
}

// entry reads one file of a package.
func entry(t *testing.T, f *os.File, name string) []byte {
	t.Helper()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	b, err := fs.ReadFile(z, name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
