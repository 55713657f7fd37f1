package rfc3161

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// MaxRoots bounds a file of pinned certificates, in bytes.
const MaxRoots = 1 << 20

// ParseRoots reads the certificates to be pinned from a PEM file. Whatever
// else is in a block makes the file an error, so that none is left out unseen.
func ParseRoots(text []byte) ([]*x509.Certificate, error) {
	if len(text) > MaxRoots {
		return nil, fmt.Errorf("read certificates: more than %d bytes", MaxRoots)
	}
	blocks := strings.Count(string(text), "-----BEGIN ")
	var out []*x509.Certificate
	for {
		var b *pem.Block
		if b, text = pem.Decode(text); b == nil {
			break
		}
		if b.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("read certificates: a block is %q: only certificates are pinned", b.Type)
		}
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read certificates: %w", err)
		}
		out = append(out, c)
	}
	switch {
	case len(out) == 0:
		return nil, errors.New("read certificates: there is none in PEM")
	case len(out) != blocks:
		return nil, fmt.Errorf("read certificates: %d of %d can be read: the file is damaged", len(out), blocks)
	}
	return out, nil
}
