package evaluate

import (
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

const hour = 3_600_000_000

// emergencies is a world with one emergency change per component and day, each
// approved a day after it went live.
func emergencies(changes map[string]string) world {
	w := world{}
	for id, deployed := range changes {
		w.add("change", map[string]any{
			"change_id": id, "component_id": strings.Split(id, " ")[0], "environment": "production", "emergency": true, "deployed_at": deployed,
			"retro_approved_at": at(deployed) + 24*hour, "retro_approver_id": "bo", "author_ids": []string{"ann"}, "incident_id": "i", "ticket": "t",
		})
	}
	w.add("worker", map[string]any{"worker_id": "ann"})
	w.add("worker", map[string]any{"worker_id": "bo"})
	for _, who := range []string{"ann", "bo"} {
		w.add("principal", map[string]any{"principal_id": who, "worker_id": who, "principal_kind": "human"})
	}
	return w
}

const emergencyTest = "AI-CHG-02.T2"

func retroMax(hours int64, from string) controls.Policy {
	p := controls.Policy{Param: "emergency_retro_max", Value: hours * hour, ApprovedBy: "Ann"}
	if from != "" {
		p.From = at(from)
	}
	return p
}

func TestAnItemIsJudgedByThePolicyOfItsDate(t *testing.T) {
	t.Parallel()
	w := emergencies(map[string]string{"fraud march": "2026-03-31T23:59:59.999999Z", "fraud april": "2026-04-01T00:00:00Z", "fraud june": "2026-06-29T00:00:00Z"})
	in := w.input(t, retroMax(24, ""), retroMax(12, "2026-04-01T00:00:00Z"), retroMax(36, "2026-06-01T00:00:00Z"), retroMax(1, period.To.String()))
	out, items := run(t, in)
	r := resultOf(t, out, emergencyTest, "fraud")
	if r.State != controls.Deviation || r.Population != 3 || r.Pass != 2 || r.Deviation != 1 {
		t.Fatalf("%+v", r)
	}
	for _, i := range items {
		if i.Test == emergencyTest && i.State == controls.Deviation && (i.Key != "fraud april" || i.Letters["A"] != controls.LetterFalse) {
			t.Errorf("%+v", i)
		}
	}
	counts, err := Recount(t.Context(), in.Database, in.Catalog)
	if c := counts[emergencyTest]["fraud"]; err != nil || c.Pass != 2 || c.Deviation != 1 {
		t.Errorf("the counts say %+v, %v", c, err)
	}
}

func TestAnExplanationShowsThePolicyOfTheItem(t *testing.T) {
	t.Parallel()
	in := emergencies(map[string]string{"fraud march": "2026-03-31T23:59:59.999999Z", "fraud april": "2026-04-01T00:00:00Z"}).
		input(t, retroMax(24, "2026-01-01T00:00:00Z"), retroMax(12, "2026-04-01T00:00:00Z"))
	for item, want := range map[string]string{"fraud march": "24h", "fraud april": "12h"} {
		found, err := Explain(t.Context(), in, emergencyTest, item)
		if err != nil || len(found) != 1 || len(found[0].Policy) != 1 || found[0].Policy[0].Param != "emergency_retro_max" || found[0].Policy[0].Words != want {
			t.Errorf("%s: want %s, got %+v, %v", item, want, found, err)
		}
	}
}

// TestATimeWithoutPolicyIsNotTested takes away the value that was in force when
// an item was judged. What nobody stated is no rule that an item could keep.
func TestATimeWithoutPolicyIsNotTested(t *testing.T) {
	t.Parallel()
	w := emergencies(map[string]string{"fraud march": "2026-03-31T23:59:59.999999Z", "fraud april": "2026-04-01T00:00:00Z", "chat april": "2026-04-01T00:00:00Z", "chat before": "2025-12-31T00:00:00Z"})
	out, items := run(t, w.input(t, retroMax(48, "2026-04-01T00:00:00Z")))
	if r := resultOf(t, out, emergencyTest, "chat"); r.State != controls.Pass || r.Population != 1 {
		t.Errorf("no item of the period lies before the policy, and yet %+v", r)
	}
	r := resultOf(t, out, emergencyTest, "fraud")
	if want := "parameter emergency_retro_max has no value before 2026-04-01T00:00:00.000000Z"; r.State != controls.NotTested || len(r.Reasons) != 1 || !strings.Contains(r.Reasons[0], want) {
		t.Errorf("%+v", r)
	}
	for _, i := range items {
		if i.Test == emergencyTest && i.Component == "fraud" && i.State != controls.NotTested {
			t.Errorf("%+v", i)
		}
	}
}

// TestAPopulationThatPolicyMakesNeedsItAllPeriod shows that no value means no
// items, and that this is never taken for "did not occur".
func TestAPopulationThatPolicyMakesNeedsItAllPeriod(t *testing.T) {
	t.Parallel()
	w := world{}
	w.add("config_event", map[string]any{"event_id": "e", "action": "kms.disable", "resource_id": "k", "actor_id": "ann", "at": "2026-02-01T00:00:00Z"})
	state := func(from string) controls.Result {
		p := controls.Policy{Param: "key_change_actions", Value: []string{"kms.disable"}, From: at(from)}
		out, _ := run(t, w.input(t, p))
		return resultOf(t, out, "AI-ENC-03.T2", controls.EntityComponent)
	}
	if r := state("2026-03-01T00:00:00Z"); r.State != controls.NotTested || r.Population != 0 {
		t.Errorf("without a list until March: %+v", r)
	}
	if r := state(period.From.String()); r.State != controls.Deviation || r.Population != 1 {
		t.Errorf("with a list: %+v", r)
	}
}

func TestStretchesWithoutAValueJoin(t *testing.T) {
	t.Parallel()
	holes := []evidence.Window{{From: 0, To: 5}, {From: 5, To: 9}, {From: 12, To: 20}}
	for i, want := range []evidence.Instant{9, 9, 20} {
		if got := endOf(holes, holes[i]); got != want {
			t.Errorf("hole %d ends at %d, want %d", i, got, want)
		}
	}
}
