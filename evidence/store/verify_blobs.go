package store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tieout/tieout/evidence"
)

// blobs looks at every blob that the entry stands for.
func (v *verifier) blobs(ctx context.Context, s Stored) error {
	for _, d := range s.Blobs {
		if _, err := v.blob(ctx, s.Index, d); err != nil {
			return err
		}
	}
	for _, d := range s.Lists {
		whole, err := v.blob(ctx, s.Index, d)
		if err != nil {
			return err
		}
		if !whole {
			continue // named already
		}
		for e, err := range v.store.ReadList(ctx, d) {
			if err != nil {
				if err := v.problem(ctx, s.Index, d, err); err != nil {
					return err
				}
				break
			}
			if _, err := v.blob(ctx, s.Index, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// blob reads a blob, once however many entries stand for it, and reports
// whether it is whole.
func (v *verifier) blob(ctx context.Context, index int64, d evidence.Digest) (bool, error) {
	if whole, seen := v.checked[d]; seen {
		return whole, nil
	}
	n, err := v.read(ctx, d)
	v.checked[d] = err == nil
	if !errors.Is(err, evidence.ErrNotFound) {
		v.found++
		v.step()
	}
	if err != nil {
		return false, v.problem(ctx, index, d, err)
	}
	v.report.Blobs++
	v.report.Bytes += n
	return true, nil
}

func (v *verifier) read(ctx context.Context, d evidence.Digest) (int64, error) {
	r, _, err := v.store.Open(ctx, d)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, r)
	return n, errors.Join(err, r.Close())
}

// problem names what is wrong with a blob. What is no finding about the blob
// ends the verification.
func (v *verifier) problem(ctx context.Context, index int64, d evidence.Digest, err error) error {
	if ctx.Err() != nil {
		return err
	}
	p := Problem{Code: CodeBlobUnreadable, Index: &index, Digest: d, Note: err.Error()}
	switch {
	case errors.Is(err, evidence.ErrNotFound):
		p.Code, p.Note = CodeBlobMissing, fmt.Sprintf("entry %d stands for it, and it is not kept", index)
	case errors.Is(err, ErrMismatch):
		p.Code = CodeBlobChanged
	case errors.Is(err, ErrDamaged):
		p.Code = CodeListInvalid
	}
	v.report.add(p)
	return nil
}
