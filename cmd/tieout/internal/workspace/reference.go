package workspace

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/evidence/strictyaml"
)

// referenceKinds are the lists that only the entity can give, by the names
// that reference: has for them. Each is read like any other table.
var referenceKinds = map[string]string{"identities": "identity", "recipients": "recipient", "resources": "resource"}

// referenceElsewhere says where the file takes what is no table of its own.
var referenceElsewhere = map[string]string{
	"approvers": "who may approve follows from the rights that sources of kind grant show, and from the policy approver_roles",
	"csoc":      "name the controls of an organisation under relies_on, in csoc",
	"cuec":      "that a vendor's user controls are mapped is column cuecs_mapped of a source of kind vendor_report",
}

// addReferences makes a source of each list under reference:, with the id
// reference-<name>. Times that state no zone are of the engagement's.
func (w *Workspace) addReferences(wrong func(string, ...any)) {
	known := slices.Sorted(maps.Keys(referenceKinds))
	for _, name := range slices.Sorted(maps.Keys(w.File.Reference)) {
		kind, ok := referenceKinds[name]
		if !ok {
			why := referenceElsewhere[name]
			if why == "" {
				why = fmt.Sprintf("it takes %v%s; name any other list under sources", known, strictyaml.Nearest(name, known))
			}
			wrong("reference.%s is no list that is read here: %s", name, why)
			continue
		}
		id := "reference-" + name
		if slices.ContainsFunc(w.Sources, func(s Source) bool { return s.ID == id }) {
			wrong("reference.%s: there is a source %s already: name the list once", name, id)
			continue
		}
		s, err := tableOf(id, kind, w.File.Reference[name], w.File.Engagement.Zone)
		if err != nil {
			wrong("reference.%s: %v", name, err)
			continue
		}
		w.Sources = append(w.Sources, s)
	}
}

// tableOf writes the entry that somebody would write under sources:.
func tableOf(id, kind, file, zone string) (Source, error) {
	entry, err := json.Marshal(map[string]any{"id": id, "type": "table", "files": file, "mapping": "native", "kind": kind, "zone": zone})
	if err != nil {
		return Source{}, err
	}
	var doc struct {
		Sources []strictyaml.Raw `yaml:"sources"`
	}
	if err := strictyaml.Load("reference", []byte(`{"sources":[`+string(entry)+`]}`), &doc); err != nil {
		return Source{}, err
	}
	return Source{Common: Common{ID: id, Type: "table"}, Raw: doc.Sources[0]}, nil
}
