package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mark stands where a secret stood.
const mark = "•••"

// mask replaces the values of declared members, and the credential itself
// wherever a server repeats it, and says what it replaced. Everything else
// keeps its bytes.
func (c *Client) mask(body []byte) ([]byte, []string) {
	counts := map[string]int{}
	if len(c.site.rules.Secrets) > 0 {
		body = maskMembers(body, c.site.rules.Secrets, counts)
	}
	if re := c.site.rules.Number; re != nil {
		if at := re.FindSubmatchIndex(body); at != nil {
			body = slices.Concat(body[:at[2]], []byte(mark), body[at[3]:])
			counts["the answer's number"]++
		}
	}
	for _, x := range c.secrets {
		if n := bytes.Count(body, []byte(x)); n > 0 {
			body = bytes.ReplaceAll(body, []byte(x), []byte(mark))
			counts["the credential"] += n
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, fmt.Sprintf("%s (%d)", name, counts[name]))
	}
	return body, out
}

// span is one value to be replaced.
type span struct{ from, to int64 }

// maskMembers cuts out the values of the named members. A body that is no JSON
// stays as it is, and is refused when it is read.
func maskMembers(body []byte, names []string, counts map[string]int) []byte {
	dec := json.NewDecoder(bytes.NewReader(body))
	var spans []span
	if err := find(dec, names, counts, &spans); err != nil {
		return body
	}
	if len(spans) == 0 {
		return body
	}
	var out []byte
	at := int64(0)
	for _, s := range spans {
		from := s.from + int64(len(body[s.from:s.to])-len(bytes.TrimLeft(body[s.from:s.to], " \t\r\n:")))
		out = append(out, body[at:from]...)
		out = append(out, `"`+mark+`"`...)
		at = s.to
	}
	return append(out, body[at:]...)
}

// find walks one value.
func find(dec *json.Decoder, names []string, counts map[string]int, spans *[]span) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	open, is := t.(json.Delim)
	if !is {
		return nil
	}
	for dec.More() {
		if open == '{' {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			if name, _ := key.(string); slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
				from := dec.InputOffset()
				var whole json.RawMessage
				if err := dec.Decode(&whole); err != nil {
					return err
				}
				*spans = append(*spans, span{from, dec.InputOffset()})
				counts[name]++
				continue
			}
		}
		if err := find(dec, names, counts, spans); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}
