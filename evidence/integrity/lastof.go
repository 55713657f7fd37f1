package integrity

import (
	"bytes"

	"github.com/tieout/tieout/evidence/logfile"
)

// lastOf returns the last record of a chunk, or nil.
func lastOf(c logfile.Chunk) []byte {
	if n := len(c.Spans); n > 0 {
		return c.Data[c.Spans[n-1].Start:c.Spans[n-1].End]
	}
	data := bytes.TrimRight(c.Data, " \t\r\n")
	if i := bytes.LastIndexByte(data, '\n'); i >= 0 {
		data = data[i+1:]
	}
	if len(data) == 0 {
		return nil
	}
	return data
}
