package cloudtrail

import (
	"encoding/hex"
	"errors"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// metaEnding is what a digest's side file has behind the digest's own name.
const metaEnding = ".meta.json"

// meta is the metadata of a digest's object, from a side file.
type meta struct {
	signature []byte
	algorithm string
	made      evidence.Instant // of late files: when the digest was made
	hasMade   bool
}

// readMeta reads what `aws s3api head-object` printed for a digest.
func readMeta(content []byte) (*meta, error) {
	doc, err := canon.ParseObject(content)
	if err != nil {
		return nil, err
	}
	m, ok := doc["Metadata"].(map[string]any)
	if !ok {
		return nil, errors.New("it has no Metadata: write what 'aws s3api head-object' prints")
	}
	text, _ := m["signature"].(string)
	out := &meta{}
	if out.signature, err = hex.DecodeString(text); err != nil || text == "" || len(out.signature) > maxSignature {
		return nil, errors.New("its Metadata has no signature in hex")
	}
	out.algorithm, _ = m["signature-algorithm"].(string)
	if at, _ := m["backfill-generation-timestamp"].(string); at != "" {
		for _, layout := range []string{time.RFC3339, keyTime} {
			if t, err := time.Parse(layout, at); err == nil {
				out.made, out.hasMade = evidence.InstantOf(t), true
			}
		}
	}
	return out, nil
}
