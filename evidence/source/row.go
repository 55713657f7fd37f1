package source

import (
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// Row is a record that a collector is filling from one place of one answer. A
// value that cannot be put in is counted and marks its column missing, so that
// no test takes the NULL for a fact.
type Row struct {
	*evidence.Record
	note Noter
	file string
}

// Noter counts values that could not be read; every Env is one.
type Noter interface {
	Unparsable(kind evidence.Kind, column, reason string, at Rejection)
}

// NewRow starts a record of the kind. The file is the name of the answer or
// file that it is read from, as the manifest has it.
func NewRow(note Noter, kind evidence.Kind, file string) *Row {
	return &Row{kinds.New(kind), note, file}
}

// Put puts a value into the column. What the kind does not take is missing.
func (r *Row) Put(column string, v any) {
	if err := r.Set(column, v); err != nil {
		r.Unknown(column, "it is no value of the column")
	}
}

// Unknown says why the column's value cannot be known. The reason never quotes
// a value.
func (r *Row) Unknown(column, why string) {
	r.SetMissing(column)
	r.note.Unparsable(r.Schema.Kind, column, why, Rejection{File: r.file, Item: r.Item})
}

// maxMillis is the end of year 9999, the last that a time can be of.
const maxMillis = 253402300799999

// PutMillis puts a time in that is given in milliseconds since 1970, where 0
// stands for none.
func (r *Row) PutMillis(column string, ms int64) {
	switch {
	case ms == 0:
	case ms < 0 || ms > maxMillis:
		r.Unknown(column, "it is no time")
	default:
		r.Put(column, evidence.Instant(ms*1000))
	}
}

// PutTime puts a time in that is given as text with a zone, by RFC 3339, where
// no text stands for none.
func (r *Row) PutTime(column, text string) {
	if text == "" {
		return
	}
	at, err := evidence.ParseInstant(text)
	if err != nil {
		r.Unknown(column, "it is no time with a zone")
		return
	}
	r.Put(column, at)
}
