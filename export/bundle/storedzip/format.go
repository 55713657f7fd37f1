package storedzip

import (
	"encoding/binary"
	"math"
)

// Entry is one file of the container.
type Entry struct {
	Name  string
	Size  int64
	CRC32 uint32 // IEEE
}

// Signatures and sizes of the zip format's records.
const (
	localSignature   = 0x04034b50
	centralSignature = 0x02014b50
	end64Signature   = 0x06064b50
	locatorSignature = 0x07064b50
	endSignature     = 0x06054b50

	localSize   = 30
	centralSize = 46

	versionStored = 10
	versionZip64  = 45
	firstDay      = 1<<5 | 1 // 1980-01-01
	zip64Field    = 1

	full16 = math.MaxUint16 // a value that stands in a zip64 field instead
	full32 = math.MaxUint32
)

var le = binary.LittleEndian

// small returns n, or the mark that a zip64 field holds it.
func small(n int64) uint32 {
	if n >= full32 {
		return full32
	}
	return uint32(n)
}

func version(zip64 bool) uint16 {
	if zip64 {
		return versionZip64
	}
	return versionStored
}

// appendLocal appends the header that stands before an entry's bytes.
func appendLocal(dst []byte, e Entry) []byte {
	big := e.Size >= full32
	dst = le.AppendUint32(dst, localSignature)
	dst = le.AppendUint16(dst, version(big))
	dst = appendCommon(dst, e)
	if !big {
		dst = le.AppendUint16(dst, 0)
		return append(dst, e.Name...)
	}
	dst = le.AppendUint16(dst, 20)
	dst = append(dst, e.Name...)
	dst = le.AppendUint16(le.AppendUint16(dst, zip64Field), 16)
	return le.AppendUint64(le.AppendUint64(dst, uint64(e.Size)), uint64(e.Size))
}

// appendCommon appends the fields that both headers of an entry share, from
// the flags to the length of the name.
func appendCommon(dst []byte, e Entry) []byte {
	dst = append(dst, 0, 0, 0, 0, 0, 0) // flags, method, time
	dst = le.AppendUint16(dst, firstDay)
	dst = le.AppendUint32(dst, e.CRC32)
	dst = le.AppendUint32(dst, small(e.Size))
	dst = le.AppendUint32(dst, small(e.Size))
	return le.AppendUint16(dst, uint16(len(e.Name)))
}

// appendCentral appends the entry of the directory at the file's end.
func appendCentral(dst []byte, e Entry, offset int64) []byte {
	var extra []byte
	if e.Size >= full32 {
		extra = le.AppendUint64(le.AppendUint64(extra, uint64(e.Size)), uint64(e.Size))
	}
	if offset >= full32 {
		extra = le.AppendUint64(extra, uint64(offset))
	}
	if extra != nil {
		head := le.AppendUint16(nil, zip64Field)
		extra = append(le.AppendUint16(head, uint16(len(extra))), extra...)
	}
	need := version(extra != nil)
	dst = le.AppendUint32(dst, centralSignature)
	dst = le.AppendUint16(le.AppendUint16(dst, need), need)
	dst = appendCommon(dst, e)
	dst = le.AppendUint16(dst, uint16(len(extra)))
	dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) // comment, disk, attributes
	dst = le.AppendUint32(dst, small(offset))
	return append(append(dst, e.Name...), extra...)
}

// appendEnd appends the records behind the directory.
func appendEnd(dst []byte, count, offset, size int64) []byte {
	if count >= full16 || offset >= full32 || size >= full32 {
		dst = le.AppendUint32(dst, end64Signature)
		dst = le.AppendUint64(dst, 44)
		dst = le.AppendUint16(le.AppendUint16(dst, versionZip64), versionZip64)
		dst = le.AppendUint64(dst, 0) // disks
		for _, n := range [...]int64{count, count, size, offset} {
			dst = le.AppendUint64(dst, uint64(n))
		}
		dst = le.AppendUint32(dst, locatorSignature)
		dst = le.AppendUint32(dst, 0)
		dst = le.AppendUint64(dst, uint64(offset+size))
		dst = le.AppendUint32(dst, 1)
	}
	n := uint16(min(count, full16))
	dst = le.AppendUint32(dst, endSignature)
	dst = le.AppendUint32(dst, 0) // disks
	dst = le.AppendUint16(le.AppendUint16(dst, n), n)
	dst = le.AppendUint32(dst, small(size))
	dst = le.AppendUint32(dst, small(offset))
	return le.AppendUint16(dst, 0) // comment
}
