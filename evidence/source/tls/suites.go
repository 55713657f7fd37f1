package tls

import (
	"crypto/tls"
	"fmt"
)

// Versions as they stand on the wire.
const (
	ssl30 = 0x0300
	tls10 = 0x0301
	tls11 = 0x0302
	tls12 = 0x0303
	tls13 = 0x0304
)

// versions are asked in this order, the oldest first.
var versions = []struct {
	wire uint16
	name string
	rank int64 // 0: a version that the column has no rank for
}{{ssl30, "SSL 3.0", 0}, {tls10, "TLS 1.0", 10}, {tls11, "TLS 1.1", 11}, {tls12, "TLS 1.2", 12}, {tls13, "TLS 1.3", 13}}

// span is a run of numbers, both ends included.
type span struct{ from, to uint16 }

func numbers(spans []span) []uint16 {
	var out []uint16
	for _, s := range spans {
		for n := s.from; n <= s.to; n++ {
			out = append(out, n)
		}
	}
	return out
}

var (
	// every suite that was ever given a number below TLS 1.3: whoever refuses
	// all of them refuses the version. Numbers that nobody has are ignored.
	every = numbers([]span{{0x0001, 0x00c7}, {0xc001, 0xc0b5}, {0xcca8, 0xccae}, {0xd001, 0xd005}, {0x00ff, 0x00ff}}) // the last is no suite: it says that renegotiation is safe

	// ordinary is a shorter offer, for endpoints that a long one is too much for.
	ordinary = []uint16{
		0xc02f, 0xc030, 0xc02b, 0xc02c, 0xcca8, 0xcca9, 0xc013, 0xc014, 0xc009, 0xc00a, 0xc027, 0xc028, 0x009e, 0x009f, 0x0033, 0x0039, 0x0067, 0x006b,
		0x009c, 0x009d, 0x002f, 0x0035, 0x003c, 0x003d, 0xc012, 0x0016, 0x000a, 0x0005, 0x0004,
	}

	every13 = numbers([]span{{0x1301, 0x1307}, {0xc0b4, 0xc0b5}})

	// weak by construction: no encryption, no authentication, keys for export,
	// RC4, RC2, DES, 3DES, IDEA or MD5. By number in IANA's registry.
	weak = numbers([]span{
		{0x0001, 0x000a}, {0x000b, 0x001b}, {0x001e, 0x002e}, {0x0034, 0x0034}, {0x003a, 0x003b}, {0x0046, 0x0046}, {0x0060, 0x0066}, {0x006c, 0x006d},
		{0x0089, 0x008b}, {0x008e, 0x008f}, {0x0092, 0x0093}, {0x009b, 0x009b}, {0x00a6, 0x00a7}, {0x00b0, 0x00b1}, {0x00b4, 0x00b5}, {0x00b8, 0x00b9}, {0x00bf, 0x00bf}, {0x00c5, 0x00c5},
		{0xc001, 0xc003}, {0xc006, 0xc008}, {0xc00b, 0xc00d}, {0xc010, 0xc012}, {0xc015, 0xc01c}, {0xc033, 0xc034}, {0xc039, 0xc03b}, {0xc046, 0xc047}, {0xc05a, 0xc05b}, {0xc084, 0xc085},
	})

	weak13 = []uint16{0xc0b4, 0xc0b5} // integrity without encryption
)

// suiteName is the suite's name where our library has one, and its number.
func suiteName(n uint16) string {
	if name := tls.CipherSuiteName(n); name != fmt.Sprintf("0x%04X", n) {
		return fmt.Sprintf("0x%04x %s", n, name)
	}
	return fmt.Sprintf("0x%04x", n)
}
