package app

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/integrity/rfc3161"
)

// Stamped says what came of asking for a time-stamp. Why is "" where one was
// made, and else says why not.
type Stamped struct {
	Time   *evidence.Instant `json:"time,omitempty"`
	Policy string            `json:"policy,omitempty"`
	By     string            `json:"by,omitempty"`
	Why    string            `json:"why_not,omitempty"`
}

// timestamp asks the workspace's authority for a time-stamp over the bytes of
// a signed note and checks it against the pinned roots. Nothing but its digest
// is sent. What goes wrong stops nothing and is said: the answer then is nil.
// The error is that of a context that ended. Both answers are nil where the
// workspace names no authority.
func (a *App) timestamp(ctx context.Context, note []byte) ([]byte, *Stamped, error) {
	if a.WS.File.Signing.Timestamp == "" {
		return nil, nil, nil
	}
	t, token, err := a.askTimestamp(ctx, note)
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	if err != nil {
		out := &Stamped{Why: err.Error()}
		a.Say("NO TIME-STAMP: %s. It goes without one, and shows nobody else's word on when it existed", integrity.Visible(out.Why))
		a.Event("timestamp_missing", out)
		return nil, out, nil //nolint:nilerr // it is said, and an export is never blocked by it
	}
	out := stampOf(t)
	a.Say("time-stamped: existed by %s, as %s states", out.Time, integrity.Visible(out.By))
	a.Event("timestamp_made", out)
	return token, out, nil
}

func stampOf(t *rfc3161.Token) *Stamped {
	at := evidence.InstantOf(t.Time)
	return &Stamped{Time: &at, Policy: t.Policy, By: t.Signer.Subject.String()}
}

func (a *App) askTimestamp(ctx context.Context, note []byte) (*rfc3161.Token, []byte, error) {
	if _, err := a.trusted(); err != nil {
		return nil, nil, err
	}
	roots, err := timestampRoots(a.WS)
	if err != nil {
		return nil, nil, err
	}
	site, err := a.WS.TimestampSite()
	if err != nil {
		return nil, nil, err
	}
	client := site.Direct()
	defer client.CloseIdleConnections()
	sum := sha256.Sum256(note)
	return rfc3161.Request(ctx, client, a.WS.File.Signing.Timestamp, crypto.SHA256, sum[:], rfc3161.Options{Roots: roots})
}

// timestampRoots reads the roots that the workspace pins. They are files of
// its folder.
func timestampRoots(w *workspace.Workspace) ([]*x509.Certificate, error) {
	root, err := os.OpenRoot(w.Dir)
	if err != nil {
		return nil, fmt.Errorf("read signing.timestamp_roots: %w", err)
	}
	defer func() { _ = root.Close() }() // only read from
	var out []*x509.Certificate
	for _, name := range w.File.Signing.Roots {
		text, err := readRoots(root, name)
		if err != nil {
			return nil, fmt.Errorf("read signing.timestamp_roots: %w", err)
		}
		some, err := rfc3161.ParseRoots(text)
		if err != nil {
			return nil, fmt.Errorf("signing.timestamp_roots: %s: %w", name, err)
		}
		out = append(out, some...)
	}
	return out, nil
}

func readRoots(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read from
	return io.ReadAll(io.LimitReader(f, rfc3161.MaxRoots+1))
}
