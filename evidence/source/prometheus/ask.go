package prometheus

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/web"
)

// envelope is what every answer stands in.
type envelope[T any] struct {
	Status   string   `json:"status"`
	Data     T        `json:"data"`
	Warnings []string `json:"warnings"`
}

type values struct {
	Type   string   `json:"resultType"`
	Result []series `json:"result"`
}

type series struct {
	Metric map[string]string `json:"metric"`
	Value  *sample           `json:"value"`
	Values []sample          `json:"values"`
}

// sample is [seconds, "value"].
type sample struct {
	at    evidence.Instant
	value float64 // may be NaN or infinite
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *sample) UnmarshalJSON(b []byte) error {
	var pair [2]json.RawMessage
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	seconds, err := strconv.ParseFloat(string(pair[0]), 64)
	if err != nil || math.Abs(seconds) > 253402300799 {
		return fmt.Errorf("a sample at %s", pair[0])
	}
	var text string
	if err := json.Unmarshal(pair[1], &text); err != nil {
		return err
	}
	s.at = evidence.Instant(math.Round(seconds*1000) * 1000)
	s.value, err = strconv.ParseFloat(text, 64)
	return err
}

func seconds(t evidence.Instant) string {
	return strconv.FormatFloat(float64(t)/1e6, 'f', -1, 64)
}

// get asks and reads an answer, and refuses one that says it is a part only.
func get[T any](ctx context.Context, c *web.Client, path string, q url.Values) (T, *web.Answer, error) {
	var e envelope[T]
	a, err := c.Get(ctx, path, q)
	if err != nil {
		return e.Data, nil, err
	}
	if err := a.Decode(&e); err != nil {
		return e.Data, nil, err
	}
	if e.Status != "success" {
		return e.Data, nil, fmt.Errorf("%s: the server says %q", a.Name, e.Status)
	}
	if len(e.Warnings) > 0 { // such as a remote store that did not answer
		return e.Data, nil, &web.TruncatedError{Read: int64(len(a.Body)), Err: fmt.Errorf("the server warns: %q", e.Warnings)}
	}
	return e.Data, a, nil
}

// chunk is one answer of a range.
type chunk struct {
	answer *web.Answer
	series []series
}

// between asks for the values from one moment up to before another, in even
// steps, in as many questions as the server's limit on points wants.
func between(ctx context.Context, c *web.Client, query string, w evidence.Window, every time.Duration, each func(chunk) error) error {
	width := evidence.Instant(every.Microseconds())
	for from := w.From; from < w.To; from += width * maxPoints {
		last := min(from+width*(maxPoints-1), w.To-1) / 1e6 * 1e6 // the server rounds what is finer, and would round up
		data, a, err := get[values](ctx, c, apiRange, url.Values{
			"query": {query}, "start": {seconds(from)}, "end": {seconds(last)}, "step": {strconv.FormatInt(int64(every/time.Second), 10)},
		})
		if err != nil {
			return err
		}
		rows := 0
		for _, s := range data.Result {
			rows += len(s.Values)
		}
		c.Page(a, rows)
		if err := each(chunk{a, data.Result}); err != nil {
			return err
		}
	}
	return nil
}

// one asks for the single value of a query at a moment. There may be none.
func one(ctx context.Context, c *web.Client, query string, at evidence.Instant) (*sample, *web.Answer, error) {
	data, a, err := get[values](ctx, c, apiQuery, url.Values{"query": {query}, "time": {seconds(at)}})
	if err != nil {
		return nil, nil, err
	}
	c.Page(a, len(data.Result))
	switch {
	case data.Type != "vector" || len(data.Result) > 1:
		return nil, nil, fmt.Errorf("%q gives %d series, want one: put sum, max or min around it", query, len(data.Result))
	case len(data.Result) == 0:
		return nil, a, nil
	}
	return data.Result[0].Value, a, nil
}
