package cloudtrail

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tieout/tieout/evidence/integrity"
)

// digest is one digest file of a copy.
type digest struct {
	path string // below the root
	name digestName
	content
	doc     *document // nil where it cannot be read
	hasSide bool
	meta    *meta // of its side file

	key     *Key
	next    *digest // the one that names it
	linked  bool    // the one before it is there and is the one it names
	signed  bool    // a signature by a key that was given holds
	refuted bool    // one does not
	unkeyed bool    // the key was not given, and a finding at another digest says so
	found   []found // by reading it
}

// effect is what a finding does to the verdict.
type effect uint8

const (
	mentions effect = iota // nothing: it is said, and counted
	leaves                 // a gap
	blocks                 // it could not be looked at
	breaks                 // it is not what AWS signed
)

// found is a finding, with what it does.
type found struct {
	effect effect
	integrity.Finding
}

func (d *digest) find(e effect, code integrity.Code, note string) *integrity.Finding {
	d.found = append(d.found, found{e, integrity.Finding{Code: code, Note: note}})
	return &d.found[len(d.found)-1].Finding
}

// read reads the file and what stands beside it.
func (d *digest) read(o *opener, s scope) {
	var text bytes.Buffer
	var err error
	d.content, err = o.read(d.path, maxDigest, &text)
	switch {
	case errors.Is(err, errTooLong):
		d.find(blocks, integrity.Oversize, err.Error())
		return
	case errors.Is(err, errChanged):
		d.find(blocks, integrity.SourceChanged, err.Error())
		return
	case errors.Is(err, errPacking):
		d.find(breaks, integrity.HashMismatch, "what CloudTrail delivered unpacks, this does not: "+err.Error())
		return
	case err != nil:
		d.find(blocks, integrity.Unreadable, err.Error())
		return
	}
	if d.members > 1 {
		d.find(mentions, integrity.Reserialised, fmt.Sprintf("it is packed in %d pieces; all of them were hashed", d.members))
	}
	if d.hasSide {
		d.side(o)
	}
	doc, bad := readDocument(text.Bytes())
	if bad != nil {
		d.find(breaks, bad.code, bad.note).ByteOffset = bad.offset
		return
	}
	d.doc = doc
	d.place(s)
}

func (d *digest) side(o *opener) {
	text, err := o.small(d.path+metaEnding, maxMeta)
	if err == nil {
		d.meta, err = readMeta(text)
	}
	if err != nil {
		d.find(mentions, integrity.FieldMissing, "its side file cannot be used: "+err.Error())
		return
	}
	if d.meta.algorithm != signsAlgorithm {
		f := d.find(breaks, integrity.AlgUnexpected, "its metadata names another algorithm than CloudTrail signs with")
		f.Expected, f.Actual = signsAlgorithm, d.meta.algorithm
	}
}

// place compares where the digest lies with where it says that it was delivered.
func (d *digest) place(s scope) {
	doc := d.doc
	if why := unsafeKey(doc.object); why != "" {
		d.find(breaks, integrity.PathUnsafe, "the name that it gives itself cannot be one: "+why).Actual = doc.object
		return
	}
	here := d.path[len(s.base):]
	prefix, rest, ok := splitObject(doc.object)
	switch {
	case !ok || rest != here:
		f := d.find(breaks, integrity.FileRelocated, "it lies in another place than the one that AWS signed it for")
		f.Expected, f.Actual = doc.object, d.path
	case doc.account != s.account:
		f := d.find(breaks, integrity.FileRelocated, "it belongs to another account")
		f.Expected, f.Actual = doc.account, s.account
	case doc.end != d.name.end:
		f := d.find(breaks, integrity.FileRelocated, "its name gives another end than its content")
		f.Expected, f.Actual = doc.end.String(), d.name.end.String()
	case prefix != s.base && !hasEnding(s.base, "/"+prefix):
		f := d.find(mentions, integrity.FileRelocated, "the copy lies under another prefix than the bucket had; the names below it are the same")
		f.Expected, f.Actual = doc.object, d.path
	}
}

func hasEnding(base, ending string) bool {
	return len(base) >= len(ending) && base[len(base)-len(ending):] == ending
}

// sound reports whether nothing says that the digest is not what AWS signed.
func (d *digest) sound() bool {
	for _, f := range d.found {
		if f.effect >= blocks {
			return false
		}
	}
	return true
}
