package bundle

// Code names a kind of problem. The list is closed.
type Code string

// The codes.
const (
	FileMissing     Code = "FILE_MISSING"
	FileExtra       Code = "FILE_EXTRA"
	HashMismatch    Code = "HASH_MISMATCH"
	SizeMismatch    Code = "SIZE_MISMATCH"
	ManifestInvalid Code = "MANIFEST_INVALID"
	NotCanonical    Code = "CONTAINER_NOT_CANONICAL"
	SigBad          Code = "SIG_BAD"
	KeyUnknown      Code = "KEY_UNKNOWN"
	CountMismatch   Code = "COUNT_MISMATCH"
	DeviationLost   Code = "DEVIATION_MISSING"
	SampleMismatch  Code = "SAMPLE_MISMATCH"
	LedgerMismatch  Code = "LEDGER_MISMATCH"
	LedgerRollback  Code = "LEDGER_ROLLBACK"
	PathUnsafe      Code = "PATH_UNSAFE"
)

// Problem is one thing that is wrong.
type Problem struct {
	Code Code   `json:"code"`
	Path string `json:"path"`
	Note string `json:"note"`
}
