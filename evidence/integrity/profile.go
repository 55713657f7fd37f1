package integrity

import (
	"fmt"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/strictyaml"
)

const profileSchema = "chainprofile/v1"

// maxProfile bounds a profile's text: it is a page of YAML.
const maxProfile = 64 << 10

// Profile describes how one format protects its records. It is read from YAML
// once and then only used.
type Profile struct {
	ID      string
	Title   string
	Words   string
	Builtin bool
	SHA256  evidence.Digest // of its text
	Text    string

	doc  strictyaml.Raw
	file *profileFile
	plan *plan
}

// Protected reports whether the format has hashes at all.
func (p *Profile) Protected() bool { return p.file.Digest != nil }

// Limits are the static weaknesses of the format: what its hashes cannot show,
// in sentences.
func (p *Profile) Limits() []string { return p.plan.limits() }

// LoadProfile reads a profile. name stands in its errors.
func LoadProfile(name string, src []byte) (*Profile, error) {
	if len(src) > maxProfile {
		return nil, fmt.Errorf("%s: %d bytes are more than the %d that a profile may have", name, len(src), maxProfile)
	}
	doc, err := strictyaml.Parse(name, src)
	if err != nil {
		return nil, err
	}
	f := &profileFile{}
	if err := doc.Decode(f); err != nil {
		return nil, err
	}
	if f.Schema != profileSchema {
		return nil, misplaced(doc, fmt.Errorf("schema: %q: want %s", f.Schema, profileSchema))
	}
	if f.ID == "" || strings.ContainsFunc(f.ID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, misplaced(doc, fmt.Errorf("id: %q: want a name such as my-log/1", f.ID))
	}
	plan, err := compile(f)
	if err != nil {
		return nil, misplaced(doc, err)
	}
	return &Profile{ID: f.ID, Title: f.Title, Words: f.Words, SHA256: evidence.DigestOf(src), Text: string(src), file: f, plan: plan, doc: doc}, nil
}
