package table

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// changing keeps a file and then lets somebody else change it.
type changing struct {
	sourcetest.Keeper
	then func()
}

func (c *changing) PutRaw(r io.Reader) (evidence.Digest, int64, error) {
	d, n, err := c.Keeper.PutRaw(r)
	if c.then != nil {
		c.then()
		c.then = nil
	}
	return d, n, err
}

func TestAFileThatChangesWhileItIsReadIsAGap(t *testing.T) {
	t.Parallel()
	row := "G1,ann,registry,r,,,,,,,\n"
	for name, after := range map[string]string{"grows": grants + row + row, "changes": grants + "G2,ann,registry,r,,,,,,,\n", "shrinks": grants} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := workspace(t, map[string]string{"g.csv": grants + row})
			plan := sourcetest.Plan(t, spec(t), sourcetest.Fixture{Dir: dir}, grantConfig, nil)
			plan.Keeper = &changing{then: func() {
				if err := os.WriteFile(filepath.Join(dir, "g.csv"), []byte(after), 0o600); err != nil {
					t.Error(err)
				}
			}}
			res, err := engine.Run(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(res.Error, "changed while it was read") || len(res.Gaps) == 0 || res.Gaps[0].Reason != evidence.GapPullFailed {
				t.Errorf("%q %+v", res.Error, res.Gaps)
			}
		})
	}
}

func TestFilesCanStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	dir := workspace(t, map[string]string{"g.csv": grants + "G1,ann,registry,r,,,,,,,\n"})
	res, k := sourcetest.Pull(t, spec(t), strings.Replace(grantConfig, "}", ", keep: path}", 1), dir)
	d := res.Pages[0].SHA256
	if _, kept := k.Blobs[d]; kept || d.IsZero() || res.Pages[0].Kept || slices.Contains(res.Blobs(), d) {
		t.Errorf("%+v", res.Pages[0])
	}
	res, k = sourcetest.Pull(t, spec(t), grantConfig, dir)
	if _, kept := k.Blobs[d]; !kept || res.Pages[0].SHA256 != d || !slices.Contains(res.Blobs(), d) {
		t.Errorf("%+v", res.Pages[0])
	}
}

func TestOtherForms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, body, more string }{
		"semicolons":    {"g.csv", "grant_id;principal_id;resource_id\nG1;ann;\"a;b\"\n", "delimiter: ;"},
		"tabs":          {"g.csv", "grant_id\tprincipal_id\tresource_id\nG1\tann\ta;b\n", `delimiter: "\t"`},
		"items":         {"g.json", `{"page":{"grants":[{"grant_id":"G1","principal_id":"ann","resource_id":"a;b"}]}}`, "items: page.grants"},
		"stated codec":  {"g.log", "\xef\xbb\xbf{\"grant_id\":\"G1\",\"principal_id\":\"ann\",\"resource_id\":\"a;b\"}\r\n\r\n", "codec: jsonl"},
		"no line end":   {"g.csv", "grant_id,principal_id,resource_id\r\nG1,ann,a;b\r", "zone: UTC"},
		"two of a kind": {"g.ndjson", `{"grant_id":"G1","principal_id":"ann","resource_id":"a;b"}`, "as_of: 2026-05-01T00:00:00Z"},
	} {
		p := pull(t, map[string]string{c.file: c.body}, "id: g\ntype: table\nfiles: ['g.*']\nmapping: native\nkind: grant\nabsent: none\n"+c.more)
		if p.Error != "" || len(p.Gaps) > 0 || len(p.records) != 1 || p.records[0].Text("resource_id") != "a;b" {
			t.Errorf("%s: %s %+v %+v", name, p.Error, p.Gaps, p.Kinds)
		}
	}
}

func TestRulesOfOneKindDoNotCoverForEachOther(t *testing.T) {
	t.Parallel()
	p := pull(t, map[string]string{"g.jsonl": `{"a":{"id":"G1","revoked":"2026-01-01T00:00:00Z"},"b":"G2"}`}, `
id: g
type: table
files: g.jsonl
mappings:
  - {schema: tieout/mapping/v1, id: a, kind: grant, columns: {grant_id: a.id, principal_id: {const: p}, resource_id: {const: r}, revoked_at: a.revoked}}
  - {schema: tieout/mapping/v1, id: b, kind: grant, columns: {grant_id: b, principal_id: {const: p}, resource_id: {const: r}}}
`)
	if len(p.records) != 2 {
		t.Fatalf("%+v %s", p.Kinds, p.Error)
	}
	if !slices.ContainsFunc(p.gap(evidence.GapNotProvided), func(g evidence.Gap) bool { return slices.Contains(g.Columns, "revoked_at") }) {
		t.Errorf("the second rule's open end passes for a fact: %+v", p.Gaps)
	}
}

func TestAComponentOfTheSourceIsEveryRows(t *testing.T) {
	t.Parallel()
	p := pull(t, map[string]string{"t.csv": "id,limit\nT1,0.7\n"}, `
id: t
type: table
files: t.csv
component: fraud
mapping: {schema: tieout/mapping/v1, id: t, kind: threshold, columns: {threshold_id: id, value: limit, valid_from: {const: 2026-01-01T00:00:00Z}, valid_to: {none: true}}}
`)
	if len(p.records) != 1 || p.records[0].Text("component_id") != "fraud" || p.records[0].Value("value") != 0.7 || len(p.Gaps) > 0 {
		t.Errorf("%+v %+v %s", p.records, p.Gaps, p.Error)
	}
}
