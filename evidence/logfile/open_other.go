//go:build !unix

package logfile

// openFlags: os.Root follows no link out of the directory, and what was opened
// is compared with what was looked at.
const openFlags = 0
