package table

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/strictyaml"
)

//go:embed mappings/*.yaml
var builtin embed.FS

// MappingSchema is the schema that a mapping names.
const MappingSchema = "tieout/mapping/v1"

// mappingFile is a mapping as data: which columns of which kind come from
// where in a row.
type mappingFile struct {
	Schema   string `yaml:"schema"`
	ID       string `yaml:"id"`
	Words    string `yaml:"words"`
	Absent   string `yaml:"absent"` // none: the format leaves out what is not there, so absence is a fact
	ruleFile `yaml:",inline"`
	Also     []ruleFile `yaml:"also"` // further records from the same row
}

type ruleFile struct {
	Kind    string                    `yaml:"kind"`
	Each    string                    `yaml:"each"`   // path of a list: one record per element
	Native  bool                      `yaml:"native"` // columns not named come from the same name
	Where   []whereFile               `yaml:"where"`
	Columns map[string]strictyaml.Raw `yaml:"columns"`
}

// whereFile keeps rows. What it drops is counted under its words.
type whereFile struct {
	Words string   `yaml:"words"`
	From  string   `yaml:"from"`
	In    []string `yaml:"in"`
	NotIn []string `yaml:"not_in"`
	Has   []string `yaml:"has"` // paths: at least one stands in the row
}

// columnFile is the long form of a column; the short one is a path.
type columnFile struct {
	From   string            `yaml:"from"`
	Parent string            `yaml:"parent"` // a path in the row that holds the list
	First  []string          `yaml:"first"`  // paths; the first that has a value
	Const  string            `yaml:"const"`
	None   bool              `yaml:"none"` // the source's own statement that there is none
	Lower  bool              `yaml:"lower"`
	SHA256 bool              `yaml:"sha256"`
	Split  string            `yaml:"split"`
	Unit   string            `yaml:"unit"`
	Layout string            `yaml:"layout"`
	Zone   string            `yaml:"zone"`
	Enum   map[string]string `yaml:"enum"`
}

// mapping is a compiled mapping.
type mapping struct {
	id         string
	absentNone bool
	rules      []*rule
}

// rule makes records of one kind out of rows.
type rule struct {
	schema  *evidence.Schema
	each    *fieldPath
	where   []where
	columns []column
}

type where struct {
	words string
	from  fieldPath
	in    []string
	not   bool
	has   []fieldPath
}

// column is how one column of the kind is read.
type column struct {
	schema evidence.Column
	index  int
	from   []fieldPath
	parent bool // from is in the row that holds the list
	fixed  any  // a constant, where from is empty
	lower  bool
	sha256 bool
	split  string
	unit   string
	layout string
	zone   *time.Location
	enum   map[string]string
}

// Mappings returns the names of the built-in mappings, native among them.
func Mappings() []string {
	names := []string{"native"}
	files, err := fs.Glob(builtin, "mappings/*.yaml")
	if err != nil {
		panic(err) // the pattern is ours
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(path.Base(f), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// given is what a source states beside its mapping.
type given struct {
	kind      string // of the mapping native
	component string // of every row
	zone      *time.Location
}

// loadMapping returns the mapping that a configuration names or holds.
func loadMapping(raw strictyaml.Raw, g given) (*mapping, error) {
	var what any
	if err := raw.Decode(&what); err != nil {
		return nil, err
	}
	var f mappingFile
	switch name := what.(type) {
	case nil:
		return nil, errors.New("mapping is missing: name a built-in one (" + strings.Join(Mappings(), ", ") + ") or write one here")
	case string:
		if name == "native" {
			if g.kind == "" {
				return nil, raw.Problem("mapping native needs 'kind:', one of docs/records.md")
			}
			f = mappingFile{Schema: MappingSchema, ID: "native/" + g.kind, ruleFile: ruleFile{Kind: g.kind, Native: true}}
			break
		}
		src, err := builtin.ReadFile("mappings/" + name + ".yaml")
		if err != nil || strings.ContainsAny(name, `/\`) {
			return nil, raw.Problem("there is no mapping %q%s", name, strictyaml.Nearest(name, Mappings()))
		}
		return parseMapping(name+".yaml", src, g)
	default:
		if err := raw.Decode(&f); err != nil {
			return nil, err
		}
	}
	m, err := compile(&f, g)
	if err != nil {
		return nil, raw.Problem("mapping: %v", err)
	}
	return m, nil
}

// parseMapping reads a mapping file.
func parseMapping(name string, src []byte, g given) (*mapping, error) {
	var f mappingFile
	if err := strictyaml.Load(name, src, &f); err != nil {
		return nil, err
	}
	m, err := compile(&f, g)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

func compile(f *mappingFile, g given) (*mapping, error) {
	if f.Schema != MappingSchema {
		return nil, fmt.Errorf("schema is %q, want %s", f.Schema, MappingSchema)
	}
	if f.Absent != "" && f.Absent != "none" {
		return nil, fmt.Errorf("absent is %q, want none, or leave it out", f.Absent)
	}
	m := &mapping{id: f.ID, absentNone: f.Absent == "none"}
	for _, r := range append([]ruleFile{f.ruleFile}, f.Also...) {
		rule, err := compileRule(&r, g)
		if err != nil {
			return nil, err
		}
		m.rules = append(m.rules, rule)
	}
	return m, nil
}

func compileRule(f *ruleFile, g given) (*rule, error) {
	schema, ok := kinds.Of(evidence.Kind(f.Kind))
	if !ok {
		var known []string
		for _, s := range kinds.All() {
			known = append(known, string(s.Kind))
		}
		return nil, fmt.Errorf("there is no kind %q%s", f.Kind, strictyaml.Nearest(f.Kind, known))
	}
	r := &rule{schema: schema}
	if f.Each != "" {
		p, err := parsePath(f.Each)
		if err != nil {
			return nil, fmt.Errorf("each: %w", err)
		}
		r.each = &p
	}
	for _, w := range f.Where {
		c, err := compileWhere(w)
		if err != nil {
			return nil, err
		}
		r.where = append(r.where, c)
	}
	for name, raw := range f.Columns {
		if _, _, ok := schema.Column(name); !ok {
			var known []string
			for _, c := range schema.Columns {
				known = append(known, c.Name)
			}
			return nil, raw.Problem("kind %s has no column %q%s", f.Kind, name, strictyaml.Nearest(name, known))
		}
	}
	for i, c := range schema.Columns {
		raw, named := f.Columns[c.Name]
		if c.Name == "component_id" && g.component != "" {
			r.columns = append(r.columns, column{schema: c, index: i, fixed: g.component})
			continue
		}
		if !named && !f.Native {
			if c.Null == evidence.NullRequired {
				return nil, fmt.Errorf("column %s of kind %s is required and not mapped", c.Name, f.Kind)
			}
			continue
		}
		col := column{schema: c, index: i, zone: g.zone}
		if named {
			if err := col.configure(raw, r.each != nil); err != nil {
				return nil, raw.Problem("column %s: %v", c.Name, err)
			}
		} else {
			col.from = []fieldPath{{text: c.Name, steps: []step{{name: c.Name}}}}
		}
		r.columns = append(r.columns, col)
	}
	return r, nil
}

func compileWhere(f whereFile) (where, error) {
	ways := 0
	for _, list := range [][]string{f.In, f.NotIn, f.Has} {
		if len(list) > 0 {
			ways++
		}
	}
	if ways != 1 || (len(f.Has) > 0) == (f.From != "") {
		return where{}, errors.New("where: state from with in or with not_in, or has alone")
	}
	w := where{words: f.Words, in: f.In, not: len(f.NotIn) > 0}
	switch {
	case len(f.Has) > 0:
		for _, text := range f.Has {
			p, err := parsePath(text)
			if err != nil {
				return where{}, fmt.Errorf("where: %w", err)
			}
			w.has = append(w.has, p)
		}
		w.words = cmp.Or(w.words, "has none of "+strings.Join(f.Has, ", "))
		return w, nil
	case w.not:
		w.in = f.NotIn
		w.words = cmp.Or(w.words, f.From+" is one of "+strings.Join(f.NotIn, ", "))
	default:
		w.words = cmp.Or(w.words, f.From+" is not one of "+strings.Join(f.In, ", "))
	}
	p, err := parsePath(f.From)
	if err != nil {
		return where{}, fmt.Errorf("where: %w", err)
	}
	w.from = p
	return w, nil
}

// keeps reports whether the row stays. A value of another shape than a single
// one is in no list.
func (w *where) keeps(r *row) bool {
	if len(w.has) > 0 {
		for _, p := range w.has {
			if _, found, _ := r.at(p); found {
				return true
			}
		}
		return false
	}
	v, found, odd := r.at(w.from)
	text := ""
	if found && !odd && v != nil {
		s, err := scalar(v)
		if err != nil {
			return w.not
		}
		text = s
	}
	return slices.Contains(w.in, text) != w.not
}
