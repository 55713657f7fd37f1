package dsse

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/tieout/tieout/evidence/canon"
)

// MaxEnvelope bounds an envelope, in bytes of JSON.
const MaxEnvelope = 16 << 20

const maxSignatures = 100

// Envelope is a payload and the signatures over it.
type Envelope struct {
	PayloadType string
	Payload     []byte
	Signatures  []Signature
}

// Signature is one signature. The key id is a hint that nothing protects.
type Signature struct {
	KeyID string
	Sig   []byte
}

// errEncoding is the error of base64 that has more than one spelling.
var errEncoding = errors.New("it is no base64, of the standard or the URL-safe alphabet, with its padding")

// Parse reads an envelope. Members that stand twice are refused; ones that are
// not known are passed over, as the format says.
func Parse(b []byte) (*Envelope, error) {
	if len(b) > MaxEnvelope {
		return nil, fmt.Errorf("it has %d bytes, more than the %d that are read", len(b), MaxEnvelope)
	}
	m, err := canon.ParseObject(b)
	if err != nil {
		return nil, err
	}
	e := &Envelope{}
	var ok bool
	if e.PayloadType, ok = m["payloadType"].(string); !ok || e.PayloadType == "" {
		return nil, errors.New("payloadType is missing, empty or no text")
	}
	if e.Payload, err = decode(m["payload"]); err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	list, ok := m["signatures"].([]any)
	if !ok || len(list) == 0 || len(list) > maxSignatures {
		return nil, fmt.Errorf("signatures: want a list of 1 to %d", maxSignatures)
	}
	for i, v := range list {
		one, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("signature %d is no object", i+1)
		}
		var s Signature
		if id, there := one["keyid"]; there && id != nil {
			if s.KeyID, ok = id.(string); !ok {
				return nil, fmt.Errorf("signature %d: keyid is no text", i+1)
			}
		}
		if s.Sig, err = decode(one["sig"]); err != nil {
			return nil, fmt.Errorf("signature %d: %w", i+1, err)
		}
		e.Signatures = append(e.Signatures, s)
	}
	return e, nil
}

// decode reads base64 of either alphabet; a text that mixes them is neither.
func decode(v any) ([]byte, error) {
	s, ok := v.(string)
	if !ok {
		return nil, errors.New("it is missing or no text")
	}
	if strings.ContainsAny(s, "\r\n") {
		return nil, errEncoding // which the decoder would pass over
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		if b, err := enc.Strict().DecodeString(s); err == nil {
			return b, nil
		}
	}
	return nil, errEncoding
}

// Signed returns the bytes that the signatures are over: type and payload, each
// behind its length, so that neither can pass for a part of the other.
func (e *Envelope) Signed() []byte {
	return append(fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(e.PayloadType), e.PayloadType, len(e.Payload)), e.Payload...)
}
