package evaluate

import (
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
)

// ownPart is what tests over deployments share.
const ownPart = `
        population: |
          SELECT d.deployment_id AS item, d.component_id, d._id AS record, d.started_at AS at, d.environment, d.model_version, d.ended_at_us, d.deployed_by_kind
          FROM deployment d
        scope: x.environment = 'production'
`

// ownCatalog adds the controls OWN-01, with a test per component, an
// indicator and a test of deadlines, and OWN-02, with a test of the entity
// that reads a parameter without a default.
func ownCatalog(t testing.TB) *controls.Catalog {
	t.Helper()
	cat, err := catalog.LoadWith([]catalog.File{{Name: "own.yaml", Src: []byte(`schema: tieout/controls/v1
family: own
controls:
  - id: OWN-01
    title: Own
    statement: Deployments are right.
    severity: low
    frequency: continuous
    nature: automated
    primary: [CC8.1]
    applies: {kinds: [ml_model], because: only a model of one's own has a version}
    tests:
      - id: OWN-01.T1
        words: A deployment to production names its version and was made by a pipeline.
        kind: per_item
        of: component
        base: deployment` + ownPart + `
        excluded: {elsewhere: x.environment = 'staging'}
        attributes:
          A: {words: It names its version., sql: x.model_version IS NOT NULL}
          B: {words: A pipeline made it., sql: x.deployed_by_kind = 'pipeline'}
      - id: OWN-01.T2
        words: How many deployments still run.
        kind: indicator
        of: component
        base: deployment` + ownPart + `
        excluded: {elsewhere: NOT x.environment = 'production'}
        attributes:
          A: {words: It has ended., sql: x.ended_at_us IS NOT NULL}
      - id: OWN-01.T10
        words: A deployment ends.
        kind: per_item
        of: component
        base: deployment` + ownPart + `
        not_due: x.ended_at_us IS NULL
        excluded: {elsewhere: NOT x.environment = 'production'}
        attributes:
          A: {words: It has ended., sql: x.ended_at_us IS NOT NULL}
  - id: OWN-02
    title: Own
    statement: Projects are approved.
    severity: low
    frequency: continuous
    nature: automated
    primary: [CC9.2]
    tests:
      - id: OWN-02.T1
        words: Each project that is called is one of policy.
        kind: per_item
        of: entity
        base: gateway_request
        population: |
          SELECT g.request_id AS item, g._id AS record, g.project_id FROM gateway_request g
        scope: 'TRUE'
        attributes:
          A: {words: Policy names it., sql: "CASE WHEN x.project_id IS NULL THEN TRUE ELSE (SELECT any3(a.value = x.project_id) FROM json_each(coalesce(p.approved_projects, '[null]')) a) END"}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	return cat
}
