package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// sessions follow the sign-ins of people; each resource states its limits.
// What only programs reach has no sessions.
func (w *world) sessions() {
	rng := rand.New(rand.NewPCG(2026, 702))
	for _, r := range resources {
		p := row{"resource_id": r.id, "has_sessions": r.kind != "artifact_store"}
		switch r.kind {
		case "artifact_store":
		case "console", "review_console":
			p["idle_timeout_s"], p["absolute_timeout_s"] = 600, 28800
		default:
			p["idle_timeout_s"], p["absolute_timeout_s"] = 900, 43200
		}
		w.add("session_policy", p)
	}
	for _, s := range w.rows["sign_in"] {
		if s["interactive"] == true && s["result"] == "success" {
			w.session(rng, s)
		}
	}
}

func (w *world) session(rng *rand.Rand, signIn row) {
	start := moment(signIn["at"])
	idle := 20 + rng.IntN(560)
	lasted := time.Duration(6+rng.IntN(240))*time.Minute + time.Duration(idle)*time.Second
	if rng.IntN(12) == 0 { // a day at the desk, up to the limit and the time to notice it
		lasted = 8*time.Hour - time.Duration(rng.IntN(50))*time.Minute
	}
	w.add("session", row{
		"session_id": fmt.Sprintf("SE-%05d", len(w.rows["session"])+1), "principal_id": signIn["principal_id"], "resource_id": signIn["resource_id"],
		"started_at": stamp(start), "ended_at": stamp(start.Add(lasted)), "max_idle_s": idle,
	})
}
