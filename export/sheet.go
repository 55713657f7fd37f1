package export

import "iter"

// ColumnType says how a sheet's column is typed in a workbook.
type ColumnType string

// The types of a sheet's columns and their Go values. nil is an empty cell.
const (
	TextCell  ColumnType = "text"  // string
	IntCell   ColumnType = "int"   // int64
	RealCell  ColumnType = "real"  // float64
	TimeCell  ColumnType = "time"  // evidence.Instant, UTC
	BoolCell  ColumnType = "bool"  // bool
	AuditCell ColumnType = "audit" // always empty: the auditor's own column
)

// SheetColumn is one column of a sheet.
type SheetColumn struct {
	Title string // header, unique in the sheet
	Key   string // member name in the data file
	Type  ColumnType
	Width int // in characters, for a workbook
}

// Sheet is one table of the dossier. It becomes data/<File>.jsonl, its twin
// csv/<File>.csv, and a sheet of the workbook.
type Sheet struct {
	Name    string // as the workbook shows it, at most 31 characters
	File    string // such as test_detail
	Words   string // one sentence for the README sheet
	Columns []SheetColumn
	Rows    func() iter.Seq2[[]any, error] // one value per column
}

// Encoder prints a dossier. Equal dossiers give equal bytes.
type Encoder interface {
	Format() string // pdf, xlsx, …
	File() string   // path in the package
}
