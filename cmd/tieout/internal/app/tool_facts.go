package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/export"
)

// toolFacts says what is known of the tool: which setups runs worked with
// since when, and what nobody recorded.
func (m *dossierMaker) toolFacts(ctx context.Context, entries []runEntry) ([]export.ToolFact, error) {
	approved, err := m.approvals(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the approvals of setups: %w", err)
	}
	run := m.run
	of := freezesOf(entries, run.Window)
	first, last := of[0], of[len(of)-1]
	out := []export.ToolFact{
		{What: "Tool", Value: run.Tool, Basis: "this program says so of itself"},
		{What: "Database engine", Value: "SQLite " + run.Frozen.Engine, Basis: "this program says so of itself"},
		{What: "Catalogue, SHA-256, at the first run of the period", Value: first.Catalog, Since: first.At, Basis: "journal"},
		{What: "Catalogue, SHA-256, at this run", Value: last.Catalog, Since: last.At, Basis: "journal"},
		{What: "Configuration, SHA-256, at the first run of the period", Value: first.Config.String(), Since: first.At, Basis: "journal"},
		{What: "Configuration, SHA-256, at this run", Value: last.Config.String(), Since: last.At, Basis: "journal"},
	}
	out = append(out, setupFacts(entries, approved)...)
	done, failed, gaps := 0, 0, 0
	for _, p := range m.d.Pulls {
		switch p.Status {
		case "failed":
			failed++
		case "gaps":
			gaps++
		default:
			done++
		}
	}
	out = append(out,
		export.ToolFact{What: "Pulls that this package rests on", Value: fmt.Sprintf("%d ended without a gap, %d with gaps, %d did not end well", done, gaps, failed), Basis: "journal; sheet Tool Runs"},
		export.ToolFact{What: "Freezes of the period", Value: fmt.Sprintf("this is number %d of %d; %d before it had other results", m.d.Freezes.N, m.d.Freezes.M, m.d.Freezes.Different), Basis: "journal; sheet Freezes"},
		export.ToolFact{What: "Examples of the shipped tests", Value: fmt.Sprintf("%d, each run by the tests that a release has to pass; this program did not run them again for this package", catalog.Examples()), Basis: "catalogue"},
	)
	if n := len(run.Twice); n > 0 {
		var rows []string
		for _, t := range run.Twice {
			rows = append(rows, t.ID+" of source "+t.Source)
		}
		out = append(out, export.ToolFact{What: "Deficiencies that a list of the entity's names and that people stated here too", Value: strings.Join(rows, ", ") + ": each counts once, as it was signed", Basis: "store"})
	}
	for _, what := range []string{"Digest of the program's file", "Signature of the release", "Who can run the tool, change its setup, sign, and delete from the store"} {
		out = append(out, export.ToolFact{What: what, Value: "not recorded", Basis: "ask management"})
	}
	return out, nil
}

// setupFacts lists every setup that a run worked with, each with its first
// use. A setup that comes back after another one is listed again.
func setupFacts(entries []runEntry, approved map[[2]string]string) []export.ToolFact {
	var out []export.ToolFact
	for _, part := range []struct {
		name, what string
		of         func(runEntry) string
	}{
		{"tool", "Tool in use from", func(e runEntry) string { return e.Tool }},
		{"catalog", "Catalogue in use from, SHA-256", func(e runEntry) string { return e.Catalog }},
		{"config", "Configuration in use from, SHA-256", func(e runEntry) string { return e.Config.String() }},
	} {
		previous := ""
		for _, e := range entries {
			value := part.of(e)
			if value == previous {
				continue
			}
			previous = value
			out = append(out, export.ToolFact{What: part.what, Value: value, Since: e.At, ApprovedBy: approved[[2]string{part.name, value}], Basis: "journal"})
		}
	}
	return out
}
