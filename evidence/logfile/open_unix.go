//go:build unix

package logfile

import "syscall"

// openFlags refuse a link that was put in the file's place after it was looked
// at, and do not wait for the other end of a pipe.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// dontWait opens a pipe without waiting for its other end.
const dontWait = syscall.O_NONBLOCK
