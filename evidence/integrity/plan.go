package integrity

import (
	"github.com/tieout/tieout/evidence/logfile"
)

// plan is a profile made ready for use: names are field numbers, words are
// constants. It is shared by all workers and never changed.
type plan struct {
	framing  logfile.Framing
	at       string
	pointers []string
	tape     bool

	id, log, writer, alg, seq, time, partition int // field numbers, or none
	algIs                                      []string
	seqStart                                   *int64
	seqStep                                    int64
	clock                                      clock
	backstep                                   int64 // microseconds
	maxGap                                     int64 // microseconds; 0 = not stated

	prev, self *claim
	genesis    []genesis
	rotation   rotation
	digest     *digest
	mac        *mac
	sig        *signature
	check      *checkpoints
	wholly     bool // every member must be covered by a hash
	jsonParts  int  // how many there are, for what workers keep of them
}

const none = logfile.NoField

type rotation uint8

const (
	goesOn  rotation = iota // the chain goes on in the next file
	restart                 // every file has a chain of its own
	seam                    // a file may begin in the middle, its older records having been dropped
)

type genesisKind uint8

const (
	genesisText genesisKind = iota
	genesisNull
	genesisAbsent
	genesisAny // a text that stands outside of the log
)

type genesis struct {
	kind genesisKind
	text string
}

type digest struct {
	hash     hashAlg
	key      string // name of the key, for keyed hashes
	input    []part
	retry    []part // what the hash may have been made of before the record was printed again
	usesPrev bool
}

type mac struct {
	hash  hashAlg
	over  over
	claim claim
	key   string
}

type over uint8

const (
	overBytes over = iota // the digest's bytes
	overHex               // its lower-case hex text
	overInput             // what the digest is made of
	overOwn               // an input of its own
)

type signature struct {
	alg   string // ed25519, ecdsa-p256, rsa-pkcs1-sha256
	p1363 bool
	over  over
	input []part
	claim claim
	kid   int
	by    Role
	every int64
	maybe bool // a record need not have one
}

type checkpoints struct {
	match  []fixed
	note   int
	origin string
}

type fixed struct {
	field int
	raw   string // the JSON string that must stand there
	text  string
}
