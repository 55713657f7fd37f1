package bundle

import (
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/bundle/storedzip"
)

// parcel is a package taken apart.
type parcel map[string][]byte

func unpacked(t testing.TB, path string) parcel {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	p := parcel{}
	if _, err := storedzip.Read(context.Background(), f, info.Size(), func(name string, _ int64, body io.Reader) error {
		b, err := io.ReadAll(body)
		p[name] = b
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return p
}

// zip returns the canonical container of the files.
func (p parcel) zip(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	z := storedzip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if err := z.Add(storedzip.Entry{Name: name, Size: int64(len(p[name])), CRC32: crc32.ChecksumIEEE(p[name])}, bytes.NewReader(p[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// folder writes the files below a new folder.
func (p parcel) folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range p {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func saved(t testing.TB, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "p.zip")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func (p parcel) dossier(t testing.TB) *export.Dossier {
	t.Helper()
	d, err := readDossier(bytes.NewReader(p[DossierPath]))
	if err != nil && !errors.Is(err, errNotOurs) {
		t.Fatal(err)
	}
	return d
}

// seal gives the files a manifest that fits them and a signature, as whoever
// holds the key could. change may change the manifest before it is signed.
func (p parcel) seal(t testing.TB, key note.Signer, change func(*Manifest)) {
	t.Helper()
	d := p.dossier(t)
	d.Items = itemsOf(opened(p[ItemsPath]))
	count := newTally(d)
	for it, err := range d.Items() {
		if err != nil {
			break // a test of files that cannot be read
		}
		count.add(it)
	}
	var files []FileEntry
	var rows []RowCount
	for _, name := range slices.Sorted(maps.Keys(p)) {
		role, ok := roleOf(name)
		if !ok {
			continue
		}
		files = append(files, FileEntry{Path: name, Bytes: int64(len(p[name])), Role: role, SHA256: evidence.DigestOf(p[name])})
		n := RowCount{Path: name, Rows: int64(bytes.Count(p[name], []byte{'\n'}))}
		if role == RoleRows {
			n.CSV = "csv/" + strings.TrimSuffix(filepath.Base(name), ".jsonl") + ".csv"
		}
		if role == RoleRows || role == RoleItems || role == RoleTable {
			rows = append(rows, n)
		}
	}
	root, err := Root(files)
	if err != nil {
		t.Fatal(err)
	}
	m := makeManifest(d, "pemberwick", root, count.items, rows, files)
	if change != nil {
		change(m)
	}
	p[ManifestPath] = must(canon.Marshal(m))
	digest := evidence.DigestOf(p[ManifestPath])
	p[SignaturePath] = must(sign(key, m.Entity.Slug, digest, m.ContentDigest))
	beside := []FileEntry{{Path: ManifestPath, SHA256: digest}, {Path: SignaturePath, SHA256: evidence.DigestOf(p[SignaturePath])}}
	if stamp, ok := p[TimestampPath]; ok {
		beside = append(beside, FileEntry{Path: TimestampPath, SHA256: evidence.DigestOf(stamp)})
	}
	p[SumsPath] = sums(files, beside...)
}

func (p parcel) setDossier(d *export.Dossier) { p[DossierPath] = must(canon.Marshal(d)) }

func manifestSigner(t testing.TB, b byte) note.Signer {
	return keyring(t, b).Signer(ledger.RoleManifest)
}

// rebuiltDatabase returns the database of the parcel's tables.
func rebuiltDatabase(t testing.TB, p parcel, d *export.Dossier) []byte {
	t.Helper()
	v := &verifier{ctx: t.Context(), d: d, m: &Manifest{}, c: &container{files: map[string]FileEntry{}, read: func(path string) (io.ReadCloser, error) { return opened(p[path])() }}}
	for name, b := range p {
		if role, _ := roleOf(name); role == RoleTable {
			f := FileEntry{Path: name, Role: role, SHA256: evidence.DigestOf(b)}
			v.c.files[name] = f
			v.m.Files = append(v.m.Files, f)
		}
	}
	name := filepath.Join(t.TempDir(), "db")
	if err := v.build(name); err != nil {
		t.Fatal(err)
	}
	return must(os.ReadFile(name))
}
