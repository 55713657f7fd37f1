package integrity

// maxIDs is how many ids are remembered to find those that stand twice.
const maxIDs = 1_500_000

// idSet is a set of hashes of ids, in memory of a known size.
type idSet struct {
	slots []uint64
	n     int
	full  bool   // no more are remembered
	seen  uint64 // so that near has something to do
}

func newIDSet() *idSet { return &idSet{slots: make([]uint64, 1<<10)} }

// near brings the places of many hashes close, all at once: they are anywhere in
// the memory, and one after the other would wait for each.
func (s *idSet) near(ids []idAt) {
	mask := uint64(len(s.slots) - 1)
	for i := range ids {
		s.seen |= s.slots[ids[i].hash&mask]
	}
}

// add enters a hash and reports whether it was there.
func (s *idSet) add(h uint64) bool {
	if h == 0 {
		h = 1 // 0 is an empty slot
	}
	if 4*s.n >= 3*len(s.slots) {
		s.grow()
	}
	mask := uint64(len(s.slots) - 1)
	i := h & mask
	for ; s.slots[i] != 0; i = (i + 1) & mask {
		if s.slots[i] == h {
			return true
		}
	}
	if s.n >= maxIDs {
		s.full = true
		return false
	}
	s.slots[i] = h
	s.n++
	return false
}

func (s *idSet) grow() {
	old := s.slots
	s.slots = make([]uint64, 2*len(old))
	mask := uint64(len(s.slots) - 1)
	for _, h := range old {
		if h == 0 {
			continue
		}
		i := h & mask
		for s.slots[i] != 0 {
			i = (i + 1) & mask
		}
		s.slots[i] = h
	}
}
