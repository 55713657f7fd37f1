package tlog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
)

const (
	maxBundle  = fullWidth * (2 + 65535)
	maxFiles   = 1000 // that a report lists
	maxMissing = 1000 // bundles in a row that are looked for behind one that is not there
)

// directory checks one directory of tiles.
type directory struct {
	fsys fs.FS
	log  *integrity.Log
	size int64
	sums hash.Hash // over the list of the files that were read, as sha256sum prints it

	actual  tree // over the entries as they stand
	claimed tree // over the hashes that the tiles of level 0 name, once the two differ
	differ  bool
	room    []byte
	gone    bool // an entry is known from its tile only
	lost    bool // or from neither
	levels  [maxLevel + 1]level
	bad     int64 // entries that are not what their tile says
	extra   bool  // files stand there that the checkpoint does not need

	anchors []Anchor
	met     []bool // anchors whose root came out
}

// level collects the hashes of one tile.
type level struct {
	n      int64 // which tile
	width  int
	actual [fullWidth]tlog.Hash
	claims [fullWidth]tlog.Hash
}

var (
	errIrregular = errors.New("it is no ordinary file")
	errTooLong   = errors.New("it is longer than any such file is")
)

// readFile reads a whole file that is no link and not longer than allowed.
func readFile(fsys fs.FS, name string, most int64) ([]byte, error) {
	info, err := fs.Lstat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errIrregular
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if int64(len(b)) > most {
		return nil, errTooLong
	}
	return b, nil
}

// read reads a tile, or the full one where a partial one was taken away since.
// A file that is not there, or that cannot be read, is a finding.
func (d *directory) read(t tile, most int64) []byte {
	b, err := readFile(d.fsys, t.path(), most)
	if errors.Is(err, fs.ErrNotExist) && t.width < fullWidth {
		if full, e := readFile(d.fsys, t.full().path(), most); e == nil {
			d.extra = true
			d.log.Notes = append(d.log.Notes, fmt.Sprintf("%q is not there; the full tile, which the log made later, holds the same", t.path()))
			return full
		}
	}
	if err == nil {
		return b
	}
	first := t.n * fullWidth
	if t.level > 0 {
		first <<= heights * t.level
	}
	f := integrity.Finding{Code: integrity.FileMissing, File: t.path(), Record: first + 1, Seq: &first, Note: "the checkpoint needs this file, and it is not there"}
	switch {
	case errors.Is(err, errTooLong):
		f.Code, f.Note = integrity.HashMismatch, err.Error()
	case !errors.Is(err, fs.ErrNotExist):
		f.Code, f.Note = integrity.Unreadable, fmt.Sprintf("it cannot be read: %v", err)
	}
	d.log.Found(f)
	return nil
}

func (d *directory) keep(t string, b []byte, records int) {
	sum := evidence.DigestOf(b)
	fmt.Fprintf(d.sums, "%s  %s\n", sum, t)
	d.log.Bytes += int64(len(b))
	d.log.Records += int64(records)
	if len(d.log.Files) < maxFiles {
		d.log.Files = append(d.log.Files, integrity.FileReport{Path: t, Bytes: int64(len(b)), SHA256: sum, Records: int64(records)})
	} else if len(d.log.Files) == maxFiles {
		d.log.Notes = append(d.log.Notes, fmt.Sprintf("the list of files is cut at %d; all were read", maxFiles))
	}
}

// walk goes through all entries.
func (d *directory) walk(ctx context.Context, progress func(bytes int64)) error {
	bundles := d.size / fullWidth
	if d.size%fullWidth > 0 {
		bundles++
	}
	missing := int64(0)
	for n := range bundles {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if d.bundle(n) {
			missing = 0
		} else if missing++; missing == maxMissing && n+1 < bundles {
			d.log.Counts[integrity.FileMissing] += bundles - n - 1
			d.log.Notes = append(d.log.Notes, fmt.Sprintf("%d bundles in a row are not there; the %d behind them were not looked for", missing, bundles-n-1))
			d.lost = true
			return nil
		}
		if progress != nil && n%64 == 0 {
			progress(d.log.Bytes)
		}
	}
	for l := range d.levels {
		if l > 0 && d.levels[l].width > 0 {
			d.compare(l)
		}
	}
	return nil
}

// bundle checks the n-th bundle of entries against its tile, and reports
// whether either is there.
func (d *directory) bundle(n int64) bool {
	width := widthOf(entries, n, d.size)
	b := d.read(tile{entries, n, width}, maxBundle)
	leaves, ends := d.leaves(n, width, b)
	t := tile{0, n, width}
	claims := d.hashes(t, d.read(t, fullWidth*hashSize))
	d.older(tile{entries, n, width}, func(w int, old []byte) bool { return w <= len(ends) && bytes.Equal(old, b[:ends[w-1]]) })
	for i := range width {
		at := n*fullWidth + int64(i)
		var a, c tlog.Hash
		switch haveA, haveC := i < len(leaves), claims != nil; {
		case haveA && haveC:
			a, c = leaves[i], claims[i]
			if a != c {
				d.bad++
				start := 0
				if i > 0 {
					start = ends[i-1]
				}
				d.log.Found(integrity.Finding{
					Code: integrity.HashMismatch, File: tile{entries, n, width}.path(), Record: at + 1, Seq: &at, ByteOffset: int64(start), Length: int64(ends[i] - start),
					Expected: c.String(), Actual: a.String(), Note: fmt.Sprintf("the entry's hash is not the one in %s, byte %d", t.path(), i*hashSize),
				})
			}
		case haveA:
			a, c = leaves[i], leaves[i]
		case haveC:
			a, c = claims[i], claims[i]
			d.gone = true
		default:
			d.lost = true
		}
		d.add(a, c)
	}
	return b != nil || claims != nil
}

// leaves cuts a bundle into entries and returns their hashes and where each
// ends.
func (d *directory) leaves(n int64, width int, b []byte) (out []tlog.Hash, ends []int) {
	if b == nil {
		return nil, nil
	}
	t := tile{entries, n, width}
	pos := 0
	for i := range width {
		end := pos + 2
		if end <= len(b) {
			end += int(binary.BigEndian.Uint16(b[pos:]))
		}
		if end > len(b) {
			at := n*fullWidth + int64(i)
			d.bad += int64(width - i)
			d.log.Found(integrity.Finding{Code: integrity.HashMismatch, File: t.path(), Record: at + 1, Seq: &at, ByteOffset: int64(pos), Note: fmt.Sprintf("the bundle ends in this entry: it has %d whole entries of %d", i, width)})
			break
		}
		out, ends = append(out, d.leaf(b[pos+2:end])), append(ends, end)
		pos = end
	}
	if whole := len(out) == width; whole && pos < len(b) && !d.grown(t) {
		at := n*fullWidth + int64(width) - 1
		d.log.Found(integrity.Finding{Code: integrity.HashMismatch, File: t.path(), Record: at + 1, Seq: &at, ByteOffset: int64(pos), Length: int64(len(b) - pos), Note: "bytes behind the last entry, which no hash covers"})
	}
	if d.grown(t) {
		t = t.full()
	}
	d.keep(t.path(), b, len(out))
	return out, ends
}

// grown reports whether a full tile was read in place of a partial one.
func (d *directory) grown(t tile) bool {
	if t.width == fullWidth {
		return false
	}
	_, err := fs.Lstat(d.fsys, t.path())
	return err != nil
}

// hashes cuts a tile into its hashes, nil where there are none to rely on.
func (d *directory) hashes(t tile, b []byte) []tlog.Hash {
	if b == nil {
		return nil
	}
	if grown := d.grown(t); len(b) != t.width*hashSize && (!grown || len(b) != fullWidth*hashSize) {
		first := t.n * fullWidth << (heights * t.level)
		d.log.Found(integrity.Finding{Code: integrity.HashMismatch, File: t.path(), Record: first + 1, Seq: &first, Length: int64(len(b)), Note: fmt.Sprintf("it has %d bytes, %d hashes have %d", len(b), t.width, t.width*hashSize)})
		return nil
	}
	out := make([]tlog.Hash, t.width)
	for i := range out {
		copy(out[i][:], b[i*hashSize:])
	}
	d.older(t, func(w int, old []byte) bool { return bytes.Equal(old, b[:w*hashSize]) })
	return out
}

// older checks the narrower tiles that the log left behind when it grew: each
// must be how the tile begins.
func (d *directory) older(t tile, same func(width int, old []byte) bool) {
	list, err := fs.ReadDir(d.fsys, t.stem()+".p")
	if err != nil {
		return // there are none
	}
	for _, e := range list {
		w, err := strconv.Atoi(e.Name())
		if err != nil || w < 1 || w >= t.width || strconv.Itoa(w) != e.Name() {
			continue // the sweep names it
		}
		d.extra = true
		old := tile{t.level, t.n, w}
		b, err := readFile(d.fsys, old.path(), maxBundle)
		if err == nil && same(w, b) {
			continue
		}
		first := t.n * fullWidth << (heights * max(t.level, 0))
		d.log.Found(integrity.Finding{Code: integrity.HashMismatch, File: old.path(), Record: first + 1, Seq: &first, Note: "a narrower tile from before is not how the tile begins: the log was another one then"})
	}
}

// leaf hashes an entry as tlog.RecordHash does, without new memory.
func (d *directory) leaf(entry []byte) tlog.Hash {
	d.room = append(append(d.room[:0], 0), entry...)
	return sha256.Sum256(d.room)
}

// add takes the next leaf up into both trees and the tiles above. While all
// entries are what their tiles say, one tree stands for both.
func (d *directory) add(a, c tlog.Hash) {
	var up [maxLevel + 1]tlog.Hash
	if a != c && !d.differ {
		d.differ, d.claimed = true, tree{size: d.actual.size, edges: slices.Clone(d.actual.edges)}
	}
	if d.differ {
		d.claimed.add(c, func(height int, h tlog.Hash) {
			if height > 0 && height%heights == 0 && height/heights <= maxLevel {
				up[height/heights] = h
			}
		})
	}
	d.actual.add(a, func(height int, h tlog.Hash) {
		if height == 0 || height%heights != 0 || height/heights > maxLevel {
			return
		}
		l := &d.levels[height/heights]
		l.actual[l.width], l.claims[l.width] = h, h
		if d.differ {
			l.claims[l.width] = up[height/heights]
		}
		if l.width++; l.width == fullWidth {
			d.compare(height / heights)
		}
	})
	for i, x := range d.anchors {
		if x.Head.Size == d.actual.size {
			d.met[i] = d.met[i] || !d.lost && (x.Head.Root == d.actual.root() || x.Head.Root == d.claimedRoot())
		}
	}
}

func (d *directory) claimedRoot() tlog.Hash {
	if d.differ {
		return d.claimed.root()
	}
	return d.actual.root()
}

// compare checks a tile above level 0 and begins the next one.
func (d *directory) compare(height int) {
	l := &d.levels[height]
	t := tile{height, l.n, l.width}
	hashes := d.hashes(t, d.read(t, fullWidth*hashSize))
	for i := range hashes {
		if d.lost || hashes[i] == l.actual[i] || hashes[i] == l.claims[i] {
			continue
		}
		first := (t.n*fullWidth + int64(i)) << (heights * height)
		d.log.Found(integrity.Finding{
			Code: integrity.HashMismatch, File: t.path(), Record: first + 1, Seq: &first, ByteOffset: int64(i) * hashSize, Length: hashSize, Expected: hashes[i].String(), Actual: l.actual[i].String(),
			Note: fmt.Sprintf("the hash over entries %d to %d does not come out", first, first+1<<(heights*height)-1),
		})
	}
	l.n, l.width = l.n+1, 0
}

// sweep names what stands among the tiles and belongs to no entry that the
// checkpoint counts.
func (d *directory) sweep(ctx context.Context) error {
	return fs.WalkDir(d.fsys, "tile", func(name string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			d.log.Found(integrity.Finding{Code: integrity.Unreadable, File: name, Note: "it cannot be looked into"})
			return fs.SkipDir
		case e.IsDir():
			return nil
		}
		note := ""
		switch t, ok := parseTile(name); {
		case !ok:
			note = "it has the name of no tile"
		case !e.Type().IsRegular():
			note = "it is no ordinary file"
		case t.width < fullWidth && t.width > widthOf(t.level, t.n, d.size), t.width == fullWidth && widthOf(t.level, t.n, d.size) == 0:
			note = "it lies behind the end that the checkpoint names: nothing protects it"
		case t.width == fullWidth && widthOf(t.level, t.n, d.size) < fullWidth:
			note = "it goes beyond the end that the checkpoint names: nothing protects what follows"
		}
		if note != "" {
			d.extra = true
			d.log.Found(integrity.Finding{Code: integrity.FileExtra, File: path.Clean(name), Note: note})
		}
		return nil
	})
}
