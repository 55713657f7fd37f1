package bundle

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// noteDomain is the first line of what is signed.
const noteDomain = "tieout/package/v1"

// noteText is what manifest.sig signs: four lines.
func noteText(slug string, manifest, content evidence.Digest) string {
	return fmt.Sprintf("%s\n%s\nmanifest.json sha256:%s\ncontent root:%s\n", noteDomain, slug, manifest, content)
}

// sign returns manifest.sig.
func sign(s note.Signer, slug string, manifest, content evidence.Digest) ([]byte, error) {
	if s == nil {
		return nil, errors.New("sign the manifest: no key given")
	}
	if !signsManifests(s.Name()) {
		return nil, fmt.Errorf("sign the manifest: key %s is not for manifests", s.Name())
	}
	msg, err := note.Sign(&note.Note{Text: noteText(slug, manifest, content)}, s)
	if err != nil {
		return nil, fmt.Errorf("sign the manifest: %w", err)
	}
	return msg, nil
}

// signsManifests reports whether a key of the name may sign a manifest: keys
// of other roles sign other things.
func signsManifests(name string) bool {
	return strings.HasSuffix(name, "/"+string(ledger.RoleManifest))
}

// maxKeys bounds a file of verifier keys, in bytes.
const maxKeys = 64 << 10

// ReadKeys reads verifier keys as somebody gives them: a key as `tieout key
// show` prints it, or a file with one on a line. Empty lines and lines that
// begin with # are left out.
func ReadKeys(keyOrFile string) ([]note.Verifier, error) {
	if v, err := ledger.ParseVerifier(keyOrFile); err == nil {
		return []note.Verifier{v}, nil
	}
	info, err := os.Stat(keyOrFile)
	if err != nil {
		_, parse := ledger.ParseVerifier(keyOrFile)
		return nil, fmt.Errorf("%w; and there is no file of that name", parse)
	}
	if !info.Mode().IsRegular() || info.Size() > maxKeys {
		return nil, fmt.Errorf("read verifier keys: %s is no file of at most %d bytes", keyOrFile, maxKeys)
	}
	text, err := os.ReadFile(keyOrFile)
	if err != nil {
		return nil, fmt.Errorf("read verifier keys: %w", err)
	}
	var out []note.Verifier
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		v, err := ledger.ParseVerifier(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", keyOrFile, err)
		}
		out = append(out, v)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("read verifier keys: %s holds none", keyOrFile)
	}
	return out, nil
}
