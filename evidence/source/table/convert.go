package table

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

var decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// convert turns what stands in a row into the column's value. nil without an
// error is NULL; an error says why the value cannot be read, and never quotes it.
func (c *column) convert(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	if c.schema.Type == evidence.List {
		return c.list(v)
	}
	if at, ok := v.(evidence.Instant); ok { // a query's own time
		if c.schema.Type == evidence.Time {
			return at, nil
		}
		v = at.String()
	}
	s, err := scalar(v)
	if err != nil || s == "" || slices.Contains(c.blank, s) {
		return nil, err
	}
	if s, err = c.text(s); err != nil {
		return nil, err
	}
	switch c.schema.Type {
	case evidence.Text:
		if len(c.schema.Enum) > 0 && !slices.Contains(c.schema.Enum, s) {
			return nil, errors.New("not one of " + strings.Join(c.schema.Enum, ", ") + ": map it with 'enum:'")
		}
		return s, nil
	case evidence.Int:
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		if err != nil {
			return nil, errors.New("not a whole number")
		}
		return n, nil
	case evidence.Real:
		n, err := canon.Parse([]byte(s))
		number, ok := n.(canon.Number)
		if err != nil || !ok {
			return nil, errors.New("not a number")
		}
		f, err := number.Float64()
		if err != nil || f > 1.7e308 || f < -1.7e308 {
			return nil, errors.New("a number too large")
		}
		return f, nil
	case evidence.Decimal:
		if s = strings.TrimSpace(s); !decimal.MatchString(s) {
			return nil, errors.New("not a decimal number such as 12.30")
		}
		return s, nil
	case evidence.Bool:
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, errors.New("neither true nor false: map it with 'enum:'")
	case evidence.Time:
		return c.time(strings.TrimSpace(s))
	case evidence.List: // taken above: its elements are read one by one
	}
	return nil, errors.New("a column type that no file gives")
}

// scalar returns the text of a single value. White space alone is no value
// that anybody meant, and no empty one either.
func scalar(v any) (string, error) {
	switch v := v.(type) {
	case string:
		switch {
		case !utf8.ValidString(v):
			return "", errors.New("bytes that are not UTF-8")
		case strings.ContainsRune(v, 0):
			return "", errors.New("a zero byte inside")
		case v != "" && strings.TrimSpace(v) == "":
			return "", errors.New("nothing but white space")
		}
		return v, nil
	case canon.Number:
		return string(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case evidence.Instant:
		return v.String(), nil
	case unreadable:
		return "", v.error
	}
	return "", errors.New("a list or a group where one value is wanted")
}

// text applies what the mapping says about a text.
func (c *column) text(s string) (string, error) {
	if c.match != nil {
		found := c.match.FindStringSubmatch(s)
		if found == nil || found[1] == "" {
			return "", errors.New("a text that the mapping's match does not fit")
		}
		s = found[1]
	}
	if c.lower {
		s = strings.ToLower(s)
	}
	if c.enum != nil {
		mapped, ok := c.enum[s]
		switch {
		case ok:
			s = mapped
		case !c.keep:
			return "", errors.New("a value that the mapping's enum does not list")
		}
	}
	if c.sha256 {
		d := sha256.Sum256([]byte(s))
		s = hex.EncodeToString(d[:])
	}
	return s, nil
}

func (c *column) time(s string) (any, error) {
	if per, ok := epochUnits[c.unit]; ok {
		return epoch(s, per)
	}
	if c.layout != "" {
		at, err := parseLayout(c.layout, s, c.zone)
		if err != nil {
			return nil, err
		}
		return at, nil
	}
	if day, err := time.Parse(time.DateOnly, s); err == nil && c.schema.Ends {
		s = day.AddDate(0, 0, 1).Format(time.DateOnly) // a last day belongs to what it ends
	}
	at, err := parseTime(s, c.zone)
	if err != nil {
		return nil, err
	}
	return at, nil
}

// epochUnits gives how many of a unit make a second.
var epochUnits = map[string]int64{"epoch_s": 1, "epoch_ms": 1e3, "epoch_us": 1e6, "epoch_ns": 1e9}

// epoch reads a count since 1970 without going through a double.
func epoch(s string, perSecond int64) (any, error) {
	if !decimal.MatchString(s) || len(s) > 40 {
		return nil, errors.New("not a number of seconds or parts of them")
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, errors.New("not a number of seconds or parts of them")
	}
	r.Mul(r, big.NewRat(1e6, perSecond))
	us := new(big.Int).Div(r.Num(), r.Denom()) // cut, as Instant does
	if !us.IsInt64() {
		return nil, errYear
	}
	at := evidence.Instant(us.Int64())
	if _, err := instant(at.Time()); err != nil {
		return nil, err
	}
	return at, nil
}

// list reads a list. Of a text it must be known where one element ends: two
// names taken for one would be nobody's.
func (c *column) list(v any) (any, error) {
	elements, ok := v.([]any)
	if !ok {
		s, err := scalar(v)
		switch {
		case err != nil || s == "" || slices.Contains(c.blank, s):
			return nil, err
		case strings.HasPrefix(strings.TrimSpace(s), "["):
			parsed, err := canon.Parse([]byte(s))
			if elements, ok = parsed.([]any); err != nil || !ok {
				return nil, errors.New("not a JSON list")
			}
		case c.split == "":
			return nil, errors.New("a list in one text: state what divides it with 'split:'")
		default:
			for _, e := range strings.Split(s, c.split) {
				elements = append(elements, strings.TrimSpace(e))
			}
		}
	}
	out := make([]string, 0, len(elements))
	for _, e := range elements {
		s, err := scalar(e)
		if err == nil && s == "" {
			err = errors.New("an empty element in a list")
		}
		if err == nil {
			s, err = c.text(s)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
