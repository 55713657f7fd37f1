// Package tlog checks transparency logs as C2SP specifies them, offline and
// from plain files: directories of tiles (tlog-tiles) with their checkpoint and
// the cosignatures of witnesses, and proofs that one entry is in such a log
// (tlog-proof).
//
// Of a directory every hash is computed again from the entries, tile by tile, in
// one pass and in bounded memory. What a checkpoint that only the log signed
// shows is that the directory agrees with itself; a witness that was pinned, or
// an older checkpoint that was kept elsewhere, shows that nobody wrote the log
// anew.
package tlog
