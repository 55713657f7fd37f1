package formats

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/integrity/dsse"
	"github.com/tieout/tieout/evidence/integrity/rfc3161"
	"github.com/tieout/tieout/evidence/integrity/tlog"
	"github.com/tieout/tieout/evidence/logfile"
)

// maxEntry bounds the entry that a proof is about: a log of tiles holds none
// that is longer.
const maxEntry = 65535

// file checks one file as a format of its own. Nothing outside of the file's
// folder is ever opened.
func (v *verifier) file(ctx context.Context, format, name string) error {
	root, err := os.OpenRoot(filepath.Dir(filepath.FromSlash(name)))
	if err != nil {
		return fmt.Errorf("open %s: %w", name, plain(err))
	}
	defer func() { _ = root.Close() }() // only read from
	name = filepath.ToSlash(name)
	var l *integrity.Log
	switch format {
	case dsse.Format:
		l, err = v.envelopes(ctx, root, name)
	case rfc3161.Format:
		l, err = v.token(ctx, root, name)
	default:
		l, err = v.proof(root, name)
	}
	if err != nil {
		return err
	}
	v.add(l)
	return nil
}

func (v *verifier) envelopes(ctx context.Context, root *os.Root, name string) (*integrity.Log, error) {
	refs, _, err := logfile.Paths(name).List(ctx)
	if err != nil {
		return nil, err
	}
	f, err := refs[0].Open()
	if err != nil {
		return nil, err
	}
	l, err := dsse.Check(ctx, name, f, dsse.Options{Keys: v.o.Keys, Threshold: v.o.Threshold, Beside: root.FS(), Period: v.o.Period})
	c, closed := f.Close()
	if err = errors.Join(err, closed); err != nil {
		return nil, err
	}
	if c.Changed != "" {
		l.Found(integrity.Finding{Code: integrity.SourceChanged, File: name, Note: c.Changed + " while it was read"})
		l.Verdict, l.Axes.Integrity = integrity.Indeterminate, "not_checkable"
	}
	return l, nil
}

func (v *verifier) proof(root *os.Root, name string) (*integrity.Log, error) {
	text, err := small(root, name, tlog.MaxProof)
	if err != nil {
		return nil, err
	}
	p := tlog.Proof{Path: name, Text: text, EntryPath: strings.TrimSuffix(name, proofEnding)}
	if p.EntryPath == name {
		p.EntryPath = name + " without an ending " + proofEnding
	} else if entry, err := small(root, p.EntryPath, maxEntry); err == nil {
		leaf := tlog.LeafHash(entry)
		p.Entry, p.EntrySize = &leaf, int64(len(entry))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return tlog.CheckProof(p, v.tlogOptions(name)), nil
}

func (v *verifier) token(ctx context.Context, root *os.Root, name string) (*integrity.Log, error) {
	content, err := small(root, name, rfc3161.MaxToken)
	if err != nil {
		return nil, err
	}
	f := rfc3161.File{Path: name, Content: content, StampedPath: strings.TrimSuffix(name, path.Ext(name))}
	if info, err := root.Lstat(path.Base(f.StampedPath)); err == nil && info.Mode().IsRegular() && f.StampedPath != name {
		f.Stamped = func(h crypto.Hash) ([]byte, error) { return digest(ctx, root, path.Base(f.StampedPath), h) }
	}
	l := rfc3161.Check(f, v.o.Keys)
	return l, ctx.Err()
}

// digest hashes a file of any size as it stands.
func digest(ctx context.Context, root *os.Root, base string, h crypto.Hash) ([]byte, error) {
	f, err := root.Open(base)
	if err != nil {
		return nil, plain(err)
	}
	sum := h.New()
	_, err = io.Copy(sum, cancelled{ctx, f})
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return sum.Sum(nil), nil
}

// cancelled stops reading when the check is interrupted.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, c.ctx.Err()
	}
	return c.r.Read(p)
}

// small reads a short file that is no link.
func small(root *os.Root, name string, most int64) ([]byte, error) {
	base := path.Base(name)
	info, err := root.Lstat(base)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no ordinary file")
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, plain(err))
	}
	f, err := root.Open(base)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, plain(err))
	}
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(b)) > most {
		return nil, fmt.Errorf("read %s: it is longer than the %d bytes that such a file may have", name, most)
	}
	return b, nil
}
