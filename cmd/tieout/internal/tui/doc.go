// Package tui is the interactive screen: one Bubble Tea model, a stack of
// screens, and a window over lines that formats only what is seen. It reads a
// run and writes nothing; what changes a workspace is started as the command
// that a user could have typed.
package tui
