// Package store keeps evidence so that nothing kept is ever changed or lost
// from sight: blobs by the digest of their bytes, and a journal of small
// entries about them. Each entry is a leaf of a ledger, written in the same
// transaction, so the head of the ledger stands for everything before it.
//
// It interprets nothing that it keeps, judges nothing, reads no clock and
// reaches no network. It does not lock a workspace: one process writes at a
// time, and whoever opens the store for writing sees to that. Any number may
// read meanwhile.
//
// Whoever owns the files can rebuild all of them. What the store proves is
// that its parts fit each other and the head that was remembered elsewhere.
package store
