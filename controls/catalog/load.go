package catalog

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/strictyaml"
)

//go:embed *.yaml
var files embed.FS

// File is one file of controls.
type File struct {
	Name string // for messages, and the Source of its controls
	Src  []byte
}

// builtin reads the files of this package once. What is wrong with single
// controls is kept beside them.
var builtin = sync.OnceValues(readBuiltin)

func readBuiltin() (*loader, error) {
	l := &loader{owner: map[string]string{}}
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	var families []File
	for _, e := range entries {
		src, err := files.ReadFile(e.Name())
		if err != nil {
			return nil, fmt.Errorf("read the catalogue: %w", err)
		}
		f := File{Name: e.Name(), Src: src}
		switch e.Name() {
		case "criteria.yaml":
			l.criteria, err = loadCriteria(f)
		case "params.yaml":
			l.params, err = loadParams(f)
		default:
			families = append(families, f)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, f := range families {
		l.add(File{Name: f.Name, Src: withoutExamples(f.Src)}, lenient)
	}
	return l, nil
}

// Load returns the catalogue of this package. Each call returns a value of
// its own.
func Load() (*controls.Catalog, error) { return LoadWith(nil) }

// LoadWith returns the catalogue with a user's own controls behind it. An id
// that the catalogue has already is refused: a user adds, and never replaces.
func LoadWith(extra []File) (*controls.Catalog, error) {
	base, err := builtin()
	if err != nil {
		return nil, err
	}
	l := base.clone()
	l.problems = slices.Clone(base.problems)
	for _, f := range extra {
		l.add(f, linted)
	}
	if err := errors.Join(l.problems...); err != nil {
		return nil, err
	}
	return l.catalog()
}

// loader collects controls from files, and what is wrong with them.
type loader struct {
	criteria []controls.Criterion
	params   []controls.Param
	controls []controls.Control
	owner    map[string]string // id of a control or test → file
	problems []error

	places map[[2]string]strictyaml.Raw // test and example, or test alone → where it stands; of files that are proven
}

func (l *loader) clone() *loader {
	c := &loader{places: map[[2]string]strictyaml.Raw{}, criteria: slices.Clone(l.criteria), params: slices.Clone(l.params), controls: slices.Clone(l.controls), owner: map[string]string{}}
	for i := range c.controls {
		c.controls[i].Tests = slices.Clone(c.controls[i].Tests)
	}
	for id, file := range l.owner {
		c.owner[id] = file
	}
	return c
}

// catalog puts everything in its fixed order and names it by its digest.
func (l *loader) catalog() (*controls.Catalog, error) {
	c := &controls.Catalog{Criteria: l.criteria, Controls: l.controls, Params: l.params}
	slices.SortFunc(c.Controls, func(a, b controls.Control) int { return strings.Compare(a.ID, b.ID) })
	text, err := canon.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("digest of the catalogue: %w", err)
	}
	sum := sha256.Sum256(text)
	c.Digest = hex.EncodeToString(sum[:])
	return c, nil
}
