package integrity

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"
)

// value draws any JSON value with numbers that a double holds.
func value(depth int) *rapid.Generator[any] {
	leaf := []*rapid.Generator[any]{
		rapid.String().AsAny(), rapid.Float64().AsAny(), rapid.Int32().AsAny(), rapid.Bool().AsAny(), rapid.Just[any](nil),
		rapid.SampledFrom([]any{"\u2028\u2029", "\U0001f600", "\ufb33", "\x00\x1f\x7f", `"\/`, 1e21, 1e-7, math.Copysign(0, -1), 5e-324, 1e23, 333333333.33333329}),
	}
	if depth == 0 {
		return rapid.OneOf(leaf...)
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return value(depth - 1) })
	return rapid.OneOf(append(leaf, rapid.SliceOfN(inner, 0, 4).AsAny(), rapid.MapOfN(rapid.String(), inner, 0, 5).AsAny())...)
}

// TestPrintingAgreesWithAnotherJCS holds our canonical form against another
// implementation of RFC 8785.
func TestPrintingAgreesWithAnotherJCS(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		record, err := json.Marshal(rapid.MapOfN(rapid.String(), value(3), 0, 6).Draw(r, "record"))
		if err != nil {
			r.Fatal(err)
		}
		want, err := jcs.Transform(record)
		if err != nil {
			r.Fatal(err)
		}
		if got, _ := printed(t, `{order: sorted-utf16, escape: minimal, scalars: reprint, numbers: es6}`, string(record)); got != string(want) {
			r.Fatalf("%s is printed as\n%s, by the other as\n%s", record, got, want)
		}
	})
}
