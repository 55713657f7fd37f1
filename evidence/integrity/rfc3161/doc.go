// Package rfc3161 checks time-stamp tokens (RFC 3161 with RFC 5816) offline,
// against root certificates that were pinned, and asks an authority for one.
//
// It reads DER only, and checks everything that a token rests on itself: which
// bytes were stamped, that one authority signed them with a certificate that is
// for time stamps and nothing else, and that the certificate led to a pinned
// root when the stamp was made. A token that brings no certificate is refused,
// since then nothing could have been checked.
package rfc3161
