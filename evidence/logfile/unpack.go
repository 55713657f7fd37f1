package logfile

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Bounds on what one file may unpack to.
const (
	maxUnpacked = 1 << 40
	bombFrom    = 64 << 20 // a small file may well be mostly zeros
	bombRatio   = 1000
	maxWindow   = 32 << 20
)

// ErrBomb is the error of a file that unpacks to far more than it is.
var ErrBomb = errors.New("it unpacks to far more than its size: it is not read further")

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// unpack looks at the first bytes, not at the name.
func (f *File) unpack(magic []byte) error {
	f.close = func() {}
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		f.raw.sum = sha256.New()
		z, err := gzip.NewReader(bufio.NewReaderSize(f.raw, 64<<10))
		if err != nil {
			return fmt.Errorf("unpack: %w", err)
		}
		f.Packing, f.in = "gzip", z
	case bytes.HasPrefix(magic, zstdMagic):
		f.raw.sum = sha256.New()
		z, err := zstd.NewReader(bufio.NewReaderSize(f.raw, 64<<10), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return fmt.Errorf("unpack: %w", err)
		}
		f.Packing, f.in, f.close = "zstd", z, z.Close
	default:
		f.in = f.raw
		return nil
	}
	f.in = &bounded{r: f.in, raw: f.raw, size: f.Stored}
	return nil
}

// bounded stops at a bomb; it does not mistake that for the file's end.
type bounded struct {
	r    io.Reader
	raw  *snapshot
	size int64 // of the packed file
	read int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.read += int64(n)
	if packed := b.size - b.raw.left; b.read > maxUnpacked || b.read > bombFrom && b.read/bombRatio > packed {
		return 0, ErrBomb
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("unpack: %w", err)
	}
	return n, err
}
