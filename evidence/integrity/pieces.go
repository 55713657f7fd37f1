package integrity

// pieces hands out pieces that were joined before, so that their memory is used
// again.
type pieces chan *piece

func (ps pieces) free() *piece {
	select {
	case p := <-ps:
		return p
	default:
		return &piece{}
	}
}

// back returns a piece that nobody looks at any more.
func (ps pieces) back(p *piece) {
	select {
	case ps <- p:
	default:
	}
}

// uncovered counts records by the fields that no hash covers.
func (p *piece) uncovered(fields []string, records int64) {
	if p.shapes == nil {
		p.shapes = map[string]int64{}
	}
	for _, f := range fields {
		p.shapes[f] += records
	}
}

// clear makes the edge ready for another record. The hash itself stays: sumN
// says that there is none.
func (e *edge) clear(at place) {
	e.at, e.prev, e.kind, e.self, e.again, e.sumN = at, nil, 0, nil, false, 0
	e.seq, e.hasSeq, e.time, e.hasTime, e.unread = 0, false, 0, false, 0
}
