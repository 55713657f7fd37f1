// Package bundle writes the package that an auditor receives, and verifies it.
//
// A package has four layers. Content is data, queries, populations, evidence
// and logs, and its root stands for all of it. Documents are rendered from
// content and that root. The manifest covers both; the signed note covers the
// manifest. The container is a folder, or a zip file of exactly one spelling.
// docs/package-format.md is normative for all of it.
//
// Equal inputs give equal bytes: no clock, no randomness and no machine
// enters. It renders no document itself, runs no SQL of a package, opens no
// database that came with one, and trusts no key that lies in one: what it
// cannot do, it takes as functions, and says in the report when none was given.
package bundle
