package integrity

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tieout/tieout/evidence/logfile"
)

// part is one piece of what a digest is made of. Pieces are joined in order.
type part struct {
	op      op
	field   int
	as      as
	missing missing
	lit     []byte
	border  []byte // of a text that is joined without its length: what separates it from its neighbours
	json    *jsonPart
	nested  *nested
}

type op uint8

const (
	opLiteral op = iota
	opField
	opPrev
	opJSON
	opNested
	opLine
	opBefore  // the record up to the comma in front of a field
	opWithout // the record without a field
)

// as is how a value becomes bytes.
type as uint8

const (
	asText  as = iota // a string's meaning; a number or a word as it stands
	asToken           // the JSON text as it stands
	asLP32            // the text behind its length in four big-endian bytes
	asLP16
	asLP64
	asU64 // a whole number in eight big-endian bytes
	asHex // the bytes that hex stands for
	asB64
	asDotnet  // a time as .NET prints it, with seven digits
	asHexText // of a digest: its hex text
	asBytes   // of a digest: its bytes
)

var asNames = []string{"text", "token", "lp32", "lp16", "lp64", "u64be", "unhex", "unb64", "dotnet-o", "hex", "bytes"}

type missing uint8

const (
	missingError missing = iota
	missingEmpty         // nothing stands for it; in JSON the member is left out
	missingNull          // null stands for it
)

type nested struct {
	hash  hashAlg
	claim *claim
	input []part
}

func (c *compiler) parts(what string, files []partFile) ([]part, error) {
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: missing; state what the hash is made of", what)
	}
	if c.depth++; c.depth > 4 {
		return nil, fmt.Errorf("%s: digests nested deeper than 4", what)
	}
	defer func() { c.depth-- }()
	var out []part
	for i, f := range files {
		p, err := c.part(f)
		if err != nil {
			return nil, fmt.Errorf("%s, part %d: %w", what, i+1, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func (c *compiler) part(f partFile) (p part, err error) {
	ways := 0
	for _, stated := range []bool{f.JSON != nil, f.Text != nil, f.Bytes != nil, f.Prev, f.Raw != "", f.Digest != nil, f.Field != "" && f.Raw == ""} {
		if stated {
			ways++
		}
	}
	if ways != 1 {
		return p, errors.New("state exactly one of json, field, text, bytes, prev, raw and digest")
	}
	n, err := oneOf("as", f.As, asNames...)
	if err != nil {
		return p, err
	}
	p.as = as(n)
	if n, err = oneOf("missing", f.If, "error", "empty", "null"); err != nil {
		return p, err
	}
	p.missing = missing(n)
	p.field = none
	switch {
	case f.Text != nil:
		p.op, p.lit = opLiteral, []byte(*f.Text)
	case f.Bytes != nil:
		p.op = opLiteral
		if p.lit, err = hex.DecodeString(*f.Bytes); err != nil {
			return p, fmt.Errorf("bytes: %q is no hex", *f.Bytes)
		}
	case f.Prev:
		p.op = opPrev
		if p.as != asHexText && p.as != asBytes && p.as != asText && p.as != asLP32 {
			return p, errors.New("prev: as hex, bytes, text or lp32")
		}
	case f.Digest != nil:
		p.op = opNested
		p.nested, err = c.nestedOf(f.Digest)
	case f.JSON != nil:
		p.op, c.tape = opJSON, true
		p.json, err = c.jsonOf(f.JSON)
	case f.Raw != "":
		err = c.rawOf(f, &p)
	default:
		p.op = opField
		p.field, err = c.field("field", f.Field)
	}
	return p, err
}

func (c *compiler) rawOf(f partFile, p *part) (err error) {
	n, err := oneOf("raw", f.Raw, "line", "before-field", "without-field")
	if err != nil {
		return err
	}
	p.op = []op{opLine, opBefore, opWithout}[n]
	if (f.Field == "") != (p.op == opLine) {
		return errors.New("raw: before-field and without-field name a field of the record itself, line names none")
	}
	p.field, err = c.field("field", f.Field)
	return err
}

func (c *compiler) nestedOf(f *nestedFile) (*nested, error) {
	hash, err := hashNamed(f.Alg)
	if err != nil || hash.keyed {
		return nil, fmt.Errorf("digest.alg: %q: want a plain hash such as sha256", f.Alg)
	}
	out := &nested{hash: hash}
	if out.claim, err = c.claimOf("digest.claim", f.Claim); err != nil {
		return nil, err
	}
	out.input, err = c.parts("digest.input", f.Input)
	return out, err
}

// borders notes for each text that is joined without its length what separates
// it from its neighbours.
func borders(parts []part) {
	if ambiguous(parts) == "" {
		return
	}
	for i := range parts {
		for _, n := range []int{i - 1, i + 1} {
			if parts[i].op == opField && parts[i].as == asText && n >= 0 && n < len(parts) && parts[n].op == opLiteral {
				parts[i].border = parts[n].lit
			}
		}
	}
}

// usesPrev reports whether the predecessor's hash is a part of its own.
func usesPrev(parts []part) bool {
	for _, p := range parts {
		if p.op == opPrev || p.op == opNested && usesPrev(p.nested.input) {
			return true
		}
	}
	return false
}

// problem is why a digest cannot be computed.
type problem struct {
	code Code
	note string
}

func (p *problem) Error() string { return p.note }

func lacks(pointer string) *problem {
	return &problem{FieldMissing, fmt.Sprintf("the record has no %s that the hash could be made of", pointer)}
}

// kindWord says what stands in a field.
func kindWord(k logfile.Kind) string {
	return []string{"nothing", "null", "false", "true", "a number", "a text", "an object", "a list"}[k]
}
