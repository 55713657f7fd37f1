package table

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/tieout/tieout/evidence/canon"
)

type (
	parquetList = format.ListType
	parquetMap  = format.MapType
)

// maxScale bounds the digits of a decimal number, so that a scale that is
// invented cannot ask for a number without end.
const maxScale = 100

// unreadable is a value that is there and that nothing can be made of. It
// stands in a row in the value's place.
type unreadable struct{ error }

func because(text string) unreadable { return unreadable{errors.New(text)} }

// valueOf returns how a column's values are read. A time without the mark that
// it is in UTC becomes a text without zone, so that the zone must be stated.
func valueOf(t parquet.Type) func(parquet.Value) any {
	if l := t.LogicalType(); l != nil {
		if read := logical(t, l.Value); read != nil {
			return read
		}
	}
	switch t.Kind() {
	case parquet.Boolean:
		return func(v parquet.Value) any { return v.Boolean() }
	case parquet.Int32:
		return func(v parquet.Value) any { return canon.Number(strconv.FormatInt(int64(v.Int32()), 10)) }
	case parquet.Int64:
		return func(v parquet.Value) any { return canon.Number(strconv.FormatInt(v.Int64(), 10)) }
	case parquet.Float:
		return func(v parquet.Value) any { return float(float64(v.Float()), 32) }
	case parquet.Double:
		return func(v parquet.Value) any { return float(v.Double(), 64) }
	case parquet.Int96:
		return func(v parquet.Value) any {
			n := v.Int96()
			return julian(n[2], uint64(n[1])<<32|uint64(n[0]))
		}
	case parquet.ByteArray:
		return func(v parquet.Value) any { return string(v.ByteArray()) }
	case parquet.FixedLenByteArray:
	}
	return func(parquet.Value) any { return because("bytes that are no text") }
}

func logical(t parquet.Type, l format.LogicalTypeValue) func(parquet.Value) any {
	kind := t.Kind()
	switch l := l.(type) {
	case *format.DecimalType:
		return func(v parquet.Value) any { return decimalOf(v, kind, int(l.Scale)) }
	case *format.DateType:
		return func(v parquet.Value) any { return wall(time.Unix(int64(v.Int32())*86400, 0).UTC(), time.DateOnly) }
	case *format.TimestampType:
		return func(v parquet.Value) any { return moment(v.Int64(), l) }
	case *format.TimeType:
		return func(v parquet.Value) any {
			n := int64(v.Int32())
			if kind == parquet.Int64 {
				n = v.Int64()
			}
			per := perSecond(l.Unit)
			if n < 0 || n >= 86400*per {
				return because("no time of day")
			}
			return time.Unix(n/per, n%per*(1e9/per)).UTC().Format("15:04:05.999999999")
		}
	case *format.IntType:
		switch {
		case l.IsSigned:
			return nil
		case kind == parquet.Int32:
			return func(v parquet.Value) any { return canon.Number(strconv.FormatUint(uint64(v.Uint32()), 10)) }
		case kind == parquet.Int64:
			return func(v parquet.Value) any { return canon.Number(strconv.FormatUint(v.Uint64(), 10)) }
		}
	case *format.UUIDType:
		return func(v parquet.Value) any {
			b := v.ByteArray()
			if len(b) != 16 {
				return because("a UUID of another length")
			}
			return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
		}
	case *format.NullType:
		return func(parquet.Value) any { return nil }
	case *format.BsonType, *format.VariantType, *format.GeometryType, *format.GeographyType, *format.Float16Type:
		return func(parquet.Value) any { return because("a type of value that is not read: " + t.String()) }
	}
	return nil
}

// float writes a number in the fewest digits that give it back.
func float(f float64, bits int) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return because("not a number, or infinite")
	}
	verb := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-7 || a >= 1e21) {
		verb = 'g'
	}
	return canon.Number(strconv.FormatFloat(f, verb, -1, bits))
}

// decimalOf writes a decimal number with exactly the digits that it was stored with.
func decimalOf(v parquet.Value, kind parquet.Kind, scale int) any {
	if scale < 0 || scale > maxScale {
		return because("a decimal number whose scale is not known")
	}
	n := new(big.Int)
	switch kind {
	case parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		n.SetInt64(v.Int64())
	default:
		b := v.ByteArray()
		if len(b) == 0 || len(b) > maxScale {
			return because("a decimal number of no length, or too long")
		}
		n.SetBytes(b)
		if b[0]&0x80 != 0 { // two's complement
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	digits, sign := new(big.Int).Abs(n).String(), ""
	if n.Sign() < 0 {
		sign = "-"
	}
	if scale == 0 {
		return canon.Number(sign + digits)
	}
	if pad := scale + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	cut := len(digits) - scale
	return canon.Number(sign + digits[:cut] + "." + digits[cut:])
}

func perSecond(u format.TimeUnit) int64 {
	switch u.Value.(type) {
	case *format.MicroSeconds:
		return 1e6
	case *format.NanoSeconds:
		return 1e9
	}
	return 1e3
}

func moment(n int64, t *format.TimestampType) any {
	per := perSecond(t.Unit)
	at := time.Unix(floor(n, per), (n-floor(n, per)*per)*(1e9/per)).UTC()
	if !t.IsAdjustedToUTC {
		return wall(at, "2006-01-02T15:04:05.999999999")
	}
	i, err := instant(at)
	if err != nil {
		return unreadable{err}
	}
	return i
}

func floor(n, by int64) int64 {
	q := n / by
	if n%by < 0 {
		q--
	}
	return q
}

// wall writes the reading of a clock without its zone.
func wall(t time.Time, layout string) any {
	if y := t.Year(); y < 1 || y > 9999 {
		return unreadable{errYear}
	}
	return t.Format(layout)
}

// julian reads the old form of times, a Julian day and nanoseconds. What wrote
// it may have meant UTC or its own zone, and does not say.
func julian(day uint32, nanos uint64) any {
	const unixEpoch = 2440588
	if nanos >= 86400e9 {
		return because("no time of day")
	}
	return wall(time.Unix((int64(day)-unixEpoch)*86400, int64(nanos)).UTC(), "2006-01-02T15:04:05.999999999")
}
