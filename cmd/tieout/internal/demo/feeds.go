package demo

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// feed is one source of the example: which kind it gives, the file in which
// such a system hands it over, and how the workspace names it.
type feed struct {
	group   string // comment above it in the workspace file
	id      string
	kind    string
	path    string // its ending says the form; * stands for the month
	mapping string // native where empty
	keys    string // of the log that it is, if it is a chained one
	stated  bool   // a state, with the date that the file states for it
}

// feeds are all of them, in the order of the workspace file.
var feeds = slices.Concat(baseFeeds, accessFeeds, oversightFeeds, loggingFeeds, governanceFeeds, modelDataFeeds, evidenceFeeds,
	protectionFeeds, vendorFeeds, filterFeeds, retentionFeeds, privacyFeeds, operationsFeeds, availabilityFeeds)

var baseFeeds = []feed{
	{group: "People and access", id: "hr", kind: "worker", path: "hr/workers.csv"},
	{id: "accounts", kind: "principal", path: "iam/principals.csv"},
	{id: "grants", kind: "grant", path: "iam/grants.csv"},
	{id: "access-reviews", kind: "access_review", path: "iam/access-reviews.csv"},
	{id: "access-review-items", kind: "access_review_item", path: "iam/access-review-items.csv"},
	{id: "sign-ins", kind: "sign_in", path: "iam/sign-ins.jsonl"},
	{id: "resources", kind: "resource", path: "reference/resources.csv", stated: true},
	{id: "identities", kind: "identity", path: "reference/identities.csv", stated: true},

	{group: "Changes and models", id: "changes", kind: "change", path: "delivery/changes.json"},
	{id: "deployments", kind: "deployment", path: "delivery/deployments.json"},
	{id: "evaluations", kind: "evaluation", path: "delivery/evaluations.json", mapping: "evaluations-json"},
	{id: "registry", kind: "model_version", path: "registry/model-versions.json"},

	{group: "What counts decisions from outside, and what people did with them", id: "gateway", kind: "gateway_request", path: "gateway/requests-*.jsonl.gz"},
	{id: "core-counts", kind: "business_count", path: "core/business-counts.csv"},
	{id: "reviews", kind: "review", path: "core/reviews.jsonl"},
	{id: "thresholds", kind: "threshold", path: "reference/thresholds.csv"},

	{group: "Settings", id: "tls-scan", kind: "endpoint", path: "scans/endpoints.json", stated: true},
	{id: "vendor-settings", kind: "vendor_setting", path: "vendors/settings.json", stated: true},
}

// entry is the feed's line in the workspace file.
func (f feed) entry() string {
	var b strings.Builder
	if f.group != "" {
		fmt.Fprintf(&b, "\n  # %s\n", f.group)
	}
	fmt.Fprintf(&b, "  - {id: %s, type: table, files: %q, ", f.id, f.path)
	if f.mapping != "" {
		fmt.Fprintf(&b, "mapping: %s", f.mapping)
	} else {
		fmt.Fprintf(&b, "mapping: native, kind: %s", f.kind)
	}
	if f.stated {
		b.WriteString(", as_of: 2026-06-30, zone: America/New_York")
	}
	if f.keys != "" {
		fmt.Fprintf(&b, ", integrity: {profile: tieout-decision/1, keys: [%s]}", f.keys)
	} else if path.Ext(f.path) != ".csv" {
		b.WriteString(", absent: none")
	}
	b.WriteString("}\n")
	return b.String()
}

// write writes the feed's file or files under dir.
func (f feed) write(w *world, dir string) error {
	rows := w.rows[f.kind]
	switch {
	case f.path == callLogPath:
		return nil // see writeEarly
	case strings.Contains(f.path, "*"):
		for month, rows := range w.byMonth(f.kind) {
			body, err := lines(rows)
			if err != nil {
				return err
			}
			if err := writeGzip(dir, strings.Replace(f.path, "*", month, 1), body); err != nil {
				return err
			}
		}
		return nil
	case strings.HasSuffix(f.path, ".csv"):
		body, err := table(f.kind, rows)
		if err != nil {
			return err
		}
		return write(dir, f.path, body)
	case strings.HasSuffix(f.path, ".json"):
		body, err := document(rows)
		if err != nil {
			return fmt.Errorf("write %s: %w", f.path, err)
		}
		return write(dir, f.path, body)
	}
	body, err := lines(rows)
	if err != nil {
		return err
	}
	return write(dir, f.path, body)
}
