package app

import (
	"io"
	"iter"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/bundle"
	"github.com/tieout/tieout/export/html"
	"github.com/tieout/tieout/export/pdf"
	"github.com/tieout/tieout/export/xlsx"
)

type iterHashes = iter.Seq2[ledger.Hash, error]

// Documents returns the documents of a package in the formats asked for. The
// verifier renders them again with the same function.
func Documents(d *export.Dossier, digest evidence.Digest, formats []string) []bundle.Document {
	var out []bundle.Document
	if slices.Contains(formats, "pdf") {
		out = append(out, bundle.Document{Format: "pdf", Path: "report.pdf", Write: func(w io.Writer) error {
			return pdf.Encode(w, d, pdf.Options{Paper: d.Paper, ContentDigest: digest.String()})
		}})
	}
	if slices.Contains(formats, "xlsx") {
		out = append(out, bundle.Document{Format: "xlsx", Path: "workbook.xlsx", Write: func(w io.Writer) error {
			return xlsx.Encode(w, d, xlsx.Options{ContentDigest: digest.String()})
		}})
	}
	if slices.Contains(formats, "html") {
		out = append(out, bundle.Document{Format: "html", Path: "index.html", Write: func(w io.Writer) error {
			return html.Encode(w, d, html.Options{ContentDigest: digest.String()})
		}})
	}
	return out
}
