// Package xlsx prints a dossier as workbook.xlsx: the sheets of the package
// for people who filter, sort and write beside.
//
// A workbook library makes the container, the styles and the empty sheets; the
// rows are written here, so that a million of them need little memory and
// equal dossiers give equal bytes. The workbook has no macro, no link to
// anything outside, nothing hidden and nothing merged; no cell is a formula
// except the counts of the README sheet. It judges nothing and computes no
// result.
package xlsx
