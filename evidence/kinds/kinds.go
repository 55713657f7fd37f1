// Package kinds holds one schema file per kind of record. A file gives the
// kind's columns, their types and units, and what NULL means in each; from it
// come the STRICT tables of the frozen database, the validation of records,
// and the reference page docs/records.md.
//
// Adding a kind is one file here. The package knows no source and no control.
package kinds

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/strictyaml"
)

//go:embed *.yaml
var files embed.FS

type file struct {
	Schema   string       `yaml:"schema"`
	Kind     string       `yaml:"kind"`
	Title    string       `yaml:"title"`
	Words    string       `yaml:"words"`
	Shape    string       `yaml:"shape"`
	Standard string       `yaml:"standard"`
	Key      []string     `yaml:"key"`
	At       string       `yaml:"at"`
	Index    []string     `yaml:"index"`
	Columns  []fileColumn `yaml:"columns"`
}

type fileColumn struct {
	Name   string   `yaml:"name"`
	Type   string   `yaml:"type"`
	Null   string   `yaml:"null"`
	Words  string   `yaml:"words"`
	Enum   []string `yaml:"enum"`
	Ends   bool     `yaml:"ends_day"`
	Person bool     `yaml:"person"`
}

// loaded reads the files when the first kind is asked for: commands that need
// none start without them.
var loaded = sync.OnceValues(mustLoad)

func mustLoad() ([]*evidence.Schema, map[evidence.Kind]*evidence.Schema) {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the files are part of the binary
	}
	var list []*evidence.Schema
	byKind := map[evidence.Kind]*evidence.Schema{}
	for _, e := range entries {
		src, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		s, err := Parse(e.Name(), src)
		if err != nil {
			panic(err)
		}
		if string(s.Kind)+".yaml" != e.Name() {
			panic(fmt.Sprintf("%s declares kind %s", e.Name(), s.Kind))
		}
		list = append(list, s)
		byKind[s.Kind] = s
	}
	return list, byKind
}

// Parse reads one schema file.
func Parse(name string, src []byte) (*evidence.Schema, error) {
	var f file
	if err := strictyaml.Load(name, src, &f); err != nil {
		return nil, err
	}
	if f.Schema != "tieout/kind/v1" {
		return nil, fmt.Errorf("%s: schema is %q, want tieout/kind/v1", name, f.Schema)
	}
	s := &evidence.Schema{
		Kind: evidence.Kind(f.Kind), Title: f.Title, Words: f.Words, Standard: f.Standard,
		Shape: evidence.Shape(f.Shape), Key: f.Key, At: f.At, Index: f.Index,
	}
	for _, c := range f.Columns {
		if !plainName(c.Name) {
			return nil, fmt.Errorf("%s: column %q: a name is lower-case letters, digits and _, and begins with a letter", name, c.Name)
		}
		s.Columns = append(s.Columns, evidence.Column{
			Name: c.Name, Type: evidence.Type(c.Type), Null: evidence.Null(c.Null), Words: c.Words, Enum: c.Enum, Ends: c.Ends, Person: c.Person,
		})
	}
	if !plainName(f.Kind) || f.Title == "" || f.Words == "" || len(f.Columns) == 0 {
		return nil, fmt.Errorf("%s: kind, title, words and columns are required", name)
	}
	return s, s.Prepare()
}

func plainName(s string) bool {
	return s != "" && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// All returns every kind, sorted by name.
func All() []*evidence.Schema {
	all, _ := loaded()
	return slices.Clone(all)
}

// Of returns the schema of a kind.
func Of(k evidence.Kind) (*evidence.Schema, bool) {
	_, byKind := loaded()
	s, ok := byKind[k]
	return s, ok
}

// New returns an empty record of a kind that this package holds. An unknown
// kind is a mistake of the programmer.
func New(k evidence.Kind) *evidence.Record {
	s, ok := Of(k)
	if !ok {
		panic("kinds: no kind " + string(k))
	}
	return evidence.NewRecord(s)
}
