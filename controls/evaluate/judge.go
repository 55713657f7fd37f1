package evaluate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/statement"
)

// judge turns what the statements gave into items and results.
type judge struct {
	in      *Input
	jobs    []job
	next    int // the job that begins next
	item    func(controls.Item) error
	outcome *Outcome
	owners  map[string]string // record with an unreadable value → its component
	known   map[string]*controls.Component
	nowhere map[[2]string]int // control and component → position in outcome.NotApplicable

	test    *controls.Test
	begun   begun
	place   places
	tallies map[string]*tally // by component
	no      int64
	last    controls.Item // key, component and how often that pair came in a row
	twins   int
	reads   *readSet
	blind   map[string]bool // component → letters that rest on what could not be seen
}

func newJudge(in *Input, item func(controls.Item) error) (*judge, error) {
	jobs, err := in.tests()
	if err != nil {
		return nil, err
	}
	if item == nil {
		item = func(controls.Item) error { return nil }
	}
	j := &judge{in: in, jobs: jobs, item: item, outcome: &Outcome{}, owners: map[string]string{}, known: map[string]*controls.Component{}, nowhere: map[[2]string]int{}}
	for i := range in.Components {
		j.known[in.Components[i].ID] = &in.Components[i]
	}
	return j, nil
}

// places are where the columns of a row stand.
type places struct {
	component, item, record, at, scope, notDue, state int
	letters, truths, facts                            []int
}

func placesOf(columns []string, t *controls.Test) (places, error) {
	find := func(name string) int { return slices.Index(columns, name) }
	p := places{
		component: find(statement.ComponentColumn), item: find("item"), record: find("record"), at: find("at"),
		scope: find(statement.ScopeColumn), notDue: find(statement.NotDueColumn), state: find(statement.StateColumn),
	}
	taken := []int{p.component, p.item, p.record, p.at, p.scope, p.notDue, p.state}
	for _, a := range t.Attributes {
		i := find(a.Letter)
		p.letters, taken = append(p.letters, i), append(taken, i)
	}
	for _, must := range append([]int{p.component, p.item, p.scope, p.notDue, p.state}, p.letters...) {
		if must < 0 {
			return p, fmt.Errorf("the statement gives the columns %s, and some that every test has are not among them", strings.Join(columns, ", "))
		}
	}
	p.truths = append([]int{p.scope, p.notDue}, p.letters...)
	for i, name := range columns {
		if !slices.Contains(taken, i) && name != "component_id" {
			p.facts = append(p.facts, i)
		}
	}
	return p, nil
}

func (j *judge) located(record, component string) error {
	j.owners[record] = component
	return nil
}

func (j *judge) begin(b begun) (err error) {
	if j.next >= len(j.jobs) || j.jobs[j.next].test.ID != b.Test {
		return fmt.Errorf("results of test %q came where others were due", b.Test)
	}
	j.test, j.begun, j.tallies, j.no = j.jobs[j.next].test, b, map[string]*tally{}, 0
	j.last, j.twins, j.blind = controls.Item{}, 0, map[string]bool{}
	j.test.Reads, j.test.Params = b.Reads, paramNames(j.in.Catalog.Params, b.Reads)
	j.reads = readSetOf(b.Reads)
	j.place, err = placesOf(b.Columns, j.test)
	return err
}

func (j *judge) row(v []any) error {
	component, ok := v[j.place.component].(string)
	if !ok || v[j.place.item] == nil {
		return fmt.Errorf("an item without a key or a component: row %v", v)
	}
	var state controls.State
	name, _ := v[j.place.state].(string)
	if err := state.UnmarshalText([]byte(name)); err != nil {
		return err
	}
	for _, at := range j.place.truths {
		if n, isInt := v[at].(int64); v[at] != nil && (!isInt || n != 0 && n != 1) {
			return fmt.Errorf("item %v: column %s is %v, want true, false or NULL", v[j.place.item], j.begun.Columns[at], v[at])
		}
	}
	t := j.tally(component)
	if j.isBlind(component) {
		state = controls.NotTested
	}
	t.add(state, v, j.place.letters)
	if applies, _ := j.applies(component); !applies || j.relied(component) {
		return nil
	}
	j.no++
	return j.item(j.itemOf(component, state, v))
}

func (j *judge) tally(component string) *tally {
	t := j.tallies[component]
	if t == nil {
		t = newTally(j.test)
		j.tallies[component] = t
	}
	return t
}

func (j *judge) excluded(component, reason string, rows int64) error {
	j.tally(component).exclude(reason, rows)
	return nil
}

// applies reports whether the control that is being judged concerns the
// component. Rows of unknown components are judged, so that none vanishes.
func (j *judge) applies(component string) (bool, string) {
	control := j.jobs[j.next].control
	if ok, why := control.Applies.In(j.in.Categories); !ok {
		return false, why
	}
	if c := j.known[component]; c != nil {
		return control.Applies.To(*c)
	}
	if component != controls.EntityComponent || len(j.in.Components) == 0 {
		return true, ""
	}
	why := ""
	for _, c := range j.in.Components {
		ok, reason := control.Applies.To(c)
		if ok {
			return true, ""
		}
		why = reason
	}
	return false, "no component is concerned: " + why
}

// relied reports whether somebody else carries out the control that is being
// judged for the component.
func (j *judge) relied(component string) bool {
	control := j.jobs[j.next].control.ID
	return slices.ContainsFunc(j.in.ReliesOn, func(r controls.ReliesOn) bool { return r.Control == control && r.Component == component })
}

func (j *judge) end() error {
	control := j.jobs[j.next].control
	names := []string{controls.EntityComponent}
	if j.test.Of == controls.OfComponent {
		names = nil
		for _, c := range j.in.Components {
			names = append(names, c.ID)
		}
		slices.Sort(names)
		if j.tallies[Unmatched] != nil {
			names = append(names, Unmatched)
		}
	}
	judged := map[string]bool{}
	for _, name := range names {
		judged[name] = true
	}
	for component := range j.tallies {
		if !judged[component] {
			return fmt.Errorf("the statement gives component %q, which there is not", component)
		}
	}
	for _, name := range names {
		t := j.tally(name)
		if ok, why := j.applies(name); !ok {
			j.notApplicable(control.ID, name, why, t.population)
			continue
		}
		if j.relied(name) {
			j.outcome.Relied = append(j.outcome.Relied, Relied{
				Test: j.test.ID, Control: control.ID, Component: name, Items: t.population, Deviation: t.states[controls.Deviation], Indeterminate: t.states[controls.Indeterminate],
			})
			continue
		}
		j.outcome.Results = append(j.outcome.Results, j.result(name, t))
	}
	j.next++
	return nil
}

func (j *judge) notApplicable(control, component, why string, items int64) {
	pair := [2]string{control, component}
	if at, stated := j.nowhere[pair]; stated {
		j.outcome.NotApplicable[at].Items += items
		return
	}
	j.nowhere[pair] = len(j.outcome.NotApplicable)
	j.outcome.NotApplicable = append(j.outcome.NotApplicable, NotApplicable{Control: control, Component: component, Reason: why, Items: items})
}
