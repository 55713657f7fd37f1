package table

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/tieout/tieout/evidence/canon"
)

// maxOTLP bounds a line of OTLP, which is a whole request with its spans.
const maxOTLP = 64 << 20

// readOTLP takes OTLP in JSON as OpenTelemetry's collector writes it to files:
// one request a line, of traces or of logs. Each span, each event of a span and
// each log record is a row of its own, with the members signal (span, event or
// log), resource, scope and attributes beside its own; attributes are objects.
func (f *fileReader) readOTLP(r *bufio.Reader) error {
	return f.objects(lines{r: r, max: maxOTLP}, f.request)
}

// sampledAway is a trace state that says that spans like this one were left
// out: a threshold of OpenTelemetry's own vendor key that is not 0.
var sampledAway = regexp.MustCompile(`(^|,)\s*ot=([^,]*;)?th:0*[1-9a-f]`)

// otlpKinds are the kinds of request, with the names of what they hold.
var otlpKinds = []struct{ resources, scopes, records, signal string }{
	{"resourceSpans", "scopeSpans", "spans", "span"},
	{"resourceLogs", "scopeLogs", "logRecords", "log"},
}

func (f *fileReader) request(line int64, m map[string]any) error {
	known := false
	for _, k := range otlpKinds {
		list, ok := m[k.resources]
		if !ok {
			continue
		}
		known = true
		for _, r := range objects(list) {
			if r == nil || r[k.scopes] == nil && len(r) > 0 && r["resource"] == nil {
				if err := f.reject(line, k.resources+" holds something that is none, or an older form of OTLP"); err != nil {
					return err
				}
				continue
			}
			if err := f.resource(line, k.signal, r, k.scopes, k.records); err != nil {
				return err
			}
		}
	}
	if _, metrics := m["resourceMetrics"]; metrics {
		f.rows++
		for _, kind := range f.c.Emits() {
			f.out.Drop(kind, "metrics", 1)
		}
		return nil
	}
	if !known {
		return f.reject(line, "it is no OTLP: it has neither resourceSpans nor resourceLogs")
	}
	return nil
}

func (f *fileReader) resource(line int64, signal string, r map[string]any, scopes, records string) error {
	resource := attributes(member(r, "resource")["attributes"])
	for _, s := range objects(r[scopes]) {
		if s == nil {
			if err := f.reject(line, scopes+" holds something that is no object"); err != nil {
				return err
			}
			continue
		}
		for _, rec := range objects(s[records]) {
			if rec == nil {
				if err := f.reject(line, records+" holds something that is no object"); err != nil {
					return err
				}
				continue
			}
			if err := f.telemetry(line, signal, rec, resource, member(s, "scope")); err != nil {
				return err
			}
		}
	}
	return nil
}

// telemetry takes one span or log record, and the events of a span.
func (f *fileReader) telemetry(line int64, signal string, rec, resource, scope map[string]any) error {
	if s, ok := rec["traceState"].(string); ok && sampledAway.MatchString(s) {
		f.sampled++
	}
	events := rec["events"]
	delete(rec, "events")
	tree := func(signal string, rec map[string]any) map[string]any {
		rec["signal"], rec["resource"], rec["scope"] = signal, resource, scope
		rec["attributes"] = attributes(rec["attributes"])
		for _, id := range []string{"traceId", "spanId", "parentSpanId"} {
			if v, ok := rec[id]; ok {
				rec[id] = telemetryID(v, map[string]int{"traceId": 16}[id])
			}
		}
		for _, at := range []string{"startTimeUnixNano", "endTimeUnixNano", "timeUnixNano", "observedTimeUnixNano"} {
			if v := rec[at]; v == "0" || v == canon.Number("0") { // stands for not known
				delete(rec, at)
			}
		}
		if body, ok := rec["body"]; ok {
			rec["body"] = anyValue(body, 0)
		}
		return rec
	}
	if err := f.take(&row{item: line, tree: tree(signal, rec)}); err != nil {
		return err
	}
	for _, e := range objects(events) {
		if e == nil {
			if err := f.reject(line, "events holds something that is no object"); err != nil {
				return err
			}
			continue
		}
		e["traceId"], e["spanId"] = rec["traceId"], rec["spanId"]
		if err := f.take(&row{item: line, tree: tree("event", e)}); err != nil {
			return err
		}
	}
	return nil
}

// objects returns the elements of a list; nil stands for one that is no object.
func objects(v any) []map[string]any {
	list, ok := v.([]any)
	if !ok {
		if v == nil {
			return nil
		}
		return []map[string]any{nil}
	}
	out := make([]map[string]any, len(list))
	for i, e := range list {
		if m, ok := e.(map[string]any); ok && m != nil {
			out[i] = m
		}
	}
	return out
}

func member(m map[string]any, name string) map[string]any {
	in, _ := m[name].(map[string]any)
	return in
}

// attributes turns the list of keys and values into an object. A key that
// stands twice has no value that could be known.
func attributes(v any) map[string]any {
	out := map[string]any{}
	for _, kv := range objects(v) {
		key, ok := kv["key"].(string)
		if !ok {
			continue
		}
		if _, twice := out[key]; twice {
			out[key] = because("an attribute that stands twice")
			continue
		}
		out[key] = anyValue(kv["value"], 0)
	}
	return out
}

// anyValue reads a value by the member that names its type. Whole numbers come
// as texts, as the specification says, or as numbers, as some exporters write them.
func anyValue(v any, depth int) any {
	m, ok := v.(map[string]any)
	if !ok || depth > maxNesting {
		return because("a value without its type")
	}
	if len(m) == 0 {
		return nil
	}
	for kind, in := range m {
		switch kind {
		case "stringValue":
			if s, ok := in.(string); ok {
				return s
			}
		case "boolValue":
			if b, ok := in.(bool); ok {
				return b
			}
		case "intValue", "doubleValue":
			if n, ok := number(in); ok {
				return n
			}
		case "arrayValue":
			list, _ := in.(map[string]any)
			values, _ := list["values"].([]any)
			out := make([]any, len(values))
			for i, e := range values {
				out[i] = anyValue(e, depth+1)
			}
			return out
		case "kvlistValue":
			list, _ := in.(map[string]any)
			out := map[string]any{}
			for _, kv := range objects(list["values"]) {
				if key, ok := kv["key"].(string); ok {
					out[key] = anyValue(kv["value"], depth+1)
				}
			}
			return out
		case "bytesValue":
			return because("bytes that are no text")
		}
	}
	return because("a value of a type that is not known")
}

// number reads a number, or the text of one. NaN and infinity, which JSON
// writes as texts, are no numbers that anything could be compared with.
func number(v any) (any, bool) {
	switch v := v.(type) {
	case canon.Number:
		return v, true
	case string:
		p, err := canon.Parse([]byte(v))
		if n, ok := p.(canon.Number); err == nil && ok {
			return n, true
		}
	}
	return nil, false
}

// telemetryID writes an id in hexadecimal, as OTLP has it in JSON; exporters
// that follow the general rule for bytes write base64.
func telemetryID(v any, bytes int) any {
	if bytes == 0 {
		bytes = 8
	}
	s, ok := v.(string)
	if !ok {
		return because("an id that is no text")
	}
	if s == "" {
		return nil
	}
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != bytes {
		b, err = base64.StdEncoding.DecodeString(s)
	}
	switch {
	case err != nil || len(b) != bytes:
		return because(fmt.Sprintf("an id that is not %d bytes in hexadecimal", bytes))
	case strings.Trim(string(b), "\x00") == "": // all zero is no id
		return nil
	}
	return hex.EncodeToString(b)
}
