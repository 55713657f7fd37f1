package demo

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/kinds"
)

// writeFiles writes the example's workspace and its source files under dir, in
// the forms in which such systems really hand them over.
func (w *world) writeFiles(dir string) error {
	if err := write(dir, "tieout.yaml", w.workspaceFile()); err != nil {
		return err
	}
	for _, f := range feeds {
		if err := f.write(w, dir); err != nil {
			return err
		}
	}
	return w.writeDecisionLog(dir)
}

// document makes a JSON document of rows.
func document(rows []row) ([]byte, error) {
	body, err := json.MarshalIndent(plain(rows), "", " ")
	return append(body, '\n'), err
}

// byMonth cuts rows that have a time at into the months of the lender's zone.
func (w *world) byMonth(kind string) map[string][]row {
	out := map[string][]row{}
	for _, r := range w.rows[kind] {
		m := moment(r["at"]).In(w.zone).Format("2006-01")
		out[m] = append(out[m], r)
	}
	return out
}

// table makes a CSV file of rows.
func table(kind string, rows []row) ([]byte, error) {
	schema, _ := kinds.Of(evidence.Kind(kind))
	var buf bytes.Buffer
	out := csv.NewWriter(&buf)
	cells := make([]string, len(schema.Columns))
	for i, c := range schema.Columns {
		cells[i] = c.Name
	}
	err := out.Write(cells)
	for _, r := range rows {
		for i, c := range schema.Columns {
			cells[i] = ""
			if v := r[c.Name]; v != nil {
				cells[i] = fmt.Sprint(v)
				if f, is := v.(float64); is {
					cells[i] = strconv.FormatFloat(f, 'f', -1, 64)
				}
			}
		}
		if err == nil {
			err = out.Write(cells)
		}
	}
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("write a table of %s: %w", kind, err)
	}
	return buf.Bytes(), nil
}

// plain makes rows encodable with their columns sorted.
func plain(rows []row) []map[string]any {
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		m := map[string]any{}
		for k, v := range r {
			if v == nil {
				continue
			}
			if child, is := v.([]row); is {
				v = plain(child)
			}
			m[k] = v
		}
		out[i] = m
	}
	return out
}

func lines(rows []row) ([]byte, error) {
	var out []byte
	for _, m := range plain(rows) {
		var err error
		if out, err = canon.Append(out, m); err != nil {
			return nil, fmt.Errorf("write a line of the example: %w", err)
		}
		out = append(out, '\n')
	}
	return out, nil
}

func write(dir, path string, body []byte) error {
	full := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	if err := os.WriteFile(full, body, 0o644); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	return nil
}

func writeGzip(dir, path string, body []byte) error {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestSpeed)
	if err != nil {
		return err
	}
	z.ModTime = time.Time{}
	if _, err = z.Write(body); err == nil {
		err = z.Close()
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return write(dir, path, buf.Bytes())
}
