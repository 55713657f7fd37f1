package table

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
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
	form     `yaml:",inline"`
	ruleFile `yaml:",inline"`
	Also     []ruleFile `yaml:"also"` // further records from the same row
}

// form is what a format says of its files, whatever they are called.
type form struct {
	Codec  string   `yaml:"codec"`
	Items  string   `yaml:"items"`  // of JSON: the path of the list
	Header []string `yaml:"header"` // of CSV without a header line: the names of its columns
	Blank  []string `yaml:"blank"`  // texts that stand for nothing, such as "-"
	Unpack []string `yaml:"unpack"` // members that hold JSON in a text
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
	Match string   `yaml:"match"` // a regular expression
	Has   []string `yaml:"has"`   // paths: at least one stands in the row
}

// columnFile is the long form of a column; the short one is a path.
type columnFile struct {
	From   string            `yaml:"from"`
	Parent string            `yaml:"parent"` // a path in the row that holds the list
	First  []string          `yaml:"first"`  // paths; the first that has a value
	Join   []string          `yaml:"join"`   // paths; their values with by between them
	By     string            `yaml:"by"`     // what stands between joined values; / if left out
	Cases  []caseFile        `yaml:"cases"`  // the first that fits the row; else where none does
	Else   string            `yaml:"else"`
	Match  string            `yaml:"match"` // a regular expression; its group is the value
	Const  string            `yaml:"const"`
	None   bool              `yaml:"none"` // the source's own statement that there is none
	Lower  bool              `yaml:"lower"`
	SHA256 bool              `yaml:"sha256"`
	Split  string            `yaml:"split"`
	Unit   string            `yaml:"unit"`
	Layout string            `yaml:"layout"`
	Zone   string            `yaml:"zone"`
	Enum   map[string]string `yaml:"enum"`
	Empty  string            `yaml:"empty"` // list: a place that is there and empty is a list of nothing
	Keep   bool              `yaml:"keep"`  // a value that enum does not list stays as it is
}

// caseFile is a condition on the row and the value that it gives.
type caseFile struct {
	whereFile `yaml:",inline"`
	Then      string `yaml:"then"`
}

// mapping is a compiled mapping.
type mapping struct {
	id         string
	form       form
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
	match *regexp.Regexp
	has   []fieldPath
}

// column is how one column of the kind is read.
type column struct {
	schema evidence.Column
	index  int
	from   []fieldPath
	parent bool // from is in the row that holds the list
	join   bool // the values of from, with by between them
	by     string
	cases  []choice
	fixed  any // a constant, where from is empty; of cases, what is left
	blank  []string
	match  *regexp.Regexp
	lower  bool
	sha256 bool
	split  string
	unit   string
	layout string
	zone   *time.Location
	enum   map[string]string
	keep   bool
	empty  bool // what is there and empty is a list of nothing
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

// Described is a built-in mapping as it says of itself.
type Described struct {
	ID, Words string
	Kinds     []evidence.Kind
}

// Describe returns what the built-in mappings say of themselves, by name. The
// mapping native, which gives any kind, is not among them.
func Describe() []Described {
	var out []Described
	for _, name := range Mappings() {
		src, err := builtin.ReadFile("mappings/" + name + ".yaml")
		if err != nil {
			continue
		}
		var f mappingFile
		if err := strictyaml.Load(name+".yaml", src, &f); err != nil {
			panic(err) // a test loads them all
		}
		d := Described{ID: name, Words: f.Words}
		for _, r := range append([]ruleFile{f.ruleFile}, f.Also...) {
			d.Kinds = append(d.Kinds, evidence.Kind(r.Kind))
		}
		out = append(out, d)
	}
	return out
}

// given is what a source states beside its mapping.
type given struct {
	kind      string // of the mapping native
	component string // of every row
	zone      *time.Location
	blank     []string // of the mapping
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
	m := &mapping{id: f.ID, form: f.form, absentNone: f.Absent == "none"}
	if err := f.check(); err != nil {
		return nil, err
	}
	g.blank = f.Blank
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
		col := column{schema: c, index: i, zone: g.zone, blank: g.blank}
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
