package tls

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
)

// hello writes the first message of a client that knows one version and these
// suites. It is the same each time: nothing is agreed on with it.
func hello(version uint16, suites []uint16, name string) []byte {
	var ext []byte
	extension := func(kind uint16, body []byte) {
		ext = binary.BigEndian.AppendUint16(ext, kind)
		ext = binary.BigEndian.AppendUint16(ext, uint16(len(body)))
		ext = append(ext, body...)
	}
	list := func(values []uint16) []byte {
		b := binary.BigEndian.AppendUint16(nil, uint16(2*len(values)))
		for _, v := range values {
			b = binary.BigEndian.AppendUint16(b, v)
		}
		return b
	}
	if version > ssl30 {
		if _, err := netip.ParseAddr(name); err != nil && name != "" {
			b := binary.BigEndian.AppendUint16(nil, uint16(len(name)+3))
			b = append(b, 0)
			b = binary.BigEndian.AppendUint16(b, uint16(len(name)))
			extension(0, append(b, name...))
		}
		groups := []uint16{0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x001a, 0x001b, 0x001c, 0x0016, 0x0015, 0x0014, 0x0013, 0x0100, 0x0101, 0x0102, 0x0103, 0x0104}
		if version == tls13 {
			groups = append(groups, 0x11ec, 0x11eb) // with ML-KEM
		}
		extension(10, list(groups))
		extension(11, []byte{3, 0, 1, 2})
		extension(23, nil)           // some refuse a client without an extended master secret,
		extension(0xff01, []byte{0}) // or one that would renegotiate unsafely
	}
	if version >= tls12 {
		extension(13, list([]uint16{0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601, 0x0402, 0x0502, 0x0602, 0x0303, 0x0301, 0x0302, 0x0203, 0x0201, 0x0202, 0x0101}))
	}
	legacy := version
	if version == tls13 {
		legacy = tls12
		extension(43, []byte{2, 0x03, 0x04})
		extension(51, []byte{0, 0}) // no key: the endpoint asks for one, which is an answer
		extension(45, []byte{1, 1})
	}
	body := binary.BigEndian.AppendUint16(nil, legacy)
	for i := range 32 {
		body = append(body, byte(i*7+1))
	}
	if version == tls13 {
		body = append(append(body, 32), make([]byte, 32)...)
	} else {
		body = append(body, 0)
	}
	body = append(body, list(suites)...)
	body = append(body, 1, 0)
	if len(ext) > 0 {
		body = binary.BigEndian.AppendUint16(body, uint16(len(ext)))
		body = append(body, ext...)
	}
	record := binary.BigEndian.AppendUint16([]byte{22}, min(legacy, tls10))
	record = binary.BigEndian.AppendUint16(record, uint16(len(body)+4))
	record = append(record, 1, 0, byte(len(body)>>8), byte(len(body)))
	return append(record, body...)
}

// answer is what an endpoint said to a hello.
type answer struct {
	version uint16 // chosen
	suite   uint16
	chain   [][]byte // certificates, where they came in the clear
	alert   int      // fatal alert instead, or -1
	plain   bool     // it speaks HTTP in plain text
}

var (
	errNotTLS = errors.New("what answers does not speak TLS")
	errLong   = errors.New("it says more than is read")
)

const maxAnswer = 256 << 10

// errHTTP and errAlert are answers of their own.
var (
	errHTTP  = errors.New("it answers in plain HTTP")
	errAlert = errors.New("an alert came")
)

// records reads the bytes of handshake messages out of records, alerts aside.
type records struct {
	r     io.Reader
	buf   []byte
	total int
	alert int
	first bool
}

func (s *records) more() error {
	var head [5]byte
	if _, err := io.ReadFull(s.r, head[:]); err != nil {
		return err
	}
	if !s.first && head[0] == 'H' && head[1] == 'T' && head[2] == 'T' && head[3] == 'P' {
		return errHTTP
	}
	s.first = true
	n := int(binary.BigEndian.Uint16(head[3:]))
	if head[0] < 20 || head[0] > 23 || head[1] != 3 || n > 1<<14+2048 {
		return errNotTLS
	}
	if s.total += n; s.total > maxAnswer {
		return errLong
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(s.r, body); err != nil {
		return err
	}
	switch head[0] {
	case 21:
		if n != 2 {
			return errNotTLS
		}
		if body[0] == 2 || body[1] == 0 { // fatal, or it closes
			s.alert = int(body[1])
			return errAlert
		}
	case 22:
		s.buf = append(s.buf, body...)
	default: // encrypted from here on, which is not for us
		return errNotTLS
	}
	return nil
}

// message reads one handshake message.
func (s *records) message() (kind byte, body []byte, err error) {
	for len(s.buf) < 4 {
		if err := s.more(); err != nil {
			return 0, nil, err
		}
	}
	n := int(s.buf[1])<<16 | int(s.buf[2])<<8 | int(s.buf[3])
	if n > maxAnswer {
		return 0, nil, errLong
	}
	for len(s.buf) < 4+n {
		if err := s.more(); err != nil {
			return 0, nil, err
		}
	}
	kind, body, s.buf = s.buf[0], s.buf[4:4+n], s.buf[4+n:]
	return kind, body, nil
}

// readAnswer reads what an endpoint says to a hello: which version and suite
// it chose, and its certificates where they follow in the clear.
func readAnswer(r io.Reader) (answer, error) {
	a := answer{alert: -1}
	s := &records{r: r, alert: -1}
	kind, body, err := s.message()
	switch {
	case errors.Is(err, errAlert):
		a.alert = s.alert
		return a, nil
	case errors.Is(err, errHTTP):
		a.plain = true
		return a, nil
	case err != nil:
		return a, err
	case kind != 2:
		return a, errNotTLS
	}
	if a.version, a.suite, err = serverHello(body); err != nil || a.version == tls13 {
		return a, err
	}
	if kind, body, err = s.message(); err == nil && kind == 11 { // else there are none, or they did not come
		a.chain = certificates(body)
	}
	return a, nil
}

// serverHello reads version and suite. TLS 1.3 states its version in an
// extension, in the answer and in the wish for another key alike.
func serverHello(b []byte) (version, suite uint16, err error) {
	if len(b) < 38 || len(b) < 38+int(b[34]) {
		return 0, 0, fmt.Errorf("read its hello: %w", errNotTLS)
	}
	version = binary.BigEndian.Uint16(b)
	b = b[35+int(b[34]):]
	suite = binary.BigEndian.Uint16(b)
	b = b[3:]
	if len(b) < 2 {
		return version, suite, nil
	}
	n := int(binary.BigEndian.Uint16(b))
	if b = b[2:]; n > len(b) {
		return 0, 0, fmt.Errorf("read its hello: %w", errNotTLS)
	}
	for b = b[:n]; len(b) >= 4; {
		kind, size := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		if b = b[4:]; size > len(b) {
			return 0, 0, fmt.Errorf("read its hello: %w", errNotTLS)
		}
		if kind == 43 && size == 2 {
			version = binary.BigEndian.Uint16(b)
		}
		b = b[size:]
	}
	return version, suite, nil
}

// certificates cuts a chain into its parts. What is cut short has none.
func certificates(b []byte) [][]byte {
	three := func(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }
	if len(b) < 3 || three(b) != len(b)-3 {
		return nil
	}
	var out [][]byte
	for b = b[3:]; len(b) >= 3; {
		n := three(b)
		if b = b[3:]; n > len(b) {
			return nil
		}
		out = append(out, slices.Clone(b[:n]))
		b = b[n:]
	}
	return out
}
