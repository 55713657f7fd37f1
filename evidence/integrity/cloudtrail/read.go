package cloudtrail

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/klauspost/compress/gzip"

	"github.com/tieout/tieout/evidence"
)

// Bounds on what is unpacked of one file.
const (
	maxDigest = 16 << 20 // some 30,000 log files in one hour
	maxLog    = 4 << 30
	maxMeta   = 64 << 10
	bombFrom  = 64 << 20 // a small file may well be mostly spaces
	bombRatio = 1000
)

var (
	// errTooLong is the error of a file that unpacks to more than is read.
	errTooLong = errors.New("it unpacks to more than is read")
	// errChanged is the error of a file that was written to while it was read.
	errChanged = errors.New("it was written to while it was read: check it again when nobody writes to it")
	// errPacking is the error of bytes that do not unpack as gzip.
	errPacking = errors.New("it does not unpack")
)

// content is what was found in one packed file.
type content struct {
	sum     evidence.Digest // of what is unpacked
	bytes   int64           // unpacked
	stored  int64
	members int // of the gzip file; 0 where it is stored unpacked
}

// opener reads files below a root. It keeps the folder of the last one open,
// since files are read folder by folder. It is not for use by two goroutines.
type opener struct {
	root *os.Root
	dir  string
	in   *os.Root

	buf  *bufio.Reader
	gz   *gzip.Reader
	sum  hash.Hash
	room []byte
}

func newOpener(root *os.Root) *opener {
	return &opener{root: root, buf: bufio.NewReaderSize(nil, 64<<10), sum: sha256.New(), room: make([]byte, 64<<10)}
}

func (o *opener) close() {
	if o.in != nil {
		_ = o.in.Close() // only read from
		o.in, o.dir = nil, ""
	}
}

// open opens a regular file without following a link.
func (o *opener) open(name string) (*os.File, fs.FileInfo, error) {
	dir, base := path.Split(name)
	if o.in == nil || dir != o.dir {
		o.close()
		in, err := o.root.OpenRoot(path.Clean(dir))
		if err != nil {
			return nil, nil, err
		}
		o.in, o.dir = in, dir
	}
	f, err := o.in.OpenFile(base, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no ordinary file")
	}
	if err != nil {
		_ = f.Close() // read only, and err says more
		return nil, nil, err
	}
	return f, info, nil
}

// read unpacks a file, all members of it, hashes what comes out and, where keep
// is given, keeps it there.
func (o *opener) read(name string, most int64, keep *bytes.Buffer) (content, error) {
	f, before, err := o.open(name)
	if err != nil {
		return content{}, plain(err)
	}
	c, err := o.unpack(f, before.Size(), most, keep)
	after, statErr := f.Stat()
	if e := f.Close(); err == nil {
		err = e
	}
	if statErr != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		err = errChanged
	}
	return c, err
}

// unpack reads what is gzip by its first bytes; anything else is taken as it
// stands, since some tools unpack while they copy. What counts is the hash of
// the content.
func (o *opener) unpack(f io.Reader, size, most int64, keep *bytes.Buffer) (content, error) {
	c := content{stored: size}
	o.buf.Reset(io.LimitReader(f, size)) // what is appended meanwhile is no part of it
	o.sum.Reset()
	if head, err := o.buf.Peek(2); err != nil && !errors.Is(err, io.EOF) {
		return c, unpacking(err)
	} else if string(head) != "\x1f\x8b" {
		err := o.hash(&c, o.buf, most, keep)
		c.sum = evidence.Digest(o.sum.Sum(nil))
		return c, err
	}
	for {
		err := o.member()
		if c.members > 0 && errors.Is(err, io.EOF) {
			c.sum = evidence.Digest(o.sum.Sum(nil))
			return c, nil
		}
		if err != nil {
			return c, unpacking(err)
		}
		c.members++
		if err := o.hash(&c, o.gz, most, keep); err != nil {
			return c, err
		}
	}
}

// hash takes what a reader gives, up to its end.
func (o *opener) hash(c *content, r io.Reader, most int64, keep *bytes.Buffer) error {
	for {
		n, err := r.Read(o.room)
		c.bytes += int64(n)
		if c.bytes > most || c.bytes > bombFrom && c.bytes/bombRatio > c.stored {
			return errTooLong
		}
		_, _ = o.sum.Write(o.room[:n])
		if keep != nil {
			_, _ = keep.Write(o.room[:n])
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unpacking(err)
		}
	}
}

// member begins the next member of the gzip file; io.EOF where there is none.
func (o *opener) member() error {
	var err error
	if o.gz == nil {
		o.gz, err = gzip.NewReader(o.buf)
	} else {
		err = o.gz.Reset(o.buf)
	}
	if err == nil {
		o.gz.Multistream(false)
	}
	return err
}

// unpacking tells bytes that are not gzip from a file that cannot be read.
func unpacking(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return fmt.Errorf("%w: %w", errPacking, err)
}

// small reads a short file as it stands.
func (o *opener) small(name string, most int64) ([]byte, error) {
	f, info, err := o.open(name)
	if err != nil {
		return nil, plain(err)
	}
	defer func() { _ = f.Close() }() // only read from
	if info.Size() > most {
		return nil, fmt.Errorf("%d bytes are more than it can have", info.Size())
	}
	return io.ReadAll(io.LimitReader(f, most))
}

// plain takes the operation and the path off an error of the file system.
func plain(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
