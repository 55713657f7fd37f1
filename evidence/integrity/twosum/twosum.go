// Package twosum computes SHA-256 of a message and of a stream at once.
//
// The processor's SHA instructions wait for one another within a message, so
// two messages side by side take little longer than one. A log needs two sums
// of everything: one of its records, one of its files. The sums are those of
// crypto/sha256, which is used where the instructions are missing; a test
// compares the two. The package knows no logs.
package twosum

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

const block = sha256.BlockSize

var initial = [8]uint32{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}

// lane is one message on its way into its state.
type lane struct {
	h    [8]uint32
	cur  []byte    // whole blocks
	tail []byte    // whole blocks behind them
	pad  [128]byte // what tail refers to, at a message's end
}

// message sets the lane to the start of a whole message, with its padding.
func (l *lane) message(msg []byte) {
	l.h = initial
	whole := len(msg) &^ (block - 1)
	l.cur = msg[:whole]
	l.end(msg[whole:], uint64(len(msg)))
}

// end puts the last bytes of a message of that length behind what is there.
func (l *lane) end(rest []byte, length uint64) {
	n := copy(l.pad[:], rest)
	l.pad[n] = 0x80
	size := block
	if n+9 > block {
		size = 2 * block
	}
	clear(l.pad[n+1 : size])
	binary.BigEndian.PutUint64(l.pad[size-8:], length*8)
	l.tail = l.pad[:size]
}

// ready returns how many blocks can be taken in one go.
func (l *lane) ready() int {
	if len(l.cur) == 0 {
		l.cur, l.tail = l.tail, nil
	}
	return len(l.cur) / block
}

func (l *lane) sum() (out [32]byte) {
	for i, h := range l.h {
		binary.BigEndian.PutUint32(out[4*i:], h)
	}
	return out
}

// finish takes all blocks of l, and as many of other as there are beside them.
func (l *lane) finish(other *lane) {
	for n := l.ready(); n > 0; n = l.ready() {
		if m := other.ready(); m > 0 {
			n = min(n, m)
			blocks(&l.h, &l.cur[0], &other.h, &other.cur[0], n)
			other.cur = other.cur[n*block:]
		} else {
			var idle [8]uint32
			blocks(&l.h, &l.cur[0], &idle, &l.cur[0], n)
		}
		l.cur = l.cur[n*block:]
	}
}

// Stream is the sum of a stream of bytes, taken along with the sums of messages
// as far as those give room. It is not for use by two goroutines at once.
type Stream struct {
	std    hash.Hash // where the instructions are missing
	file   lane
	msg    lane
	parts  [][]byte // written and not yet taken
	rest   [block]byte
	restN  int
	length uint64
}

// NewStream returns an empty stream.
func NewStream() *Stream {
	s := &Stream{}
	s.file.h = initial
	if !Fast {
		s.std = sha256.New()
	}
	return s
}

// Write adds bytes to the stream. They must not change until Flush was called.
func (s *Stream) Write(p []byte) (int, error) {
	s.length += uint64(len(p))
	if s.std != nil {
		return s.std.Write(p)
	}
	if len(p) > 0 {
		s.parts = append(s.parts, p)
	}
	return len(p), nil
}

// Sum256 returns the sum of a message, and takes some of the stream along.
func (s *Stream) Sum256(msg []byte) [32]byte {
	if s.std != nil {
		return sha256.Sum256(msg)
	}
	s.msg.message(msg)
	for n := s.msg.ready(); n > 0; n = s.msg.ready() {
		s.fill()
		if m := s.file.ready(); m > 0 {
			n = min(n, m)
			blocks(&s.msg.h, &s.msg.cur[0], &s.file.h, &s.file.cur[0], n)
			s.file.cur = s.file.cur[n*block:]
		} else {
			var idle [8]uint32
			blocks(&s.msg.h, &s.msg.cur[0], &idle, &s.msg.cur[0], n)
		}
		s.msg.cur = s.msg.cur[n*block:]
	}
	return s.msg.sum()
}

// fill makes the next blocks of the stream ready, if there are any.
func (s *Stream) fill() {
	for len(s.file.cur) == 0 && len(s.file.tail) == 0 && len(s.parts) > 0 {
		p := s.parts[0]
		if s.restN > 0 {
			n := copy(s.rest[s.restN:], p)
			s.restN, p = s.restN+n, p[n:]
			if s.restN == block {
				s.file.tail = append(s.file.pad[:0], s.rest[:]...)
				s.restN = 0
			}
		}
		if s.restN == 0 {
			whole := len(p) &^ (block - 1)
			s.restN = copy(s.rest[:], p[whole:])
			if s.file.tail != nil {
				s.file.cur, s.file.tail = s.file.tail, p[:whole]
			} else {
				s.file.cur = p[:whole]
			}
		}
		s.parts = s.parts[1:]
	}
	if len(s.parts) == 0 {
		s.parts = s.parts[:0]
	}
}

// Flush takes all that was written. The bytes may change afterwards.
func (s *Stream) Flush() {
	if s.std != nil {
		return
	}
	for s.fill(); s.file.ready() > 0; s.fill() {
		s.file.finish(&lane{})
	}
	s.parts = nil
}

// Sum returns the sum of all that was written.
func (s *Stream) Sum() [32]byte {
	if s.std != nil {
		return [32]byte(s.std.Sum(nil))
	}
	s.Flush()
	end := s.file
	end.cur = nil
	end.end(s.rest[:s.restN], s.length)
	end.finish(&lane{})
	return end.sum()
}
