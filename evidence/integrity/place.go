package integrity

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/tieout/tieout/evidence/strictyaml"
)

// step is one key, or the number of a part, at the head of a mistake's words.
var step = regexp.MustCompile(`^(?:, part (\d+): |(?:: )?([a-z_]+)|\.([a-z_]+))`)

// locate follows words such as "digest.input, part 2: json.order: …" into the
// document as far as they lead.
func locate(doc strictyaml.Raw, words string) strictyaml.Raw {
	for {
		m := step.FindStringSubmatch(words)
		if m == nil {
			return doc
		}
		var next strictyaml.Raw
		if m[1] != "" {
			n, _ := strconv.Atoi(m[1])
			next = doc.Item(n - 1)
		} else {
			next = doc.Part(m[2] + m[3])
		}
		if !next.Exists() {
			return doc
		}
		doc, words = next, words[len(m[0]):]
	}
}

// misplaced gives a mistake the place that its words name. One that has a place
// already keeps it.
func misplaced(doc strictyaml.Raw, err error) error {
	if placed := (*strictyaml.Problem)(nil); errors.As(err, &placed) {
		return placed
	}
	return locate(doc, strings.TrimSpace(err.Error())).Problem("%s", err)
}
