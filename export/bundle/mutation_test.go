package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// mutant is a package that was tampered with after it was signed.
type mutant struct {
	name string
	path func(testing.TB) string
	code Code // the code that must be among its problems; none: any
}

// flips are the places of a zip file at which each kind of byte stands: every
// byte of some headers, the ends and middle of every entry, and the directory.
func flips(b []byte, entries map[string][2]int) []int {
	var out []int
	span := func(from, to int) {
		for i := from; i < to; i++ {
			out = append(out, i)
		}
	}
	names := slices.Sorted(maps.Keys(entries))
	for i, name := range names {
		at, size := entries[name][0], entries[name][1]
		if head := at - 30 - len(name); i%41 == 0 {
			span(head, at)
		} else {
			out = append(out, head+i%30, at-1)
		}
		if size > 0 {
			out = append(out, at, at+size/3, at+size/2, at+size-1)
		}
	}
	directory := int(binary.LittleEndian.Uint32(b[len(b)-6:]))
	span(directory, directory+60)
	for i := directory; i < len(b); i += 211 {
		out = append(out, i)
	}
	span(len(b)-22, len(b))
	return out
}

// places returns where the content of each entry of a zip file stands.
func places(t testing.TB, b []byte) map[string][2]int {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][2]int{}
	for _, f := range z.File {
		at, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = [2]int{int(at), int(f.UncompressedSize64)}
	}
	return out
}

func TestEveryChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	whole := must(os.ReadFile(written(t, theWorld().input(t))))
	entries := places(t, whole)
	at := flips(whole, entries)
	if testing.Short() {
		at = slices.DeleteFunc(at, func(i int) bool { return i%5 > 0 })
	}
	inside := func(i int) string {
		for name, p := range entries {
			if i >= p[0] && i < p[0]+p[1] {
				return name
			}
		}
		return ""
	}
	o := options(t)
	name := filepath.Join(t.TempDir(), "p.zip")
	for n, i := range at {
		whole[i] ^= []byte{1, 0x20, 0x80}[n%3]
		if err := os.WriteFile(name, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Verify(t.Context(), name, o)
		whole[i] ^= []byte{1, 0x20, 0x80}[n%3]
		if err != nil {
			t.Fatalf("byte %d: %v", i, err)
		}
		in := inside(i)
		named := slices.ContainsFunc(r.Problems, func(p Problem) bool { return in == "" && p.Code == NotCanonical || in != "" && p.Path == in })
		if r.Verdict != Invalid || !named {
			t.Errorf("byte %d, of %q: %s, %+v", i, in, r.Verdict, r.Problems)
		}
	}
	t.Logf("%d bytes changed, one at a time", len(at))
}

// mutants are packages whose entries or container were changed.
func mutants(t testing.TB) []mutant {
	t.Helper()
	in := theWorld().input(t)
	path := written(t, in)
	sound := must(os.ReadFile(path))
	whole := unpacked(t, path)
	edited := func(change func(p parcel)) func(testing.TB) parcel {
		return func(testing.TB) parcel {
			p := parcel{}
			for k, b := range whole {
				p[k] = slices.Clone(b)
			}
			change(p)
			return p
		}
	}
	var out []mutant
	files := func(name string, code Code, change func(p parcel)) {
		out = append(out,
			mutant{name + ", zip", func(t testing.TB) string { return saved(t, edited(change)(t).zip(t)) }, code},
			mutant{name + ", folder", func(t testing.TB) string { return edited(change)(t).folder(t) }, code})
	}
	bytesOf := func(name string, make func() []byte) {
		out = append(out, mutant{name, func(t testing.TB) string { return saved(t, make()) }, NotCanonical})
	}
	for _, name := range []string{DossierPath, ItemsPath, "csv/deviations.csv", DatabasePath, "report.pdf", VerifierPath, "evidence/EV-000001.json"} {
		files(name+" removed", FileMissing, func(p parcel) { delete(p, name) })
		files(name+" renamed", FileMissing, func(p parcel) { p["evidence/renamed"] = p[name]; delete(p, name) })
		files(name+" longer", SizeMismatch, func(p parcel) { p[name] = append(p[name], ' ') })
		files(name+" other", HashMismatch, func(p parcel) { p[name][len(p[name])/2] ^= 4 })
	}
	files("file added", FileExtra, func(p parcel) { p["evidence/extra.json"] = []byte("{}") })
	files("file without a place", FileExtra, func(p parcel) { p["index.js"] = []byte("x") })
	files("files swapped", "", func(p parcel) {
		p["csv/deviations.csv"], p["csv/reliance.csv"] = p["csv/reliance.csv"], p["csv/deviations.csv"]
	})
	files("no manifest", FileMissing, func(p parcel) { delete(p, ManifestPath) })
	files("no signature", FileMissing, func(p parcel) { delete(p, SignaturePath) })
	files("no sums", FileMissing, func(p parcel) { delete(p, SumsPath) })
	files("other sums", HashMismatch, func(p parcel) { p[SumsPath] = p[SumsPath][:len(p[SumsPath])-1] })
	files("empty signature", SigBad, func(p parcel) { p[SignaturePath] = nil; reSum(p) })
	files("signature cut", SigBad, func(p parcel) { p[SignaturePath] = p[SignaturePath][:len(p[SignaturePath])-2]; reSum(p) })
	again := func(p parcel, flip byte) {
		sig := p[SignaturePath]
		line := bytes.Clone(sig[bytes.LastIndexByte(sig[:len(sig)-1], '\n')+1:])
		line[len(line)-20] ^= flip
		p[SignaturePath] = append(sig, line...)
		reSum(p)
	}
	files("signature twice", SigBad, func(p parcel) { again(p, 0) })
	files("signature again with another bit", SigBad, func(p parcel) { again(p, 1) })
	files("signature in another spelling", SigBad, func(p parcel) {
		const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		sig := p[SignaturePath]
		sig[len(sig)-3] = digits[strings.IndexByte(digits, sig[len(sig)-3])^1]
		reSum(p)
	})
	files("signature of an unknown key twice", SigBad, func(p parcel) {
		p[SignaturePath] = append(p[SignaturePath], "— other/manifest AAAAAAA=\n— other/manifest AAAAAAE=\n"...)
		reSum(p)
	})
	files("signatures too many", SigBad, func(p parcel) {
		for i := range 100 {
			p[SignaturePath] = fmt.Appendf(p[SignaturePath], "— other%d/manifest AAAAAAA=\n", i)
		}
		reSum(p)
	})
	files("signature of other words", SigBad, func(p parcel) {
		p[SignaturePath] = bytes.Replace(p[SignaturePath], []byte("tieout/package/v1"), []byte("tieout/package/v2"), 1)
		reSum(p)
	})
	files("manifest with a space", ManifestInvalid, func(p parcel) { p[ManifestPath] = append([]byte(" "), p[ManifestPath]...) })
	files("manifest with a line end", ManifestInvalid, func(p parcel) { p[ManifestPath] = append(p[ManifestPath], '\n') })
	files("manifest with more", ManifestInvalid, func(p parcel) {
		p[ManifestPath] = bytes.Replace(p[ManifestPath], []byte(`{"catalog`), []byte(`{"a":1,"catalog`), 1)
	})
	files("manifest with a member twice", ManifestInvalid, func(p parcel) {
		p[ManifestPath] = bytes.Replace(p[ManifestPath], []byte(`{"catalog`), []byte(`{"catalog_sha256":"","catalog`), 1)
	})
	files("manifest with less", ManifestInvalid, func(p parcel) {
		p[ManifestPath] = bytes.Replace(p[ManifestPath], []byte(`"limits":`), []byte(`"limit":`), 1)
	})
	files("manifest no JSON", ManifestInvalid, func(p parcel) { p[ManifestPath] = p[ManifestPath][:100] })
	files("manifest other role", ManifestInvalid, func(p parcel) {
		p[ManifestPath] = bytes.Replace(p[ManifestPath], []byte(`"role":"evidence"`), []byte(`"role":"document"`), 1)
	})
	files("manifest as a number with a point", ManifestInvalid, func(p parcel) {
		p[ManifestPath] = bytes.Replace(p[ManifestPath], []byte(`"rows":0`), []byte(`"rows":0.0`), 1)
	})
	files("rehashed without the key", SigBad, func(p parcel) {
		sig := p[SignaturePath]
		p[ItemsPath] = bytes.Replace(p[ItemsPath], []byte(`"state":"deviation"`), []byte(`"state":"pass"`), 1)
		p.seal(t, manifestSigner(t, 9), nil)
		p[SignaturePath] = sig
		reSum(p)
	})
	files("signed by another key", KeyUnknown, func(p parcel) { p.seal(t, manifestSigner(t, 9), nil) })
	out = append(out, mutant{"a key inside", func(t testing.TB) string {
		in := theWorld().input(t)
		in.Signer = manifestSigner(t, 9)
		in.Files = append(in.Files, File{Path: "catalog/keys.txt", Open: opened([]byte(keyring(t, 9).VerifierKey(ledger.RoleManifest) + "\n"))})
		return written(t, in)
	}, KeyUnknown})
	files("another root", ManifestInvalid, func(p parcel) {
		p.seal(t, manifestSigner(t, 7), func(m *Manifest) { m.ContentDigest[0] ^= 1 })
	})
	files("rows miscounted", CountMismatch, func(p parcel) { p.seal(t, manifestSigner(t, 7), func(m *Manifest) { m.Rows[1].Rows++ }) })
	files("name in another case", PathUnsafe, func(p parcel) { p["evidence/ev-000001.json"] = p["evidence/EV-000001.json"] })
	files("device", PathUnsafe, func(p parcel) { p["evidence/aux.json"] = []byte("x") })
	out = append(out,
		mutant{"path upward", func(t testing.TB) string {
			return saved(t, edited(func(p parcel) { p["evidence/../../x"] = []byte("x") })(t).zip(t))
		}, PathUnsafe},
		mutant{"absolute path", func(t testing.TB) string {
			return saved(t, edited(func(p parcel) { p["/etc/x"] = []byte("x") })(t).zip(t))
		}, PathUnsafe},
		mutant{"backslashes", func(t testing.TB) string {
			return saved(t, edited(func(p parcel) { p[`evidence\..\x`] = []byte("x") })(t).zip(t))
		}, PathUnsafe},
		mutant{"file and folder", func(t testing.TB) string {
			return saved(t, edited(func(p parcel) { p["evidence"] = []byte("x") })(t).zip(t))
		}, PathUnsafe},
		mutant{"link", func(t testing.TB) string {
			dir := edited(func(p parcel) { delete(p, "report.pdf") })(t).folder(t)
			if err := os.Symlink(VerifierPath, filepath.Join(dir, "report.pdf")); err != nil {
				t.Fatal(err)
			}
			return dir
		}, PathUnsafe},
		mutant{"empty folder", func(t testing.TB) string {
			dir := edited(func(parcel) {})(t).folder(t)
			if err := os.Mkdir(filepath.Join(dir, "hidden"), 0o700); err != nil {
				t.Fatal(err)
			}
			return dir
		}, FileExtra},
	)
	bytesOf("prefix", func() []byte { return append([]byte("#!/bin/sh\n"), sound...) })
	bytesOf("suffix", func() []byte { return append(slices.Clone(sound), 0) })
	bytesOf("comment", func() []byte {
		b := append(slices.Clone(sound), "hello"...)
		b[len(sound)-2] = 5
		return b
	})
	bytesOf("two in one", func() []byte {
		other := edited(func(p parcel) { p[ItemsPath] = p[ItemsPath][:0] })(t).zip(t)
		return append(slices.Clone(sound), other...)
	})
	bytesOf("cut in an entry", func() []byte { return sound[:len(sound)/2] })
	bytesOf("cut in the directory", func() []byte { return sound[:len(sound)-40] })
	rezip := func(name string, change func(names []string) []string, header func(*zip.FileHeader)) {
		bytesOf(name, func() []byte {
			var b bytes.Buffer
			z := zip.NewWriter(&b)
			for _, n := range change(slices.Sorted(maps.Keys(whole))) {
				h := &zip.FileHeader{Name: n}
				header(h)
				w := must(z.CreateHeader(h))
				_ = must(w.Write(whole[n]))
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		})
	}
	same := func(names []string) []string { return names }
	rezip("packed by another program", same, func(*zip.FileHeader) {})
	rezip("compressed", same, func(h *zip.FileHeader) { h.Method = zip.Deflate })
	rezip("entry twice", func(n []string) []string { return append(n, n[3]) }, func(*zip.FileHeader) {})
	rezip("entries in another order", func(n []string) []string { slices.Reverse(n); return n }, func(*zip.FileHeader) {})
	rezip("comment of an entry", same, func(h *zip.FileHeader) { h.Comment = "x" })
	rezip("extra field", same, func(h *zip.FileHeader) { h.Extra = []byte{1, 2, 0, 0} })
	return out
}

// reSum makes SHA256SUMS fit, as anybody can.
func reSum(p parcel) {
	var lines []string
	for name, b := range p {
		if name != SumsPath {
			lines = append(lines, fmt.Sprintf("%s  %s\n", evidence.DigestOf(b), name))
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[66:], b[66:]) })
	p[SumsPath] = []byte(strings.Join(lines, ""))
}

func TestEveryTamperedPackageIsRefusedAndTheReasonNamed(t *testing.T) {
	t.Parallel()
	o := options(t)
	for _, m := range mutants(t) {
		r := verified(t, m.path(t), o)
		want := Invalid
		if m.code == KeyUnknown {
			want = Indeterminate
		}
		if r.Verdict != want || len(r.Problems) == 0 || m.code != "" && !slices.Contains(codes(r), m.code) {
			t.Errorf("%s: %s with %v, want %s with %s: %+v", m.name, r.Verdict, codes(r), want, m.code, r.Problems)
		}
	}
}

func TestThePythonVerifierAgreesOnTamperedPackages(t *testing.T) {
	t.Parallel()
	needsPython(t)
	o := options(t)
	o.NoRebuild = true
	key := keyring(t, 7).VerifierKey(ledger.RoleManifest)
	all := mutants(t)
	for i, m := range all {
		if testing.Short() && i%3 > 0 {
			continue
		}
		path := m.path(t)
		ours := verified(t, path, o)
		got, said := runPython(t, path, key)
		if got != ours.Verdict {
			t.Errorf("%s: verify.py says %s, the verifier %s: %v\n%s", m.name, got, ours.Verdict, codes(ours), said)
		}
		if ours.Verdict == Invalid && m.code != "" && !strings.Contains(said, string(m.code)) {
			t.Errorf("%s: verify.py does not name %s:\n%s", m.name, m.code, said)
		}
	}
	if len(all) < 50 {
		t.Errorf("only %d packages were compared", len(all))
	}
	t.Logf("%d packages compared", len(all))
}
