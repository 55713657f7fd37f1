// Package catalog holds the criteria, the parameters and one file per family
// of controls, and loads them together with a user's own controls.
//
// Loading reads text and composes text; it runs no SQL. That the examples of
// a test come out as they say, and that no missing value can pass for a fact,
// is proven by package prove: in the tests of this package for the files
// here, and by Check for a user's file.
package catalog
