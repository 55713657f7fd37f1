package integrity

// maxIDs is how many ids are kept in memory to find those that stand twice; the
// others go to disk.
const maxIDs = 1_500_000

// idSet is a set of hashes of ids, in memory of a known size.
type idSet struct {
	slots []uint64
	n     int
	max   int
	disk  *idSpill // of ids beyond max; nil as long as there are none
	lost  error    // why no more are kept, and which stand twice is not known
	seen  uint64   // so that near has something to do
}

func newIDSet() *idSet { return &idSet{slots: make([]uint64, 1<<10), max: maxIDs} }

// near brings the places of many hashes close, all at once: they are anywhere in
// the memory, and one after the other would wait for each.
func (s *idSet) near(ids []idAt) {
	mask := uint64(len(s.slots) - 1)
	for i := range ids {
		s.seen |= s.slots[ids[i].hash&mask]
	}
}

// add enters a hash and reports whether it was there. One that memory has no
// room for is kept on disk, and whether it was there is known at the end.
func (s *idSet) add(h uint64, where spilled) bool {
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
	if s.n >= s.max {
		where.hash = h
		s.spill(where)
		return false
	}
	s.slots[i] = h
	s.n++
	return false
}

func (s *idSet) spill(x spilled) {
	if s.lost == nil && s.disk == nil {
		s.disk, s.lost = newIDSpill()
	}
	if s.lost == nil {
		s.lost = s.disk.add(x)
	}
}

// close gives back what is on disk.
func (s *idSet) close() error {
	if s.disk == nil {
		return nil
	}
	return s.disk.close()
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
