// Package logfile reads log files that strangers wrote: it opens them without
// following links, unpacks them under caps, cuts them into segments at record
// ends, and scans records strictly while keeping every scalar as it stands.
//
// It knows framing (JSONL, a JSON array), packing (none, gzip, zstd, told by
// content) and rotation (which files belong to one log, and in which order by
// name). It judges no integrity: what a hash must be is known to package
// integrity only.
package logfile
