package controls_test

import (
	"testing"

	"github.com/tieout/tieout/controls"
)

func TestValuesAreShownAsPeopleStateThem(t *testing.T) {
	t.Parallel()
	const second = int64(1_000_000)
	for _, c := range []struct {
		typ   string
		value any
		want  string
	}{
		{"duration", 24 * 3600 * second, "24h"}, {"duration", 48 * 3600 * second, "48h"}, {"duration", 365 * 24 * 3600 * second, "365d"},
		{"duration", 15 * 60 * second, "15m"}, {"duration", 90 * second, "90s"}, {"duration", int64(0), "0s"}, {"duration", int64(1), "1us"},
		{"duration", "24h", "24h"}, {"rank", int64(13), "TLS 1.3"}, {"rank", int64(7), "7"}, {"int", int64(60), "60"}, {"real", 0.005, "0.005"},
		{"list", []string{"a", "b"}, "a, b"}, {"list", []any{"a", "b"}, "a, b"}, {"list", nil, ""}, {"text", "eu", "eu"},
	} {
		if got := (controls.Param{Type: c.typ}).Show(c.value); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.typ, c.value, got, c.want)
		}
	}
}
