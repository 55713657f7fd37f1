package bundle

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// manifest reads manifest.json and manifest.sig.
func (v *verifier) manifest() error {
	v.r.Files = len(v.c.files)
	for _, f := range v.c.files {
		v.r.Bytes += f.Bytes
	}
	if !v.c.has(ManifestPath) {
		v.bad(FileMissing, ManifestPath, "the package has no manifest")
		return nil
	}
	body, err := readAll(v.ctx, v.c, ManifestPath, maxManifest)
	if errors.Is(err, errForm) {
		v.bad(ManifestInvalid, ManifestPath, "%v", err)
		return nil
	}
	if err != nil {
		return err
	}
	v.r.ManifestSHA256 = evidence.DigestOf(body)
	if v.m, err = parseManifest(body); err != nil {
		v.m = nil
		v.bad(ManifestInvalid, ManifestPath, "%v", err)
		return nil
	}
	v.r.PackageID, v.r.ContentDigest, v.r.Stage, v.r.Complete, v.r.Incomplete = v.m.PackageID, v.m.ContentDigest, v.m.Status, v.m.Complete, v.m.Incomplete
	v.r.Entity, v.r.System, v.r.RunID, v.r.Tool, v.r.Results = v.m.Entity.Name, v.m.Entity.System, v.m.RunID, v.m.Tool.Name, &v.m.Results
	return v.signature()
}

// signature checks the signed note over the manifest.
func (v *verifier) signature() error {
	s := &v.r.Signature
	if !v.c.has(SignaturePath) {
		s.State = Unsigned
		v.bad(FileMissing, SignaturePath, "the package is not signed")
		return nil
	}
	msg, err := readAll(v.ctx, v.c, SignaturePath, ledger.MaxNote)
	if err != nil && !errors.Is(err, errForm) {
		return err
	}
	if err != nil {
		s.State = SignatureInvalid
		v.bad(SigBad, SignaturePath, "%v", err)
		return nil
	}
	n, err := ledger.OpenNote(msg, note.VerifierList(v.manifestKeys()...))
	var unknown *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unknown):
		n = unknown.Note
		s.State = UnknownKey
		if len(v.o.Keys) == 0 {
			s.State = NotPinned
		}
		s.Key = keyNames(n.UnverifiedSigs)
	case err != nil:
		s.State = SignatureInvalid
		v.bad(SigBad, SignaturePath, "%v", err)
		return nil
	default:
		s.State, s.Key, s.Strength = SignatureValid, keyNames(n.Sigs), "Ed25519"
	}
	if want := noteText(v.m.Entity.Slug, v.r.ManifestSHA256, v.m.ContentDigest); n.Text != want {
		s.State = SignatureInvalid
		v.bad(SigBad, SignaturePath, "it signs other words than those of this manifest; its last lines should be %q", lastLines(want))
		return nil
	}
	if s.State == UnknownKey {
		v.bad(KeyUnknown, SignaturePath, "it is signed by %s, which is none of the keys given", s.Key)
	}
	return v.timestamp(msg)
}

// manifestKeys are the keys given that may sign manifests.
func (v *verifier) manifestKeys() []note.Verifier {
	return slices.DeleteFunc(slices.Clone(v.o.Keys), func(k note.Verifier) bool { return !signsManifests(k.Name()) })
}

func keyNames(sigs []note.Signature) string {
	var out []string
	for _, s := range sigs {
		out = append(out, fmt.Sprintf("%s+%08x", s.Name, s.Hash))
	}
	return strings.Join(out, ", ")
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return strings.Join(lines[len(lines)-2:], "; ")
}

// files compares the files there with those of the manifest, and their root
// with its root.
func (v *verifier) files() {
	listed := map[string]bool{ManifestPath: true, SignaturePath: true, TimestampPath: true, SumsPath: true}
	for _, want := range v.m.Files {
		listed[want.Path] = true
		got, ok := v.c.files[want.Path]
		switch {
		case !ok:
			v.bad(FileMissing, want.Path, "the manifest lists it with %d bytes", want.Bytes)
		case got.Bytes != want.Bytes:
			v.bad(SizeMismatch, want.Path, "the manifest lists it with %d bytes, it has %d", want.Bytes, got.Bytes)
		case got.SHA256 != want.SHA256:
			v.bad(HashMismatch, want.Path, "the manifest lists it with SHA-256 %s, it has %s", want.SHA256, got.SHA256)
		}
	}
	var extra []string
	for p := range v.c.files {
		if !listed[p] {
			extra = append(extra, p)
		}
	}
	slices.Sort(extra)
	for _, p := range extra {
		v.bad(FileExtra, p, "the manifest does not list it")
	}
	root, err := Root(v.m.Files)
	if err != nil || root != v.m.ContentDigest || v.m.PackageID != root.String()[:32] {
		v.bad(ManifestInvalid, ManifestPath, "its files have the root %s; it states %s and package id %s", root, v.m.ContentDigest, v.m.PackageID)
	}
	v.sums()
}

// sums checks SHA256SUMS by making it again.
func (v *verifier) sums() {
	f, ok := v.c.files[SumsPath]
	if !ok {
		v.bad(FileMissing, SumsPath, "no file of sums for sha256sum; make one with: sha256sum of every file but itself")
		return
	}
	beside := []FileEntry{{Path: ManifestPath, SHA256: v.r.ManifestSHA256}, {Path: SignaturePath, SHA256: v.c.files[SignaturePath].SHA256}}
	if stamp, ok := v.c.files[TimestampPath]; ok {
		beside = append(beside, stamp)
	}
	want := sums(v.m.Files, beside...)
	if f.SHA256 != evidence.DigestOf(want) {
		v.bad(HashMismatch, SumsPath, "it does not list what the manifest lists")
	}
}
