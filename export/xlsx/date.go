package xlsx

import (
	"strconv"

	"github.com/tieout/tieout/evidence"
)

// Days of the workbook, counted from 1899-12-30: the first day whose number
// every program reads alike, 1900-03-01; 1970-01-01; and the end of 9999.
const (
	firstDay  = 61
	dayOf1970 = 25_569
	lastDay   = 2_958_466
	dayMillis = 86_400_000
)

// moment writes a real date, cut to the millisecond. What no date cell can
// hold stays text.
func (w *rowWriter) moment(dst []byte, i int, t evidence.Instant) []byte {
	const epoch = dayOf1970 * dayMillis
	us := int64(t) + epoch*1000
	if us < firstDay*dayMillis*1000 || us >= lastDay*dayMillis*1000 {
		return w.text(dst, i, t.String())
	}
	ms := us / 1000
	style := w.styles[i].date
	if ms%1000 != 0 {
		style = w.styles[i].dateMillis
	}
	dst = w.open(dst, i, style, `><v>`)
	dst = appendDays(dst, ms)
	return append(dst, `</v></c>`...)
}

// appendDays writes milliseconds as days, with as many decimals as tell one
// millisecond from the next.
func appendDays(dst []byte, ms int64) []byte {
	dst = strconv.AppendInt(dst, ms/dayMillis, 10)
	rest := ms % dayMillis
	if rest == 0 {
		return dst
	}
	const scale = 100_000_000_000
	dst = append(dst, ".00000000000"...)
	fraction := (rest*scale + dayMillis/2) / dayMillis
	for at := len(dst) - 1; fraction > 0; at-- {
		dst[at] = byte('0' + fraction%10)
		fraction /= 10
	}
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}
