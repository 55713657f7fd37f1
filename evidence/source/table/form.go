package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/canon"
)

// codecs are the forms of a file that are understood.
var codecs = []string{"csv", "json", "jsonl", "parquet", "otlp"}

func (f *form) check() error {
	if f.Codec != "" && !slices.Contains(codecs, f.Codec) {
		return fmt.Errorf("codec is %q, want %s", f.Codec, strings.Join(codecs, ", "))
	}
	if f.Items != "" {
		if _, err := parsePath(f.Items); err != nil {
			return fmt.Errorf("items: %w", err)
		}
	}
	if slices.Contains(f.Blank, "") || slices.Contains(f.Unpack, "") || slices.Contains(f.Header, "") {
		return errors.New("blank, unpack and header take no empty text")
	}
	return nil
}

// join adds what another mapping of the same source says of the same files.
func (f *form) join(other form) error {
	if f.Codec != "" && other.Codec != "" && f.Codec != other.Codec || f.Items != "" && other.Items != "" && f.Items != other.Items ||
		len(f.Header) > 0 && len(other.Header) > 0 && !slices.Equal(f.Header, other.Header) {
		return errors.New("the mappings read files of unlike forms: give each a source of its own")
	}
	if f.Codec == "" {
		f.Codec = other.Codec
	}
	if f.Items == "" {
		f.Items = other.Items
	}
	if len(f.Header) == 0 {
		f.Header = other.Header
	}
	f.Unpack = append(f.Unpack, other.Unpack...)
	return nil
}

// unpack reads members whose text is a JSON object or list. A text that is none
// stays a text: what is read from inside it is then of another shape.
func (f *form) unpack(tree any) {
	m, ok := tree.(map[string]any)
	if !ok {
		return
	}
	for _, name := range f.Unpack {
		text, ok := m[name].(string)
		if !ok || text == "" {
			continue
		}
		if v, err := canon.Parse([]byte(text)); err == nil {
			m[name] = v
		}
	}
}
