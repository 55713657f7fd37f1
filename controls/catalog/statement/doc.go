// Package statement turns the parts of a test into SQL statements: it reads
// SQL into tokens, expands the macros for three-valued logic, refuses what the
// rules for authors forbid, and composes what runs.
//
// It works on text alone. It prepares and runs nothing; what a statement may
// touch when it runs is the business of package readonly.
package statement
