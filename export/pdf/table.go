package pdf

// column is one column of a table. Widths are shares of the width there is.
type column struct {
	title safe
	share float64
	right bool // figures stand under figures
}

// row is one row of a table: its cells, and what stands under all of them.
type row struct {
	cells  [][]para
	under  []para
	anchor string
}

// table sets rows as they come, so that a long one is never held in memory.
// Each page repeats the header. A row stays whole unless it is so long that
// keeping it whole would leave much of a page empty; then it says that it
// goes on.
type table struct {
	p       *paper
	columns []column
	x       []float64 // left edge of each column
	w       []float64 // its inner width
	page    int       // the page that has a header
	rows    int
}

const (
	cellPadX  = 4.0
	cellPadY  = 3.0
	headPad   = 3.0
	underLeft = 10.0
)

func (p *paper) table(columns ...column) *table {
	t := &table{p: p, columns: columns}
	sum := 0.0
	for _, c := range columns {
		sum += c.share
	}
	x := p.left()
	for i, c := range columns {
		w := p.width() * c.share / sum
		inset := cellPadX
		if i == 0 {
			inset = 0
		}
		t.x = append(t.x, x+inset)
		t.w = append(t.w, w-inset-cellPadX)
		x += w
	}
	return t
}

func (t *table) headHeight() float64 {
	high := 0.0
	for i, c := range t.columns {
		_, h := t.p.setLines([]para{{st: headStyle, text: c.title}}, t.w[i])
		high = max(high, h)
	}
	return high + 2*headPad
}

func (t *table) head() {
	p := t.p
	high := t.headHeight()
	for i, c := range t.columns {
		lines, h := p.setLines([]para{{st: headStyle, text: c.title}}, t.w[i])
		y := p.y + high - headPad - h
		for _, l := range lines {
			p.drawLine(l, t.x[i], y, t.w[i], c.right)
			y += l.st.lead
		}
	}
	p.y += high
	p.rule(p.left(), p.right(), p.y, 0.9, ink)
	p.y += 1
	t.page = p.page
}

// texts adds a row of plain cells.
func (t *table) texts(cells ...safe) {
	r := row{cells: make([][]para, len(cells))}
	for i, c := range cells {
		r.cells[i] = []para{{st: cellStyle, text: c}}
	}
	t.row(r)
}

func (t *table) row(r row) {
	p := t.p
	cells := make([][]line, len(r.cells))
	high := 0.0
	for i, c := range r.cells {
		var h float64
		cells[i], h = p.setLines(c, t.w[i])
		high = max(high, h)
	}
	under, underHigh := p.setLines(r.under, p.width()-underLeft)
	whole := high + 2*cellPadY
	if underHigh > 0 {
		whole += underHigh + 2
	}
	head := 0.0
	if t.page != p.page {
		head = t.headHeight()
	}
	long := whole > p.body()*0.45
	if need := head + whole; need > p.room() && (!long || p.room() < 120) && p.y > marginTop {
		p.newPage(p.landscape)
	}
	if t.page != p.page {
		t.head()
	}
	p.anchor(r.anchor)
	t.rows++
	p.y += cellPadY
	t.cells(cells)
	if underHigh > 0 {
		p.y += 2
		t.lines(under, p.left()+underLeft, p.width()-underLeft)
	}
	p.y += cellPadY
	p.rule(p.left(), p.right(), p.y, 0.35, faint)
}

// cells draws the lines of all cells side by side, over as many pages as they
// take.
func (t *table) cells(cells [][]line) {
	p := t.p
	for {
		bottom, left := p.y, false
		for i := range cells {
			y := p.y
			for len(cells[i]) > 0 && y+cells[i][0].st.lead <= p.bottom()+0.01 {
				l := cells[i][0]
				p.drawLine(l, t.x[i], y, t.w[i], t.columns[i].right)
				y += l.st.lead
				cells[i] = cells[i][1:]
			}
			bottom = max(bottom, y)
			left = left || len(cells[i]) > 0
		}
		p.y = bottom
		if !left {
			return
		}
		t.goOn()
	}
}

func (t *table) lines(lines []line, x, w float64) {
	p := t.p
	for _, l := range lines {
		if l.st.lead > p.room() {
			t.goOn()
		}
		p.drawLine(l, x, p.y, w, false)
		p.y += l.st.lead
	}
}

// goOn takes a row to the next page.
func (t *table) goOn() {
	p := t.p
	p.put(p.left(), p.bottom()+8, "goes on over the page", smallStyle)
	p.newPage(p.landscape)
	t.head()
	p.put(p.left(), p.y+8, "(continued)", smallStyle)
	p.y += 12
}

// end closes the table, and says so where it has no row.
func (t *table) end(empty safe) {
	if t.rows == 0 {
		t.p.flow(para{st: bodyStyle.in(muted), text: empty})
	}
	t.p.gap(9)
}
