package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// nativeID is the source's own id of the object where the collector gave none:
// the value of the kind's key, or of several key columns a JSON array, so that
// no two keys are one text.
func nativeID(r *evidence.Record) string {
	parts := make([]string, 0, len(r.Schema.Key))
	for _, name := range r.Schema.Key {
		switch v := r.Value(name).(type) {
		case nil:
			return ""
		case string:
			parts = append(parts, v)
		case int64:
			parts = append(parts, strconv.FormatInt(v, 10))
		default:
			parts = append(parts, fmt.Sprint(v))
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	b, err := canon.Append(nil, parts)
	if err != nil {
		return ""
	}
	return string(b)
}

// content is a digest of what a record says, without where it was read: the
// same record on two pages is a duplicate, not a conflict.
func content(buf []byte, r *evidence.Record) ([16]byte, []byte) {
	b := buf[:0]
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	text(r.NativeID)
	for i, v := range r.Values {
		if v == nil {
			continue
		}
		b = binary.AppendUvarint(b, uint64(i))
		switch v := v.(type) {
		case string:
			text(v)
		case int64:
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		case evidence.Instant:
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		case float64:
			b = binary.BigEndian.AppendUint64(b, math.Float64bits(v))
		case bool:
			b = strconv.AppendBool(b, v)
		case []string:
			b = binary.AppendUvarint(b, uint64(len(v)))
			for _, e := range v {
				text(e)
			}
		}
	}
	b = binary.AppendUvarint(b, uint64(len(r.Values)))
	for _, m := range r.Missing {
		text(m)
	}
	full := sha256.Sum256(b)
	return [16]byte(full[:16]), b
}
