package tlog

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	fullWidth = 256
	heights   = 8 // of a tile
	hashSize  = 32
	entries   = -1 // the level of entry bundles
	maxLevel  = 7  // 256^8 entries are more than an int64 counts
)

// tile names one file of the directory.
type tile struct {
	level int // entries, or 0 and more
	n     int64
	width int // fullWidth, or less where it is partial
}

func (t tile) full() tile { t.width = fullWidth; return t }

// path is where the tile stands below the directory.
func (t tile) path() string {
	if t.width == fullWidth {
		return t.stem()
	}
	return t.stem() + ".p/" + strconv.Itoa(t.width)
}

func (t tile) stem() string {
	n := fmt.Sprintf("%03d", t.n%1000)
	for rest := t.n / 1000; rest > 0; rest /= 1000 {
		n = fmt.Sprintf("x%03d/%s", rest%1000, n)
	}
	if t.level == entries {
		return "tile/entries/" + n
	}
	return fmt.Sprintf("tile/%d/%s", t.level, n)
}

// parseTile reads a path as path writes it, and no other spelling of it.
func parseTile(name string) (tile, bool) {
	parts := strings.Split(name, "/")
	if len(parts) < 3 || parts[0] != "tile" {
		return tile{}, false
	}
	t := tile{level: entries, width: fullWidth}
	if parts[1] != "entries" {
		l, err := strconv.Atoi(parts[1])
		if err != nil || l < 0 || l > 63 {
			return tile{}, false
		}
		t.level = l
	}
	parts = parts[2:]
	if last := len(parts) - 1; last > 0 && strings.HasSuffix(parts[last-1], ".p") {
		w, err := strconv.Atoi(parts[last])
		if err != nil || w < 1 || w >= fullWidth {
			return tile{}, false
		}
		t.width = w
		parts = parts[:last]
		parts[last-1] = strings.TrimSuffix(parts[last-1], ".p")
	}
	if len(parts) > 6 {
		return tile{}, false
	}
	for _, p := range parts {
		d, err := strconv.Atoi(strings.TrimPrefix(p, "x"))
		if err != nil || d < 0 || d > 999 {
			return tile{}, false
		}
		t.n = t.n*1000 + int64(d)
	}
	return t, t.path() == name
}

// widthOf is how many hashes or entries the n-th tile of a level has in a log
// of that size; 0 where there is no such tile.
func widthOf(level int, n, size int64) int {
	if level > maxLevel {
		return 0
	}
	in := size >> (heights * max(level, 0))
	switch full := in / fullWidth; {
	case n < full:
		return fullWidth
	case n == full:
		return int(in % fullWidth)
	}
	return 0
}
