// Package ledger is the mathematics of an append-only log: Merkle trees as in
// RFC 6962, signed checkpoints and proofs in the C2SP text forms, and the keys
// that sign them.
//
// It keeps nothing: hashes are read through a HashReader and new ones are
// handed back, so that a journal can store them in the transaction that stores
// the entries. It reads no clock, and the only files it touches are key files
// and the small file that remembers a head. It judges no content: a ledger
// proves that nothing was taken away or changed since somebody else saw a
// checkpoint, not that what was written is true.
package ledger
