package table

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

var errUnpack = errors.New("a page does not unpack to what its head says")

// boundPacked unpacks a page once and throws it away: the library takes as
// much memory as the bytes ask for, so they must not ask for more than was said.
func boundPacked(codec format.CompressionCodec, packed io.Reader, length, unpacked int64) error {
	if length == 0 {
		return nil
	}
	var in io.Reader
	switch codec {
	case format.Uncompressed:
		if length > unpacked {
			return errUnpack
		}
		return nil
	case format.Snappy:
		var head [binary.MaxVarintLen64]byte
		n, err := io.ReadFull(packed, head[:min(length, int64(len(head)))])
		if err != nil {
			return errUnpack
		}
		if says, used := binary.Uvarint(head[:n]); used <= 0 || says > uint64(unpacked) {
			return errUnpack
		}
		return nil
	case format.Lz4Raw:
		src := make([]byte, length)
		if _, err := io.ReadFull(packed, src); err != nil {
			return errUnpack
		}
		if n, err := lz4.UncompressBlock(src, make([]byte, unpacked)); err != nil || int64(n) > unpacked {
			return errUnpack
		}
		return nil
	case format.Gzip:
		z, err := gzip.NewReader(packed)
		if err != nil {
			return errUnpack
		}
		in = z
	case format.Brotli:
		in = brotli.NewReader(packed)
	case format.Zstd:
		z, err := zstd.NewReader(packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxPage))
		if err != nil {
			return errUnpack
		}
		defer z.Close()
		in = z
	default:
		return fmt.Errorf("it is packed with %s, which is not read: write it with zstd, snappy or gzip", codec)
	}
	if n, err := io.Copy(io.Discard, io.LimitReader(in, unpacked+1)); err != nil || n > unpacked {
		return errUnpack
	}
	return nil
}

// boundPage checks one page behind its head.
func (h *pageHead) boundPage(codec format.CompressionCodec, page []byte) error {
	if h.encoding == int64(format.DeltaByteArray) {
		return errors.New("texts are written as differences of each other (DELTA_BYTE_ARRAY), which is not read: write it with plain or dictionary encoding")
	}
	levels := int64(0)
	if h.second {
		levels = h.levels
		if h.plain {
			codec = format.Uncompressed
		}
	}
	if levels < 0 || levels > int64(len(page)) || levels > h.unpacked {
		return errUnpack
	}
	return boundPacked(codec, bytes.NewReader(page[levels:]), int64(len(page))-levels, h.unpacked-levels)
}
