// Package sample plans samples and draws them: a plan is committed to before
// the auditor's nonce exists, and with the nonce anybody can draw again. It
// also computes exact bounds of a share from how many of a sample were right.
//
// It reads no file and chooses nothing: the items come in, the nonce comes
// from the auditor.
package sample
