package app

import (
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/export"
)

func mapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// kindOfTable returns the kind that a table of the frozen database holds.
func kindOfTable(name string) (string, bool) {
	name = strings.TrimSuffix(name, "_obs")
	_, ok := kinds.Of(evidence.Kind(name))
	return name, ok
}

// evidence lists every raw file that was read, once, in the order in which it
// was first seen.
func (m *dossierMaker) evidence() []export.EvidenceItem {
	var out []export.EvidenceItem
	seen := map[evidence.Digest]bool{}
	for i, res := range m.all {
		var kindNames, tests []string
		for _, k := range res.Kinds {
			kindNames = append(kindNames, string(k.Kind))
			for _, t := range m.readers[string(k.Kind)] {
				if !slices.Contains(tests, t) {
					tests = append(tests, t)
				}
			}
		}
		slices.Sort(tests)
		for _, p := range res.Pages {
			if p.SHA256.IsZero() || seen[p.SHA256] {
				continue
			}
			seen[p.SHA256] = true
			e := export.EvidenceItem{
				ID: fmt.Sprintf("EV-%06d", len(out)+1), Title: p.Name, Source: res.Source, System: res.Type, CollectedAt: res.Started,
				CollectedBy: orDefault(res.Principal, "tieout, reading files"), Method: method(res.Type, res.Queries), Bytes: p.Bytes, SHA256: p.SHA256.String(),
				Kinds: kindNames, Tests: tests, LedgerIndex: m.pulls[i].Index,
			}
			if p.Kept {
				e.File = "evidence/" + e.ID + evidenceExt(p.Name)
			} else {
				e.Withheld = "stays where it is: the digest, its place in the ledger and the verifier's report are here"
			}
			out = append(out, e)
		}
	}
	return out
}

func method(sourceType string, queries []string) string {
	if sourceType == "log" {
		return "log verification"
	}
	for _, q := range queries {
		if strings.HasPrefix(q, "files ") {
			return "file"
		}
	}
	return "query"
}

// evidenceExt keeps an ending that no program runs; anything else is .bin.
func evidenceExt(name string) string {
	base := path.Base(name)
	packed := ""
	for _, z := range []string{".gz", ".zst"} {
		if strings.HasSuffix(base, z) {
			packed, base = z, strings.TrimSuffix(base, z)
		}
	}
	switch ext := path.Ext(base); ext {
	case ".csv", ".json", ".jsonl", ".txt":
		return ext + packed
	case ".ndjson":
		return ".jsonl" + packed
	}
	return ".bin"
}

func orDefault(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// notIncluded names what a reader might look for and not find.
func (m *dossierMaker) notIncluded() []export.NotIncluded {
	var out []export.NotIncluded
	for _, e := range m.d.Evidence {
		if e.Withheld != "" {
			out = append(out, export.NotIncluded{
				What: e.Title + ", SHA-256 " + e.SHA256, Why: e.Withheld, How: "ask management for the file, compare its SHA-256, and run 'tieout verify log' on it",
			})
		}
	}
	return append(out, export.NotIncluded{
		What: "texts of prompts and answers", Why: "they are not collected: presence and digests are", How: "ask management for single items that were selected",
	})
}
