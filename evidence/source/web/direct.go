package web

import (
	"crypto/tls"
	"net/http"
)

// Direct returns a client that connects as the site's Client does: to
// addresses that are allowed, by no proxy, past no redirect of a POST, with the
// system's authorities. It sends no credential, asks once and keeps nothing. It
// is for a request that is no collector's, of which the caller bounds the answer.
func (s *Site) Direct() *http.Client {
	return &http.Client{Transport: s.transport(&tls.Config{MinVersion: tls.VersionTLS12}), CheckRedirect: s.redirect, Timeout: s.rules.Timeout}
}
