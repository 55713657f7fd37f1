package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tieout/tieout/evidence/canon"
)

// maxManifest bounds manifest.json, in bytes.
const maxManifest = 64 << 20

// parseManifest reads the one spelling of a manifest.
func parseManifest(b []byte) (*Manifest, error) {
	m := &Manifest{}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(m); err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	if m.Schema != manifestSchema {
		return nil, fmt.Errorf("read the manifest: its schema is %.60q, and this version reads %s", m.Schema, manifestSchema)
	}
	// Names of another case, members twice or out of order, and white space
	// would all be read above. None of them gives these bytes again.
	again, err := canon.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	if !bytes.Equal(again, b) {
		return nil, errors.New("read the manifest: it is not the canonical JSON of what it says")
	}
	return m, m.check()
}

// check reports what makes the list of files impossible.
func (m *Manifest) check() error {
	var paths []string
	for i, f := range m.Files {
		role, ok := roleOf(f.Path)
		switch {
		case i > 0 && f.Path <= m.Files[i-1].Path:
			return fmt.Errorf("read the manifest: file %.130q stands twice or out of order", f.Path)
		case checkPath(f.Path) != nil:
			return fmt.Errorf("read the manifest: path %.130q: %w", f.Path, checkPath(f.Path))
		case !ok || role != f.Role:
			return fmt.Errorf("read the manifest: file %s cannot have the role %.30q", f.Path, f.Role)
		case f.Bytes < 0 || f.SHA256.IsZero():
			return fmt.Errorf("read the manifest: file %s has no size or no digest", f.Path)
		}
		paths = append(paths, f.Path)
	}
	for p, why := range checkTogether(paths) {
		return fmt.Errorf("read the manifest: path %s: %s", p, why)
	}
	return nil
}
