package store

import (
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// leafSchema stands in every leaf, so that no other signed or hashed text of
// ours can be taken for an entry, nor an entry of another version for this one.
const leafSchema = "tieout/entry/v1"

// Leaf returns the bytes that are hashed into the ledger for the entry: one
// canonical JSON object that a person can read,
//
//	{"at":"…","blobs":["…"],"json":…,"key":"…","lists":["…"],"schema":"tieout/entry/v1","type":"…"}
//
// with the entry's own JSON verbatim under "json". The entry must be one that
// a journal would take.
func Leaf(e Entry) []byte {
	dst := make([]byte, 0, 160+len(e.Key)+len(e.JSON)+67*(len(e.Blobs)+len(e.Lists)))
	dst = append(dst, `{"at":`...)
	dst = canon.AppendString(dst, e.At.String())
	dst = appendDigests(append(dst, `,"blobs":`...), e.Blobs)
	dst = append(append(dst, `,"json":`...), e.JSON...)
	dst = canon.AppendString(append(dst, `,"key":`...), e.Key)
	dst = appendDigests(append(dst, `,"lists":`...), e.Lists)
	dst = canon.AppendString(append(dst, `,"schema":`...), leafSchema)
	dst = canon.AppendString(append(dst, `,"type":`...), e.Type)
	return append(dst, '}')
}

func appendDigests(dst []byte, digests []evidence.Digest) []byte {
	dst = append(dst, '[')
	for i, d := range digests {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = canon.AppendString(dst, d.String())
	}
	return append(dst, ']')
}
