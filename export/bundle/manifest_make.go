package bundle

import (
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// makeManifest makes the manifest of a content. rows and files are sorted by
// path.
func makeManifest(d *export.Dossier, slug string, root evidence.Digest, items Counts, rows []RowCount, files []FileEntry) *Manifest {
	m := &Manifest{
		Schema: manifestSchema, PackageID: root.String()[:32], ContentDigest: root,
		Merkle:     Merkle{Algorithm: "RFC 6962 with SHA-256", Leaf: leafDomain[:len(leafDomain)-1]},
		Supersedes: d.Supersedes, Status: d.Stage, Complete: d.Complete, Incomplete: list(d.Incomplete),
		Entity:     ManifestEntity{Name: d.Entity.Name, Slug: slug, System: d.Entity.System},
		Engagement: ManifestPeriod{d.Engagement.Type, d.Engagement.From, d.Engagement.To, d.Engagement.Zone, d.Engagement.Window, list(d.Engagement.Categories)},
		RunID:      d.Run.ID, GeneratedAt: d.Run.At.String(), GeneratedBy: d.Run.PreparedBy,
		Tool:       ManifestTool{Name: d.Run.Tool, Engine: d.Run.Engine},
		CatalogSHA: d.Run.CatalogDigest, ConfigSHA: d.Run.ConfigDigest, DatabaseSHA: d.Run.DatabaseSHA,
		Scope:   ManifestScope{Components: []string{}, Excluded: list(d.Excluded)},
		Sources: []SourceLine{}, Populations: []PopulationLine{}, NotTested: []UntestedLine{}, Logs: []LogLine{},
		Ledger: LedgerLine{Origin: d.Run.LedgerOrigin, Size: d.Run.LedgerSize, Root: d.Run.LedgerRoot, Level: d.Run.LedgerLevel, Birth: d.Run.LedgerBirth},
		Rows:   list(rows), Withheld: list(d.NotIncluded), Limits: list(d.Limits), Files: list(files),
	}
	m.Ledger.Shown = slices.ContainsFunc(files, func(f FileEntry) bool { return f.Path == CheckpointPath })
	for _, c := range d.Components {
		m.Scope.Components = append(m.Scope.Components, c.ID)
	}
	for _, p := range d.Pulls {
		m.Sources = append(m.Sources, SourceLine{p.Source, p.Type, p.Principal, p.Started, p.Finished, p.Status, p.Records, p.SourceCount})
	}
	for _, p := range d.Populations {
		m.Populations = append(m.Populations, PopulationLine{p.ID, list(p.Tests), p.File, p.SHA256, p.Distinct, p.SourceCount, p.AfterPeriodEnd})
	}
	for _, l := range d.Logs {
		m.Logs = append(m.Logs, LogLine{l.Source, l.Verdict, l.Records, l.Head, l.SHA256})
	}
	for _, p := range d.Manual {
		if p.Status == "provided" {
			m.Manual.Provided++
		} else {
			m.Manual.Open++
		}
	}
	m.Results = summarise(d, items)
	for _, r := range d.Results {
		if r.State == controls.NotTested {
			m.NotTested = append(m.NotTested, UntestedLine{r.Test, r.Component, list(r.Reasons)})
		}
	}
	return m
}

func summarise(d *export.Dossier, items Counts) Summary {
	s := Summary{Items: items, ResultsTotal: int64(len(d.Results)), DeviationsTotal: int64(len(d.Deviations))}
	s.ItemsTotal = items.Deviation + items.Indeterminate + items.NotTested + items.NotOccurring + items.NotDue + items.Pass + items.Signal
	for _, r := range d.Results {
		s.Results.add(r.State)
	}
	for _, x := range d.Deviations {
		switch x.Determination {
		case "confirmed":
			s.DeviationsConfirmed++
		case "rebutted":
			s.DeviationsRebutted++
		default:
			s.DeviationsOpen++
		}
	}
	return s
}

// list is the list itself, or an empty one where there is none, so that JSON
// has one spelling for it.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
