// Package pdf prints a dossier as report.pdf: what a person reads first, with
// page numbers to cite and nothing to click that leaves the document.
//
// It computes no result, opens no file and asks no clock: equal dossiers give
// equal bytes. It prints management's own test results and never an auditor's
// words, no share of passed tests and no grade. It makes no claim to PDF/A or
// PDF/UA, and its pages are not protected by the digest in their footer: the
// package is.
package pdf
