// Package export holds what a package says, as values: the Dossier, and the
// sheets made from it. Encoders print a Dossier and query nothing, so every
// document of a package can be made again from the package's own data.
package export
