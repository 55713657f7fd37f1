// Package freeze makes the database of one period: it puts the observations of
// every pull together into one row per object, writes each table as canonical
// JSONL, and builds a SQLite file from those lines and nothing else.
//
// Equal observations give equal lines, and equal lines give equal database
// bytes, whatever the machine, its clock or its zone. The verifier of a package
// calls Build on the package's lines and compares.
//
// It collects nothing, judges nothing and drops nothing: rows without a
// component, identities without a person, and observations that contradict
// each other stay in and are reported beside the tables. It does not know that
// an object has vanished from its source: an object stays until an observation
// says otherwise.
package freeze
