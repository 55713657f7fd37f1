package integrity

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"

	"github.com/tieout/tieout/evidence/logfile"
)

// encoding is how a hash is written.
type encoding uint8

const (
	hexLower encoding = iota
	hexUpper
	hexAny
	base64Std
	base64URL
	base64URLPadded
)

var encodingNames = []string{"hex", "hex-upper", "hex-any", "base64", "base64url", "base64url-padded"}

// claim is a member that says what a hash is.
type claim struct {
	field    int
	encoding encoding
	prefix   string
}

const hexDigits = "0123456789abcdef"

var hexPairs = func() (t [256]uint16) {
	for i := range t {
		t[i] = uint16(hexDigits[i>>4]) | uint16(hexDigits[i&15])<<8
	}
	return t
}()

// append appends the one spelling of a hash. For hex-any that is lower case.
func (c *claim) append(dst, sum []byte) []byte {
	dst = append(dst, c.prefix...)
	switch c.encoding {
	case hexUpper:
		start := len(dst)
		dst = hex.AppendEncode(dst, sum)
		copy(dst[start:], bytes.ToUpper(dst[start:]))
		return dst
	case base64Std:
		return base64.StdEncoding.AppendEncode(dst, sum)
	case base64URL:
		return base64.RawURLEncoding.AppendEncode(dst, sum)
	case base64URLPadded:
		return base64.URLEncoding.AppendEncode(dst, sum)
	default:
		n := len(dst)
		dst = append(dst, make([]byte, 2*len(sum))...)
		for _, b := range sum {
			binary.LittleEndian.PutUint16(dst[n:], hexPairs[b])
			n += 2
		}
		return dst
	}
}

// equal reports whether a text is a spelling of the hash whose own spelling is
// given.
func (c *claim) equal(text, own []byte) bool {
	if c.encoding == hexAny {
		return len(text) == len(own) && bytes.EqualFold(text, own)
	}
	return string(text) == string(own)
}

// decode returns the bytes of a claim, or false where it is none.
func (c *claim) decode(text []byte) ([]byte, bool) {
	text, ok := bytes.CutPrefix(text, []byte(c.prefix))
	if !ok {
		return nil, false
	}
	var out []byte
	var err error
	switch c.encoding {
	case base64Std:
		out, err = base64.StdEncoding.Strict().DecodeString(string(text))
	case base64URL:
		out, err = base64.RawURLEncoding.Strict().DecodeString(string(text))
	case base64URLPadded:
		out, err = base64.URLEncoding.Strict().DecodeString(string(text))
	default:
		out, err = hex.DecodeString(string(text))
		if own := (&claim{encoding: c.encoding}).append(nil, out); err == nil && !(&claim{encoding: c.encoding}).equal(text, own) {
			return nil, false // the wrong case
		}
	}
	return out, err == nil
}

// stringAt returns the meaning of a string that stands in a record, in place
// where nothing in it is escaped.
func stringAt(record []byte, v logfile.Value) ([]byte, bool) {
	if v.Kind != logfile.String {
		return nil, false
	}
	if v.Flags&logfile.Escaped == 0 {
		return record[v.Start+1 : v.End-1], true
	}
	return logfile.AppendUnquoted(nil, record[v.Start:v.End]), true
}
