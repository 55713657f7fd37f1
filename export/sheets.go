package export

import (
	"iter"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// Sheets returns every sheet of the package, the README first. Names, files,
// columns and the order of rows depend on the dossier alone. A text cell is
// never an empty string: what is not there is nil. Rows may be read as often
// as needed; those of Test Detail come from d.Items and are never held.
func Sheets(d *Dossier) []Sheet {
	x := newLookup(d)
	sheets := []Sheet{
		relianceSheet(d), scopeSheet(d), componentSheet(d),
		criteriaSheet(d, x), controlSheet(d, x), crosswalkSheet(d), summarySheet(d, x), testSheet(d),
		populationSheet(d), detailSheet(d), deviationSheet(d), earlierSheet(d), deficiencySheet(d), samplePlanSheet(d), selectionSheet(d),
		logSheet(d), evidenceSheet(d), notTestedSheet(d, x), reliesOnSheet(d), walkthroughSheet(d),
		parameterSheet(d), runSheet(d), toolSheet(d), freezeSheet(d), restatementSheet(d), scopeHistorySheet(d), manualSheet(d, x), documentSheet(d), attestationSheet(d), statementSheet(d), requestSheet(d), notIncludedSheet(d),
	}
	return slices.Insert(sheets, 0, readmeSheet(d, sheets))
}

// Columns that several sheets have.
var (
	testColumn      = textColumn("Test ID", "test_id", 17)
	controlColumn   = textColumn("Control ID", "control_id", 14)
	componentColumn = textColumn("Component ID", "component_id", 19)
	stateColumn     = textColumn("State", "state", 29)
)

func textColumn(title, key string, width int) SheetColumn {
	return SheetColumn{Title: title, Key: key, Type: TextCell, Width: width}
}

func countColumn(title, key string) SheetColumn {
	return SheetColumn{Title: title, Key: key, Type: IntCell, Width: 12}
}

func timeColumn(title, key string) SheetColumn {
	return SheetColumn{Title: title, Key: key, Type: TimeCell, Width: 24}
}

func auditColumn(title, key string, width int) SheetColumn {
	return SheetColumn{Title: title, Key: key, Type: AuditCell, Width: width}
}

// rowsOf makes the rows of a sheet from a list, one each.
func rowsOf[T any](list []T, row func(T) []any) func() iter.Seq2[[]any, error] {
	return func() iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) {
			for _, x := range list {
				if !yield(row(x), nil) {
					return
				}
			}
		}
	}
}

// same is for rows that are ready.
func same(row []any) []any { return row }

// text is a text cell; there is no empty text.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// list is a text cell that holds names.
func list(names []string) any { return text(strings.Join(names, ", ")) }

// sentences is a text cell that holds reasons or queries.
func sentences(list []string) any { return text(strings.Join(list, "; ")) }

// lines is a text cell that holds each on a line of its own.
func lines(list []string) any { return text(strings.Join(list, "\n")) }

// moment is a time cell. A dossier's zero moment was never recorded.
func moment(i evidence.Instant) any {
	if i == 0 {
		return nil
	}
	return i
}

// day is a text cell: a calendar day has no zone, so it is no moment.
func day(d controls.Date) any { return text(d.String()) }

// stated is a count that a source may not have stated.
func stated(n int64) any {
	if n < 0 {
		return nil
	}
	return n
}

// orElse is s, or words that say why there is none.
func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// plain turns a name of a closed list, such as processing_integrity, into
// words.
func plain(name string) string { return strings.ReplaceAll(name, "_", " ") }

func plainList(names []string) any {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = plain(n)
	}
	return list(out)
}

// failing is for a sheet whose rows cannot be made.
func failing(err error) func() iter.Seq2[[]any, error] {
	return func() iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) { yield(nil, err) }
	}
}
