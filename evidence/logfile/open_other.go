//go:build !unix

package logfile

// openFlags: os.Root follows no link out of the directory, and what was opened
// is compared with what was looked at.
const openFlags = 0

// dontWait: no pipe lies among the files here.
const dontWait = 0
