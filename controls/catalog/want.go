package catalog

import (
	"fmt"
	"strings"

	"github.com/tieout/tieout/controls"
)

// ScopeLetter stands among the letters of an expectation for the scope.
const ScopeLetter = "scope"

// parseWant reads what an example expects of one item: pass, not_due,
// excluded, "deviation A,D" (exactly these letters are false), "indeterminate
// B" (exactly these are missing) or "indeterminate scope".
func parseWant(s string) (controls.Want, error) {
	name, list, _ := strings.Cut(s, " ")
	var letters []string
	for l := range strings.SplitSeq(list, ",") {
		if l = strings.TrimSpace(l); l != "" {
			letters = append(letters, l)
		}
	}
	w := controls.Want{}
	value := ""
	switch name {
	case "pass":
		w.State = controls.Pass
	case "not_due":
		w.State = controls.NotDue
	case "excluded":
	case "deviation":
		w.State, value = controls.Deviation, controls.LetterFalse
	case "indeterminate":
		w.State, value = controls.Indeterminate, controls.LetterNull
	default:
		return w, fmt.Errorf("%q: want pass, deviation, indeterminate, not_due or excluded", s)
	}
	if (value == "") != (len(letters) == 0) {
		return w, fmt.Errorf("%q: letters belong to a deviation or an indeterminate item, and those name them", s)
	}
	for _, l := range letters {
		if w.Letters == nil {
			w.Letters = map[string]string{}
		}
		w.Letters[l] = value
	}
	return w, nil
}
