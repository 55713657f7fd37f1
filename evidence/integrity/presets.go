package integrity

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/strictyaml"
)

//go:embed profiles/*.yaml
var profileFiles embed.FS

var presets = mustLoadPresets()

func mustLoadPresets() []*Profile {
	entries, err := profileFiles.ReadDir("profiles")
	if err != nil {
		panic(err) // the files are part of the binary
	}
	var out []*Profile
	for _, e := range entries {
		src, err := profileFiles.ReadFile("profiles/" + e.Name())
		if err != nil {
			panic(err)
		}
		p, err := LoadProfile(e.Name(), src)
		if err != nil {
			panic(err)
		}
		p.Builtin = true
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *Profile) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Presets returns the profiles that are built in, sorted by id.
func Presets() []*Profile { return slices.Clone(presets) }

// Preset returns the built-in profile of that id. The part behind the slash may
// be left out where only one version exists.
func Preset(id string) (*Profile, error) {
	var known []string
	var found []*Profile
	for _, p := range presets {
		if p.ID == id {
			return p, nil
		}
		if name, _, _ := strings.Cut(p.ID, "/"); name == id {
			found = append(found, p)
		}
		known = append(known, p.ID)
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return nil, fmt.Errorf("there is no log profile %q%s: `tieout profile list` shows all, and a file with a profile of your own can be named instead", id, strictyaml.Nearest(id, known))
}
