package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/export"
)

const dossierSchema = "tieout/dossier/v1"

// maxDossier bounds data/dossier.json, in bytes.
const maxDossier = 256 << 20

// errNotOurs is the error of a dossier with members that this version does not
// know, or in another spelling than this version gives them.
var errNotOurs = errors.New("it holds more or other members than this version writes")

// readDossier reads data/dossier.json. Values that may have several types get
// the type that they were written from. The error is errNotOurs where only the
// version is in doubt.
func readDossier(r io.Reader) (*export.Dossier, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxDossier+1))
	if err != nil {
		return nil, fmt.Errorf("read the dossier: %w", err)
	}
	if len(b) > maxDossier {
		return nil, fmt.Errorf("read the dossier: more than %d bytes", maxDossier)
	}
	d := &export.Dossier{}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if err := dec.Decode(d); err != nil {
		return nil, fmt.Errorf("read the dossier: %w", err)
	}
	if d.Schema != dossierSchema {
		return nil, fmt.Errorf("read the dossier: its schema is %.60q, and this version reads %s", d.Schema, dossierSchema)
	}
	for i := range d.Policies {
		d.Policies[i].Value = plainValue(d.Policies[i].Value)
	}
	for i := range d.Params {
		d.Params[i].Default = plainValue(d.Params[i].Default)
	}
	again, err := canon.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("read the dossier: %w", err)
	}
	if !bytes.Equal(again, b) {
		return d, fmt.Errorf("read the dossier: %w", errNotOurs)
	}
	return d, nil
}

// plainValue gives a value read from JSON the Go type that policies and facts
// have: int64 before float64, and a list of texts.
func plainValue(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(canon.Number(v))
	case canon.Number:
		return number(v)
	case []any:
		texts := make([]string, 0, len(v))
		for i := range v {
			v[i] = plainValue(v[i])
			if s, ok := v[i].(string); ok {
				texts = append(texts, s)
			}
		}
		if len(texts) == len(v) {
			return texts
		}
	case map[string]any:
		for k := range v {
			v[k] = plainValue(v[k])
		}
	}
	return v
}

func number(n canon.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	if f, err := n.Float64(); err == nil {
		return f
	}
	return string(n)
}
