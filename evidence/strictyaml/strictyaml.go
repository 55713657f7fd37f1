// Package strictyaml reads YAML into Go structs and refuses what it does not
// know: unknown keys, duplicate keys, anchors, aliases, tags, merge keys and
// second documents are errors that show the line, a column, the text that
// stands there, and the nearest known key.
//
// It reads configuration and catalogues, which may come from strangers, so the
// size and the depth are bounded. It does not write YAML.
package strictyaml

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// MaxSize is the largest document taken, in bytes.
const MaxSize = 4 << 20

const maxDepth = 32

// Problem is one thing wrong with a document.
type Problem struct {
	File    string // the name given to Load
	Line    int    // from 1
	Column  int    // from 1
	What    string
	Snippet string // the line as it stands, but for values of secrets
}

// Error gives the position, what is wrong, and the line with a caret.
func (p *Problem) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.What)
	if p.Snippet == "" {
		return s
	}
	if strings.Contains(p.Snippet, hidden) { // a caret would point at something else
		return s + "\n    " + p.Snippet
	}
	return s + "\n    " + p.Snippet + "\n    " + strings.Repeat(" ", max(p.Column-1, 0)) + "^"
}

// Load reads one YAML document into the struct that into points to. Every
// problem is reported, joined; each is a *Problem.
func Load(name string, src []byte, into any) error {
	r, err := Parse(name, src)
	if err != nil {
		return err
	}
	return r.Decode(into)
}

// Parse reads one YAML document and decodes nothing of it yet.
func Parse(name string, src []byte) (Raw, error) {
	if len(src) > MaxSize {
		return Raw{}, fmt.Errorf("%s: %d bytes, more than the %d that are read", name, len(src), MaxSize)
	}
	l := &loader{name: name, lines: strings.Split(string(src), "\n")}
	dec := yaml.NewDecoder(strings.NewReader(string(src)))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return Raw{}, l.syntax(err)
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		return Raw{}, l.at(&second, "a second document: one file holds one")
	}
	if len(doc.Content) != 1 {
		return Raw{}, &Problem{File: name, Line: 1, Column: 1, What: "the document is empty"}
	}
	return Raw{name: name, lines: l.lines, node: doc.Content[0]}, nil
}

type loader struct {
	name     string
	lines    []string
	problems []error
}

func (l *loader) at(n *yaml.Node, format string, args ...any) *Problem {
	p := &Problem{File: l.name, Line: n.Line, Column: n.Column, What: fmt.Sprintf(format, args...)}
	if n.Line >= 1 && n.Line <= len(l.lines) {
		p.Snippet = masked(strings.TrimRight(l.lines[n.Line-1], "\r"))
	}
	return p
}

func (l *loader) wrong(n *yaml.Node, format string, args ...any) {
	l.problems = append(l.problems, l.at(n, format, args...))
}

// syntax turns the library's error into ours where it names a line.
func (l *loader) syntax(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var line int
	if _, rest, ok := strings.Cut(text, "line "); ok {
		digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		line, _ = strconv.Atoi(digits)
		if _, what, ok := strings.Cut(rest, ": "); ok {
			text = what
		}
	}
	if text == "EOF" {
		text, line = "the document is empty", 1
	}
	return l.at(&yaml.Node{Line: max(line, 1), Column: 1}, "%s", text)
}

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

func (l *loader) decode(n *yaml.Node, v reflect.Value, depth int) {
	switch {
	case depth > maxDepth:
		l.wrong(n, "nested deeper than %d", maxDepth)
		return
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		l.wrong(n, "anchors and aliases are not read: write the value out")
		return
	case n.Style&yaml.TaggedStyle != 0:
		l.wrong(n, "tags such as %s are not read", n.Tag)
		return
	}
	if v.Kind() == reflect.Pointer {
		if isNull(n) {
			v.SetZero()
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		l.decode(n, v.Elem(), depth)
		return
	}
	if raw, ok := v.Addr().Interface().(*Raw); ok {
		*raw = Raw{name: l.name, lines: l.lines, node: n}
		return
	}
	if v.CanAddr() && v.Addr().Type().Implements(textUnmarshaler) {
		if n.Kind != yaml.ScalarNode {
			l.wrong(n, "want a single value here, not a %s", shape(n))
			return
		}
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.Value)); err != nil {
			l.wrong(n, "%v", err)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		l.structure(n, v, depth)
	case reflect.Map:
		l.mapping(n, v, depth)
	case reflect.Slice:
		l.sequence(n, v, depth)
	case reflect.Interface:
		l.any(n, v, depth)
	default:
		l.scalar(n, v)
	}
}

func (l *loader) structure(n *yaml.Node, v reflect.Value, depth int) {
	if n.Kind != yaml.MappingNode {
		if !isNull(n) {
			l.wrong(n, "want keys here, not a %s", shape(n))
		}
		return
	}
	fields := map[string]reflect.Value{}
	known := keysOf(v, fields)
	l.pairs(n, func(k, val *yaml.Node) {
		f, ok := fields[k.Value]
		if !ok {
			l.wrong(k, "unknown key %q%s", k.Value, Nearest(k.Value, known))
			return
		}
		l.decode(val, f, depth+1)
	})
}

// keysOf fills fields by key and returns the keys in order; the keys of a
// struct tagged ",inline" count as its parent's own.
func keysOf(v reflect.Value, fields map[string]reflect.Value) []string {
	var known []string
	for i := range v.NumField() {
		tag, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		switch {
		case option == "inline":
			known = append(known, keysOf(v.Field(i), fields)...)
		case tag != "" && tag != "-":
			fields[tag] = v.Field(i)
			known = append(known, tag)
		}
	}
	return known
}

func (l *loader) mapping(n *yaml.Node, v reflect.Value, depth int) {
	if n.Kind != yaml.MappingNode {
		if !isNull(n) {
			l.wrong(n, "want keys here, not a %s", shape(n))
		}
		return
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	l.pairs(n, func(k, val *yaml.Node) {
		e := reflect.New(v.Type().Elem()).Elem()
		l.decode(val, e, depth+1)
		v.SetMapIndex(reflect.ValueOf(k.Value).Convert(v.Type().Key()), e)
	})
}

func (l *loader) pairs(n *yaml.Node, each func(k, val *yaml.Node)) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		switch {
		case k.Kind != yaml.ScalarNode:
			l.wrong(k, "a key must be a single word")
		case k.Value == "<<" && k.Style == 0:
			l.wrong(k, "merge keys are not read: write the keys out")
		case seen[k.Value]:
			l.wrong(k, "key %q stands twice", k.Value)
		default:
			seen[k.Value] = true
			each(k, n.Content[i+1])
		}
	}
}

func (l *loader) sequence(n *yaml.Node, v reflect.Value, depth int) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		l.wrong(n, "want a list here, not a %s", shape(n))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, c := range n.Content {
		l.decode(c, out.Index(i), depth+1)
	}
	v.Set(out)
}

// any keeps maps, lists and scalars; a number stays the text it was, so that
// 1.10 is not 1.1, and only true, false and null are more than text.
func (l *loader) any(n *yaml.Node, v reflect.Value, depth int) {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		l.mapping(n, reflect.ValueOf(&m).Elem(), depth)
		v.Set(reflect.ValueOf(m))
	case yaml.SequenceNode:
		var a []any
		l.sequence(n, reflect.ValueOf(&a).Elem(), depth)
		v.Set(reflect.ValueOf(a))
	default:
		switch {
		case isNull(n):
			v.SetZero()
		case n.ShortTag() == "!!bool":
			v.Set(reflect.ValueOf(n.Value == "true"))
		case n.ShortTag() == "!!int" || n.ShortTag() == "!!float":
			v.Set(reflect.ValueOf(Number(n.Value)))
		default:
			v.Set(reflect.ValueOf(n.Value))
		}
	}
}

// Number is a plain YAML number inside a value of any type, as written.
type Number string

func (l *loader) scalar(n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		l.wrong(n, "want a single value here, not a %s", shape(n))
		return
	}
	if isNull(n) {
		return
	}
	var err error
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value)
	case reflect.Bool:
		if n.Value != "true" && n.Value != "false" {
			l.wrong(n, "%q: want true or false", n.Value)
			return
		}
		v.SetBool(n.Value == "true")
	case reflect.Int, reflect.Int32, reflect.Int64:
		var i int64
		if i, err = strconv.ParseInt(n.Value, 10, v.Type().Bits()); err != nil {
			l.wrong(n, "%q: want a whole number", n.Value)
			return
		}
		v.SetInt(i)
	case reflect.Float64:
		var f float64
		if f, err = strconv.ParseFloat(n.Value, 64); err != nil {
			l.wrong(n, "%q: want a number", n.Value)
			return
		}
		v.SetFloat(f)
	default:
		panic("strictyaml: no way to read into " + v.Type().String())
	}
}

// Raw is a part of a document that is decoded later, once it is known into
// what. Problems found then name the same file and line.
type Raw struct {
	name  string
	lines []string
	node  *yaml.Node
}

// Text returns the plain value of one key of the part, or "".
func (r Raw) Text(key string) string {
	if r.node == nil || r.node.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(r.node.Content); i += 2 {
		if r.node.Content[i].Value == key && r.node.Content[i+1].Kind == yaml.ScalarNode {
			return r.node.Content[i+1].Value
		}
	}
	return ""
}

// Part returns the value of one key of the part; nothing of it is decoded.
func (r Raw) Part(key string) Raw {
	if r.node != nil && r.node.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(r.node.Content); i += 2 {
			if r.node.Content[i].Value == key {
				return Raw{name: r.name, lines: r.lines, node: r.node.Content[i+1]}
			}
		}
	}
	return Raw{}
}

// Item returns the n-th value of a list, from 0.
func (r Raw) Item(n int) Raw {
	if r.node == nil || r.node.Kind != yaml.SequenceNode || n < 0 || n >= len(r.node.Content) {
		return Raw{}
	}
	return Raw{name: r.name, lines: r.lines, node: r.node.Content[n]}
}

// Exists reports whether the part is there.
func (r Raw) Exists() bool { return r.node != nil }

// Place returns where the part stands, or zeros where it is not there.
func (r Raw) Place() (line, column int) {
	if r.node == nil {
		return 0, 0
	}
	return r.node.Line, r.node.Column
}

// Decode reads the part into the struct that into points to, as Load does.
func (r Raw) Decode(into any) error {
	if r.node == nil {
		return nil
	}
	l := &loader{name: r.name, lines: r.lines}
	l.decode(r.node, reflect.ValueOf(into).Elem(), 0)
	return errors.Join(l.problems...)
}

// Problem returns a problem that points at the part.
func (r Raw) Problem(format string, args ...any) error {
	l := &loader{name: r.name, lines: r.lines}
	if r.node == nil {
		return fmt.Errorf(format, args...)
	}
	return l.at(r.node, format, args...)
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && (n.Value == "" || n.Value == "null" || n.Value == "~")
}

func shape(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "group of keys"
	case yaml.SequenceNode:
		return "list"
	default:
		return fmt.Sprintf("single value (%q)", n.Value)
	}
}

// Nearest returns a hint that names the known word nearest to the one given,
// or the whole list where none is near and the list is short.
func Nearest(word string, known []string) string {
	best, dist := "", 1+len(word)/3
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d <= dist && (best == "" || d < dist) {
			best, dist = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf(" (did you mean %q?)", best)
	}
	if len(known) > 0 && len(known) <= 16 {
		known = slices.Sorted(slices.Values(known))
		return " (known: " + strings.Join(known, ", ") + ")"
	}
	return ""
}

// distance is the number of single-letter edits between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next := min(row[j]+1, row[j-1]+1, diag+cost)
			diag, row[j] = row[j], next
		}
	}
	return row[len(b)]
}
