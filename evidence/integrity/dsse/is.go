package dsse

import (
	"bytes"
	"errors"
	"io"
	"regexp"
)

// firstMember is how an envelope begins, on whatever lines.
var firstMember = regexp.MustCompile(`^\s*\{\s*"(payload|payloadType|signatures)"\s*:`)

// Is reports whether a file is one of envelopes: its first member is one of an
// envelope's, and the other two are near. It does not read what they say, so
// that a damaged envelope is still taken for one.
func Is(r io.Reader) (bool, error) {
	head := make([]byte, 4<<10)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	if head = head[:n]; !firstMember.Match(head) {
		return false, nil
	}
	rest, err := io.ReadAll(io.LimitReader(r, MaxEnvelope))
	if err != nil {
		return false, err
	}
	head = append(head, rest...)
	for _, member := range []string{`"payload"`, `"payloadType"`, `"signatures"`} {
		if !bytes.Contains(head, []byte(member)) {
			return false, nil
		}
	}
	return true, nil
}
