package rfc3161

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net/http"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// Doer sends a request, as *http.Client does. Whoever makes it decides which
// hosts may be asked.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Request asks the authority at the URL for a time-stamp over a digest and
// checks the answer as Verify does, against a fresh nonce. It returns the token
// and the answer as it came, which is what to keep. Whether a failure stops
// anything is the caller's decision.
func Request(ctx context.Context, d Doer, url string, h crypto.Hash, digest []byte, o Options) (*Token, []byte, error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		return nil, nil, fmt.Errorf("ask for a time-stamp: read randomness: %w", err)
	}
	o.Nonce = nonce
	return request(ctx, d, url, h, digest, o)
}

func request(ctx context.Context, d Doer, url string, h crypto.Hash, digest []byte, o Options) (*Token, []byte, error) {
	body, err := query(h, digest, o.Nonce)
	if err != nil {
		return nil, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("ask for a time-stamp: %w", err)
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	req.Header.Set("Accept", "application/timestamp-reply")
	resp, err := d.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("ask for a time-stamp: %w", err)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, MaxToken+1))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, nil, fmt.Errorf("ask %s for a time-stamp: read the answer: %w", req.URL.Redacted(), err)
	}
	if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); resp.StatusCode != http.StatusOK || err != nil || kind != "application/timestamp-reply" {
		return nil, nil, fmt.Errorf("ask %s for a time-stamp: it answered %s with %q, and no time-stamp; is this the address of an RFC 3161 authority?", req.URL.Redacted(), resp.Status, resp.Header.Get("Content-Type"))
	}
	t, err := Verify(answer, Digest(h, digest), o)
	if err != nil {
		return nil, nil, fmt.Errorf("ask %s for a time-stamp: %w", req.URL.Redacted(), err)
	}
	return t, answer, nil
}

// query writes a TimeStampReq that asks for the certificates too.
func query(h crypto.Hash, digest []byte, nonce *big.Int) ([]byte, error) {
	var name asn1.ObjectIdentifier
	for _, x := range hashes {
		if x.hash == h {
			name = x.oid
		}
	}
	if name == nil || len(digest) != h.Size() {
		return nil, fmt.Errorf("ask for a time-stamp: %d bytes are no digest by SHA-256, SHA-384 or SHA-512", len(digest))
	}
	var b cryptobyte.Builder
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(name)
				b.AddASN1NULL()
			})
			b.AddASN1OctetString(digest)
		})
		b.AddASN1BigInt(nonce)
		b.AddASN1Boolean(true)
	})
	out, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("ask for a time-stamp: write the request: %w", err)
	}
	return out, nil
}
