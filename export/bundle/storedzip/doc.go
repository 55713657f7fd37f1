// Package storedzip writes and reads one spelling of a zip file: for each list
// of names and contents there is exactly one sequence of bytes. Entries are
// stored, sorted by name, of 1980-01-01, without comments, extra fields or
// data descriptors; sizes beyond four bytes use the zip64 fields, and only
// those.
//
// Reading rebuilds that spelling from what it meets and compares byte for
// byte, since a zip file of any other spelling can show different files to
// different programs. It trusts no number that it has not compared. It knows
// nothing of what the entries mean.
package storedzip
