package demo

import (
	"fmt"
	"strings"
	"time"
)

// governanceFeeds are the registers that people keep about the components.
var governanceFeeds = []feed{
	{group: "Inventory, risks and training", id: "inventory", kind: "inventory_item", path: "governance/ai-inventory.json", stated: true},
	{id: "risk-register", kind: "risk_assessment", path: "governance/risk-assessments.json"},
	{id: "training", kind: "training", path: trainingPath},
}

// governance makes the inventory, the assessments of risks and the courses.
func (w *world) governance() {
	for _, c := range w.components() {
		w.inventoryItem(c)
		w.assessments(c)
	}
	for _, c := range w.rows["change"] {
		if at := moment(c["deployed_at"]); c["change_kind"] == "model" && !at.Before(w.from) && at.Before(w.to) {
			w.assess(w.componentOf(c["component_id"]), c["change_id"], at.Add(-44*time.Hour), at.Add(-26*time.Hour))
		}
	}
	for _, p := range w.rows["worker"] {
		w.courses(p)
	}
}

func (w *world) componentOf(id any) component {
	for _, c := range w.components() {
		if c.id == id {
			return c
		}
	}
	panic(fmt.Sprintf("demo: no component %v", id))
}

// ownerAccount is the account of whoever answers for the component.
func (c component) ownerAccount() string {
	return strings.ToLower(strings.ReplaceAll(c.owner, " ", "."))
}

func (w *world) inventoryItem(c component) {
	i := w.add("inventory_item", row{
		"component_id": c.id, "as_of": stamp(w.day(6, 30, 0, 0)), "purpose": c.function, "owner_id": c.ownerAccount(), "data_classes": c.data,
		"decision_effect": c.effect, "deployment": c.deployment, "in_production_since": stamp(time.Date(2025, 10, 1, 0, 0, 0, 0, w.zone)),
		"reviewed_at": stamp(w.day(3, 9, 11, 0)),
	})
	if !c.retired.IsZero() {
		i["retired_at"] = stamp(c.retired)
	}
}

// assessments are those of the component as a whole: each was due again a year
// after the one before.
func (w *world) assessments(c component) {
	made := time.Date(2025, 9, 15, 10, 0, 0, 0, w.zone)
	if c.id == "fraud-score" { // older than the others, so due again in the period
		first := made.AddDate(0, -6, 0)
		w.assess(c, nil, first, first.AddDate(0, 0, 9))
		made = w.day(2, 23, 10, 0)
	}
	w.assess(c, nil, made, made.AddDate(0, 0, 9))
}

func (w *world) assess(c component, change any, made, approved time.Time) {
	about := "yearly"
	if change != nil {
		about = fmt.Sprint("before change ", change)
	}
	w.add("risk_assessment", row{
		"assessment_id": fmt.Sprintf("RA-%03d", len(w.rows["risk_assessment"])+1), "component_id": c.id, "change_id": change, "assessed_at": stamp(made),
		"themes":    []string{"security", "misuse_fraud", "processing_error", "vendor", "privacy"},
		"treatment": "limits, review by people and monitoring as planned (" + about + ")",
		"owner_id":  c.ownerAccount(), "approved_by": "hana.lindqvist", "approved_at": stamp(approved),
	})
}

// courses are one soon after the start of work, and a refresher each year.
func (w *world) courses(p row) {
	end := w.to.AddDate(0, 0, 5) // the training system was read after the period
	if p["ended_at"] != nil {
		end = moment(p["ended_at"])
	}
	course := "ai-controls-1"
	for at := moment(p["started_at"]).Add(9*24*time.Hour + 5*time.Hour); at.Before(end); at = at.AddDate(0, 0, 340) {
		w.add("training", row{
			"training_id": fmt.Sprintf("TR-%04d", len(w.rows["training"])+1), "learner_id": p["email"], "course_id": course, "completed_at": stamp(at),
		})
		course = "ai-controls-refresher"
	}
}
