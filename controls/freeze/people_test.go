package freeze

import (
	"slices"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

func people(rows ...map[string]any) *People {
	w := world{}
	for _, r := range rows {
		kind := evidence.Kind(r["kind"].(string))
		values := map[string]any{}
		for k, v := range r {
			if k != "kind" {
				values[k] = v
			}
		}
		w.add(kind, "2026-02-01T00:00:00Z", values)
	}
	p := newPeople()
	for _, k := range peopleKinds {
		for _, r := range w[k] {
			p.add(r)
		}
	}
	return p
}

func TestOnePersonUnderManyNamesIsOneWorker(t *testing.T) {
	t.Parallel()
	p := people(
		map[string]any{"kind": "worker", "worker_id": "W1", "email": "Ann@Example.test"},
		map[string]any{"kind": "worker", "worker_id": "W2", "email": "bo@example.test"},
		map[string]any{"kind": "worker", "worker_id": "W3", "email": "jose\u0301@example.test"},
		map[string]any{"kind": "worker", "worker_id": "W4", "email": "shared@example.test"},
		map[string]any{"kind": "worker", "worker_id": "W5", "email": "shared@example.test"},
		map[string]any{"kind": "worker", "worker_id": "W6"},
		map[string]any{"kind": "worker", "worker_id": "w6"},
		map[string]any{"kind": "principal", "principal_id": "ann-admin", "worker_id": "w1"},
		map[string]any{"kind": "principal", "principal_id": "ann2", "email": "ANN@example.test"},
		map[string]any{"kind": "principal", "principal_id": "bo-old", "email": "bo.old@example.test", "worker_id": "W2"},
		map[string]any{"kind": "principal", "principal_id": "torn", "email": "bo@example.test", "worker_id": "W1"},
		map[string]any{"kind": "principal", "principal_id": "ext-b", "worker_id": "x9"},
		map[string]any{"kind": "principal", "principal_id": "ext-a", "worker_id": "X9"},
		map[string]any{"kind": "principal", "principal_id": "robot"},
		map[string]any{"kind": "identity", "identity": "Annie", "worker_id": "W1"},
	)
	for _, c := range []struct {
		identity, worker string
		candidates       []string
	}{
		{"Ann@example.test", "W1", nil}, {" ann@EXAMPLE.test\t", "W1", nil}, {"ANN-ADMIN", "W1", nil}, {"ann2", "W1", nil},
		{"annie", "W1", nil}, {"w1", "W1", nil}, {"bo-old", "W2", nil}, {"bo.old@example.test", "W2", nil},
		{"JOS\u00c9@example.test", "W3", nil}, {"ext-a", "X9", nil}, {"ext-b", "X9", nil},
		{"shared@example.test", "", []string{"W4", "W5"}}, {"torn", "", []string{"W1", "W2"}},
		{"w6", "", []string{"W6", "w6"}}, {"bo@example.test", "", []string{"W1", "W2"}},
		{"robot", "", nil}, {"nobody", "", nil}, {"", "", nil}, {" ", "", nil},
		{"аnn@example.test", "", nil}, // the first letter is Cyrillic
	} {
		worker, candidates := p.Worker(c.identity)
		if worker != c.worker || !slices.Equal(candidates, c.candidates) {
			t.Errorf("%q: %q %q, want %q %q", c.identity, worker, candidates, c.worker, c.candidates)
		}
	}
}

func TestThePeopleKindsNameNoPersonsThemselves(t *testing.T) {
	t.Parallel()
	for _, k := range peopleKinds { // they are frozen before anybody can be found
		s, _ := kinds.Of(k)
		for _, c := range s.Columns {
			if c.Person {
				t.Errorf("kind %s: column %s holds persons", k, c.Name)
			}
		}
	}
}

func TestPersonsStandBesideTheirIdentities(t *testing.T) {
	t.Parallel()
	w := world{}
	w.add("worker", "2026-02-01T00:00:00Z", map[string]any{"worker_id": "W1", "email": "ann@example.test"})
	w.add("identity", "2026-02-01T00:00:00Z", map[string]any{"identity": "both", "worker_id": "W1"})
	w.add("identity", "2026-02-01T00:00:00Z", map[string]any{"identity": "Both", "worker_id": "W2"})
	for id, authors := range map[string]any{"c1": []string{"ANN@example.test", "ghost", "both"}, "c2": []string{}, "c3": nil} {
		w.add("change", "2026-02-01T00:00:00Z", map[string]any{"change_id": id, "author_ids": authors, "deployed_by": "W1"})
	}
	f, db := freezeOf(t, w.input())
	want(t, "persons", query(t, db, "SELECT change_id, author_ids_person, deployed_by_person FROM change ORDER BY 1"),
		`c1|["W1",null,null]|W1`, `c2|[]|W1`, `c3|-|W1`)
	if len(f.Ambiguous) != 1 || f.Ambiguous[0].Identity != "both" || f.Ambiguous[0].Uses != 1 || !slices.Equal(f.Ambiguous[0].Workers, []string{"W1", "W2"}) {
		t.Errorf("ambiguous: %+v", f.Ambiguous)
	}
	if len(f.Unresolved) != 1 || f.Unresolved[0].Column != "author_ids" || !slices.Equal(f.Unresolved[0].Examples, []string{"ghost"}) {
		t.Errorf("unresolved: %+v", f.Unresolved)
	}
}
