// Package html writes index.html: one page with everything that the sheets
// hold, for a browser without a network. Without its script it is plain lists
// and tables; with it, lists can be filtered, and a package that the reader
// hands to the page is compared with its manifest.
//
// It shows the rows of the sheets and computes nothing of its own. Text reaches
// the page through one function that escapes it; no link, style or script is
// made from data.
package html
