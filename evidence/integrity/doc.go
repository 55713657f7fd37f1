// Package integrity verifies logs that protect themselves: hash chains, keyed
// hashes, signed records and signed checkpoints.
//
// A format is described by a profile, which is data (schema chainprofile/v1).
// A log is read in chunks that are checked in parallel and joined in order; the
// report has five axes and one of six verdicts, and says what it does not
// show. The package verifies and changes nothing; it reads no clock, no
// configuration and no network, and it does not judge whether what was written
// is true.
package integrity
