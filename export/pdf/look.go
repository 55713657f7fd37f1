package pdf

import "github.com/tieout/tieout/controls"

// rgb is a colour. Colour repeats what words and marks already say, so that a
// black-and-white print loses nothing.
type rgb struct{ r, g, b int }

var (
	ink    = rgb{26, 33, 43}
	muted  = rgb{92, 102, 116}
	faint  = rgb{201, 207, 215}
	tint   = rgb{244, 246, 248}
	accent = rgb{31, 58, 95}
	alarm  = rgb{143, 29, 33}
	amber  = rgb{133, 87, 0}
)

// style is a face at a size, on a line height, in a colour.
type style struct {
	face faceID
	size float64
	lead float64
	ink  rgb
}

var (
	titleStyle   = style{bold, 26, 31, ink}
	subStyle     = style{sans, 13, 18, muted}
	h1Style      = style{bold, 17, 22, ink}
	controlStyle = style{bold, 15, 19.5, ink}
	h2Style      = style{bold, 11.5, 15.5, ink}
	h3Style      = style{bold, 9, 12.5, accent}
	bodyStyle    = style{sans, 9.2, 13.2, ink}
	leadStyle    = style{sans, 10.2, 15, ink}
	noteStyle    = style{sans, 7.8, 11, muted}
	cellStyle    = style{sans, 8, 10.6, ink}
	cellBold     = style{bold, 8, 10.6, ink}
	cellMuted    = style{sans, 7.4, 10, muted}
	cellMono     = style{mono, 6.8, 9.6, ink}
	headStyle    = style{bold, 7.2, 9.2, muted}
	monoStyle    = style{mono, 7.6, 13.2, ink}
	codeStyle    = style{mono, 7.4, 10.6, ink}
	smallStyle   = style{sans, 6.9, 9.2, muted}
	smallBold    = style{bold, 6.9, 9.2, muted}
	contentStyle = style{sans, 9, 13.4, ink}
	contentBold  = style{bold, 9.4, 19, ink}
)

func (s style) in(c rgb) style { s.ink = c; return s }

// stateInk returns the colour that goes with a state's mark and words.
func stateInk(s controls.State) rgb {
	switch s {
	case controls.Deviation:
		return alarm
	case controls.Indeterminate, controls.NotTested:
		return amber
	case controls.NotOccurring, controls.NotDue:
		return muted
	default:
		return ink
	}
}
