package table

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
)

// Bounds on what is read of one file.
const (
	maxInflated = 64 << 30
	maxJSON     = 64 << 20 // a whole document is held in memory
	maxRow      = 4 << 20
)

// opened is a file that is read twice: once to keep and digest its bytes, once
// to understand them. If the second reading saw other bytes, close says so.
type opened struct {
	name   string
	file   *os.File
	digest evidence.Digest
	size   int64
	again  hash.Hash
	raw    io.Reader // the second reading, as stored
	zstd   *zstd.Decoder
	text   *bufio.Reader // the second reading, inflated
	temp   bool          // the file is ours, and is taken away again
}

// drop closes the file, and takes it away if it is ours.
func (o *opened) drop() error {
	err := o.file.Close()
	if o.temp {
		err = errors.Join(err, os.Remove(o.file.Name()))
	}
	return err
}

// open keeps the file's bytes and makes it ready to be understood.
func open(env source.Env, out source.Sink, name string, keep bool) (*opened, error) {
	info, err := env.Files().Stat(name)
	if err != nil {
		return nil, plain(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no ordinary file")
	}
	f, err := env.Files().Open(name)
	if err != nil {
		return nil, plain(err)
	}
	o := &opened{name: name, file: f, again: sha256.New()}
	if err := o.start(out, keep); err != nil {
		_ = f.Close() // read only, and err says more
		return nil, err
	}
	return o, nil
}

func (o *opened) start(out source.Sink, keep bool) error {
	count := &counter{r: o.file}
	if keep {
		d, err := out.Raw(o.name, count)
		if err != nil {
			return err
		}
		o.digest = d
	} else {
		h := sha256.New()
		if _, err := io.Copy(h, count); err != nil {
			return plain(err)
		}
		o.digest = evidence.Digest(h.Sum(nil))
	}
	o.size = count.n
	if _, err := o.file.Seek(0, io.SeekStart); err != nil {
		return plain(err)
	}
	o.raw = io.TeeReader(io.LimitReader(o.file, o.size), o.again)
	return nil
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// inflate returns the file's text: unpacked if its name says that it is packed,
// without a byte order mark.
func (o *opened) inflate() (*bufio.Reader, error) {
	in := o.raw
	switch {
	case strings.HasSuffix(o.name, ".gz"):
		z, err := gzip.NewReader(bufio.NewReaderSize(o.raw, 64<<10))
		if err != nil {
			return nil, fmt.Errorf("unpack: %w", err)
		}
		in = z
	case strings.HasSuffix(o.name, ".zst"):
		z, err := zstd.NewReader(o.raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
		if err != nil {
			return nil, fmt.Errorf("unpack: %w", err)
		}
		o.zstd, in = z, z
	}
	o.text = bufio.NewReaderSize(&bounded{r: in, left: maxInflated}, 256<<10)
	head, err := o.text.Peek(3)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	switch {
	case len(head) == 3 && string(head) == "\xef\xbb\xbf":
		if _, err := o.text.Discard(3); err != nil {
			return nil, err
		}
	case len(head) >= 2 && (string(head[:2]) == "\xff\xfe" || string(head[:2]) == "\xfe\xff"):
		return nil, errors.New("it is UTF-16: save it as UTF-8")
	}
	return o.text, nil
}

// bounded is a LimitReader that does not mistake its bound for the file's end.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("it unpacks to more than %d bytes", int64(maxInflated))
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// close reports whether the file changed between the two readings.
func (o *opened) close() error {
	if o.zstd != nil {
		o.zstd.Close()
	}
	_, err := io.Copy(io.Discard, o.raw)
	extra, _ := o.file.Read(make([]byte, 1)) // only whether there is more counts
	closeErr := o.drop()
	switch {
	case err != nil:
		return plain(err)
	case extra > 0 || evidence.Digest(o.again.Sum(nil)) != o.digest:
		return errors.New("it changed while it was read: collect again when nobody writes to it")
	}
	return closeErr
}

// page is the file's line of the manifest.
func (o *opened) page(rows int64, kept bool, err error) source.Page {
	p := source.Page{Name: o.name, SHA256: o.digest, Bytes: o.size, Rows: rows, Kept: kept}
	if err != nil {
		p.Error = err.Error()
	}
	return p
}

// codecOf returns the codec that a file's name says.
func codecOf(name, stated string) (string, error) {
	if stated != "" {
		return stated, nil
	}
	base := strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	for _, c := range codecs {
		if strings.HasSuffix(base, "."+c) {
			return c, nil
		}
	}
	if strings.HasSuffix(base, ".ndjson") {
		return "jsonl", nil
	}
	return "", errors.New("its name does not say what it is: state codec: " + strings.Join(codecs, ", "))
}
