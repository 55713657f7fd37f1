package table

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
)

var updateSamples = flag.Bool("update", false, "write what the sample files of the mappings give anew")

// TestEveryBuiltInMappingReadsItsSample reads files of each vendor's shape, odd
// rows among them, and compares everything that comes out with want.txt: every
// record, what was left out and why, and what could not be read.
func TestEveryBuiltInMappingReadsItsSample(t *testing.T) {
	t.Parallel()
	for _, name := range Mappings() {
		if name == "native" {
			continue // it has no shape of its own
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join("testdata", "mappings", name)
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatalf("a mapping needs a sample file and want.txt in %s: %v", dir, err)
			}
			files, more := map[string]string{}, ""
			for _, e := range entries {
				b, err := os.ReadFile(filepath.Join(dir, e.Name()))
				if err != nil {
					t.Fatal(err)
				}
				switch e.Name() {
				case "want.txt":
				case "source.yaml":
					more = string(b)
				default:
					files["in/"+e.Name()] = string(b)
				}
			}
			p := pull(t, files, "id: x\ntype: table\nfiles: in/*\nmapping: "+name+"\n"+more)
			if p.Error != "" || len(p.records) == 0 {
				t.Errorf("%d records: %s", len(p.records), p.Error)
			}
			got := []byte(p.text())
			path := filepath.Join(dir, "want.txt")
			if *updateSamples {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s differs (%v): look at what comes out, then run go test ./evidence/source/table -run Sample -update\n%s", path, err, got)
			}
		})
	}
}

// text is everything that a pull gave, to be read by people.
func (p pulled) text() string {
	var b strings.Builder
	slices.SortFunc(p.records, func(x, y *evidence.Record) int {
		return strings.Compare(string(x.Schema.Kind)+"\x00"+x.NativeID, string(y.Schema.Kind)+"\x00"+y.NativeID)
	})
	for _, r := range p.records {
		fmt.Fprintf(&b, "%s %s\n", r.Schema.Kind, r.NativeID)
		for i, c := range r.Schema.Columns {
			switch {
			case slices.Contains(r.Missing, c.Name):
				fmt.Fprintf(&b, "  %s: could not be read\n", c.Name)
			case r.Values[i] != nil:
				fmt.Fprintf(&b, "  %s: %v\n", c.Name, r.Values[i])
			}
		}
	}
	for _, k := range p.Kinds {
		fmt.Fprintf(&b, "%s: %d put, %d rejected, %d duplicates, %d conflicts\n", k.Kind, k.Put, k.Rejected, k.Duplicates, k.Conflicts)
		for _, d := range k.Dropped {
			fmt.Fprintf(&b, "  left out: %d, %s\n", d.Rows, d.Rule)
		}
	}
	for _, r := range p.Rejected {
		fmt.Fprintf(&b, "rejected: %s %s %d: %s\n", r.Kind, r.File, r.Item, r.Reason)
	}
	for _, u := range p.Unparsable {
		fmt.Fprintf(&b, "unreadable: %s.%s %d, %s\n", u.Kind, u.Column, u.Rows, u.Examples[0].Reason)
	}
	for _, g := range p.Gaps {
		fmt.Fprintf(&b, "gap: %s %s %v\n", g.Kind, g.Reason, g.Columns)
	}
	fmt.Fprintf(&b, "not used: %s\n", strings.Join(p.Unread, ", "))
	return b.String()
}
