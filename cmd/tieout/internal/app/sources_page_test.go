package app

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/table"
)

var updateSources = flag.Bool("update-sources", false, "write docs/sources.md anew")

func TestSourcesPageIsCurrent(t *testing.T) {
	want := sourcesPage(t)
	page := filepath.Join("..", "..", "..", "..", "docs", "sources.md")
	if *updateSources {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil || string(got) != want {
		t.Errorf("docs/sources.md differs from the sources (%v): run go test ./cmd/tieout/internal/app -run SourcesPage -update-sources", err)
	}
}

func TestEverySourceSaysWhatItNeedsAndCannotSee(t *testing.T) {
	t.Parallel()
	for _, s := range source.All() {
		if s.Summary == "" || len(s.Access) == 0 || s.Sample == "" || len(s.Emits) > 0 && len(s.Blind) == 0 {
			t.Errorf("%s: the page would have a hole", s.Name)
		}
	}
}

// sourcesPage makes the page from what the sources say of themselves and from
// what the catalogue reads.
func sourcesPage(t *testing.T) string {
	t.Helper()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	if err := evaluate.FillReads(t.Context(), cat); err != nil {
		t.Fatal(err)
	}
	readers := map[evidence.Kind][]string{}
	for _, c := range cat.Controls {
		for i := range c.Tests {
			for _, k := range lacking(&c.Tests[i], nil) {
				readers[k] = append(readers[k], c.Tests[i].ID)
			}
		}
	}
	var b strings.Builder
	b.WriteString("# Sources\n\nOne type of source a section, made from what each says of itself; a test compares the two. " +
		"The columns of each kind are in [records.md](records.md), the rest of a workspace file in [workspace.md](workspace.md).\n\n" +
		"A source shows records, and says what it could not show: a column that it never gives is a gap of that column, " +
		"and a test that reads it is not tested. `tieout doctor` prints the rights below and says whether each source answers; " +
		"`tieout trust` shows which secret goes to which host before anything is connected to.\n\n" +
		"Sources that are asked over HTTP take the same keys: `url`, `user` and `password`, or `token` (secrets are references such as `env:NAME`), " +
		"`ca` (a PEM file of the workspace), `rate` (requests a second at most), and `allow`, a list of `http`, `loopback` and `private`. " +
		"Without `allow` only https to public addresses is used; link-local and metadata addresses are never connected to, and no redirect leads to another host.\n\n" +
		"Those of AWS take, in place of `url`, `user`, `password` and `token`: `region`; `access_key`, `secret_key` and, of a temporary key, `session_token` (all three references); " +
		"`role_arn` and `external_id` of a role to take on; `endpoint`, or `endpoints` by service, where AWS's own are not meant. " +
		"Nothing of the surroundings is used: no profile, no environment, no metadata service.\n")
	for _, s := range source.All() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", s.Name, heading(s))
		if len(s.Emits) > 0 {
			emits := slices.Sorted(slices.Values(s.Emits))
			fmt.Fprintf(&b, "Gives %s.\n\n", kindList(emits))
		}
		b.WriteString("Needs, and no more:\n\n")
		bullets(&b, s.Access)
		if len(s.Blind) > 0 {
			b.WriteString("\nCannot see:\n\n")
			bullets(&b, s.Blind)
		}
		fmt.Fprintf(&b, "\n```yaml\nsources:\n  - %s\n```\n", strings.ReplaceAll(s.Sample, "\n", "\n  "))
	}
	b.WriteString("\n## Mappings that are built in\n\nEach is a file of data; [workspace.md](workspace.md#mappings) says how to write one of your own.\n\n| mapping | gives | reads |\n|---|---|---|\n")
	for _, m := range table.Describe() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", m.ID, kindList(m.Kinds), m.Words)
	}
	b.WriteString("\n## Which kind serves which tests\n\nA test needs every kind that it reads. `table` can give any kind.\n\n| kind | given by, besides table | tests that read it |\n|---|---|---|\n")
	for _, s := range kinds.All() {
		types := slices.DeleteFunc(source.TypesOf(s.Kind), func(name string) bool { return name == "table" })
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.Kind, strings.Join(types, ", "), strings.Join(readers[s.Kind], " "))
	}
	return b.String()
}

// heading is the summary; that of table lists every kind there is, which the
// page does at its end.
func heading(s source.Spec) string {
	text, _, _ := strings.Cut(s.Summary, "; gives any of")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

func bullets(b *strings.Builder, lines []string) {
	for _, l := range lines {
		fmt.Fprintf(b, "- %s\n", strings.ReplaceAll(strings.ReplaceAll(l, "<", "&lt;"), "*", `\*`))
	}
}

func kindList(list []evidence.Kind) string {
	var out []string
	for _, k := range list {
		out = append(out, "`"+string(k)+"`")
	}
	return strings.Join(out, ", ")
}
