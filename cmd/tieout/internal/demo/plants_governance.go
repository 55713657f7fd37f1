package demo

import (
	"fmt"
	"time"
)

// governancePlants are problems with who answers for what, with data, and with
// the evidence tool itself.
var governancePlants = []plant{
	{
		"the inventory names an owner who left in March", "support-assist",
		func(w *world) []Find {
			w.find("inventory_item", "component_id", "support-assist")["owner_id"] = "bruno.keller"
			return []Find{{"AI-GOV-01.T2", []string{"support-assist"}}}
		},
	},
	{
		"a training set was approved a day after a model was trained on it", "fraud-score 2026.05.0",
		func(w *world) []Find {
			var use row
			for _, u := range w.rows["dataset_use"] {
				if u["model_version"] == "2026.05.0" && u["component_id"] == "fraud-score" && u["used_as"] != "test" {
					use = u
				}
			}
			for _, d := range w.rows["dataset"] {
				if d["dataset_id"] == use["dataset_id"] && d["version"] == use["dataset_version"] {
					d["approved_at"] = stamp(moment(use["used_at"]).Add(26 * time.Hour))
				}
			}
			return []Find{{"AI-DAT-01.T1", []string{useKey(use)}}}
		},
	},
	{
		"the tests of this very tool were approved by the one who chose them", "the catalogue",
		func(w *world) []Find {
			a := w.find("evidence_approval", "part", "catalog")
			a["author_ids"] = []string{"nadia.jankovic", "hana.lindqvist"}
			return []Find{{"AI-EVD-01.T3", []string{"catalog " + a["value"].(string)}}}
		},
	},
}

// useKey is how a test names one use of a dataset.
func useKey(u row) string {
	return fmt.Sprintf("%v %v %v %v %v", u["model"], u["model_version"], u["dataset_id"], u["dataset_version"], u["used_as"])
}
