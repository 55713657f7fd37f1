package dsse

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/tieout/tieout/evidence/canon"
)

// StatementType is the payload type of in-toto statements.
const StatementType = "application/vnd.in-toto+json"

const maxSubjects = 100_000

// Statement is what an in-toto statement says, and of what.
type Statement struct {
	Type      string // of the statement: its version
	Predicate string // type of what is said
	Subjects  []Subject
}

// Subject is one thing that a statement is about.
type Subject struct {
	Name   string
	Digest map[string]string // by algorithm, in hex
}

// ParseStatement reads an in-toto statement.
func ParseStatement(b []byte) (*Statement, error) {
	m, err := canon.ParseObject(b)
	if err != nil {
		return nil, err
	}
	s := &Statement{}
	s.Type, _ = m["_type"].(string)
	if s.Type != "https://in-toto.io/Statement/v1" && s.Type != "https://in-toto.io/Statement/v0.1" {
		return nil, fmt.Errorf("its _type is %.80q, and not that of an in-toto statement", s.Type)
	}
	var ok bool
	if s.Predicate, ok = m["predicateType"].(string); !ok || s.Predicate == "" {
		return nil, errors.New("predicateType is missing or no text")
	}
	list, ok := m["subject"].([]any)
	if !ok || len(list) == 0 || len(list) > maxSubjects {
		return nil, fmt.Errorf("subject: want a list of 1 to %d", maxSubjects)
	}
	for i, v := range list {
		one, _ := v.(map[string]any)
		digests, ok := one["digest"].(map[string]any)
		if !ok || len(digests) == 0 {
			return nil, fmt.Errorf("subject %d has no digest", i+1)
		}
		x := Subject{Digest: map[string]string{}}
		x.Name, _ = one["name"].(string)
		for alg, d := range digests {
			if x.Digest[alg], ok = d.(string); !ok {
				return nil, fmt.Errorf("subject %d: its %.40q is no text", i+1, alg)
			}
		}
		s.Subjects = append(s.Subjects, x)
	}
	return s, nil
}

var algorithms = []struct {
	name string
	make func() hash.Hash
}{{"sha256", sha256.New}, {"sha384", sha512.New384}, {"sha512", sha512.New}}

// errAbsent is the error of a subject that is not among the files.
var errAbsent = errors.New("it is not there")

// compare compares a subject with the file of its name, and returns the digest
// that differs: what the statement says and what the file has.
func (s Subject) compare(files fs.FS) (alg, said, has string, err error) {
	if files == nil || !filepath.IsLocal(s.Name) || !fs.ValidPath(s.Name) {
		return "", "", "", errAbsent
	}
	info, err := fs.Lstat(files, s.Name)
	if err != nil || !info.Mode().IsRegular() {
		return "", "", "", errAbsent
	}
	compared := false
	for _, a := range algorithms {
		want, ok := s.Digest[a.name]
		if !ok {
			continue
		}
		f, err := files.Open(s.Name)
		if err != nil {
			return "", "", "", err
		}
		h := a.make()
		_, err = io.Copy(h, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return "", "", "", err
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != want {
			return a.name, want, got, nil
		}
		compared = true
	}
	if !compared {
		return "", "", "", fmt.Errorf("its digests are %v, and sha256, sha384 and sha512 are read", slices.Sorted(maps.Keys(s.Digest)))
	}
	return "", "", "", nil
}
