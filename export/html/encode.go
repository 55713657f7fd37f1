package html

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	_ "embed" // style and script are part of the binary
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/export"
)

//go:embed style.css
var style []byte

//go:embed script.js
var script []byte

// Options say what the package is identified by.
type Options struct {
	ContentDigest string // root over the package's content, 64 hex digits
}

// Encoder prints index.html.
type Encoder struct{ Options Options }

var _ export.Encoder = Encoder{}

// Format returns the name that users ask for it by.
func (Encoder) Format() string { return "html" }

// File returns the path in the package.
func (Encoder) File() string { return "index.html" }

// Encode writes the dossier as a page.
func (e Encoder) Encode(w io.Writer, d *export.Dossier) error { return Encode(w, d, e.Options) }

// Encode writes the dossier as one page that loads nothing. Equal dossiers and
// options give equal bytes. What was written before an error is no page.
func Encode(w io.Writer, d *export.Dossier, o Options) error {
	if d == nil {
		return errors.New("write the page: no dossier")
	}
	r := &report{page: &page{w: bufio.NewWriterSize(w, 64<<10)}, d: d, o: o, lists: map[string]*listing{}, shown: map[string]bool{}}
	for _, s := range export.Sheets(d) {
		most := maxRows
		if s.File == "deviations" {
			most = maxDeviations
		}
		if whole[s.File] {
			most = -1 // the dossier holds them already, and controls show them all
		}
		l, err := read(s, most)
		if err != nil {
			return fmt.Errorf("write the page: %w", err)
		}
		r.order = append(r.order, s.File)
		r.lists[s.File] = l
	}
	if err := r.write(); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return r.w.Flush()
}

// whole are the sheets of which controls show every row.
var whole = map[string]bool{"test_summary": true, "tests": true, "control_matrix": true}

// report is the page while it is written.
type report struct {
	*page
	d     *export.Dossier
	o     Options
	order []string // files of the sheets
	lists map[string]*listing
	shown map[string]bool // sheets that stand on the page already
	heads []heading
}

// policy allows this page's own style and script, and nothing else: it can
// load nothing, send nothing, and no text in it can become code.
func policy() markup {
	hash := func(b []byte) string {
		h := sha256.Sum256(b)
		return "'sha256-" + base64.StdEncoding.EncodeToString(h[:]) + "'"
	}
	return markup("default-src 'none'; script-src " + hash(script) + "; style-src " + hash(style) + "; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'")
}

func (r *report) write() error {
	island, err := r.island()
	if err != nil {
		return err
	}
	d := r.d
	r.put(markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\""), policy(),
		markup("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>"),
		"Evidence package: "+orWord(short(d.Entity.Name), "entity not named")+", "+orWord(short(d.Entity.System), "system not named"),
		markup("</title>\n<style>"), markup(style), markup("</style>\n</head>\n<body>\n"))
	r.cover()
	r.contents()
	r.put(markup("<main>\n"))
	for _, s := range r.sections() {
		r.put(markup("<section id=\""), markup(s.id), markup("\">\n<h2>"), s.title, markup("</h2>\n"))
		s.body()
		r.put(markup("</section>\n"))
	}
	r.put(markup("</main>\n<footer><p>Content digest <code>"), orWord(r.o.ContentDigest, "not stated"),
		markup("</code> identifies the data set. It does not protect this page: verify the package.</p></footer>\n"+
			"<script type=\"application/json\" id=\"facts\">"), island, markup("</script>\n<script>"), markup(script), markup("</script>\n</body>\n</html>\n"))
	return r.err
}

// island is what the script needs to know, as JSON that cannot end its element.
func (r *report) island() (markup, error) {
	type column struct {
		Key   string `json:"key"`
		Title string `json:"title"`
	}
	lists := map[string][]column{}
	for _, f := range r.order {
		l := r.lists[f]
		if !l.cut() {
			continue
		}
		for _, c := range l.Columns {
			if c.Type != export.AuditCell {
				lists[l.path()] = append(lists[l.path()], column{c.Key, clean(c.Title)})
			}
		}
	}
	b, err := canon.Marshal(map[string]any{"content_digest": r.o.ContentDigest, "lists": lists})
	if err != nil {
		return "", err
	}
	for from, to := range map[string]string{"<": `\u003c`, ">": `\u003e`, "&": `\u0026`, "\u2028": `\u2028`, "\u2029": `\u2029`} {
		b = bytes.ReplaceAll(b, []byte(from), []byte(to))
	}
	return markup(b), nil
}

// signs stand before the words of a state, so that colour never carries
// meaning alone.
var signs = map[controls.State]string{
	controls.Deviation: "▲", controls.Indeterminate: "?", controls.NotTested: "○", controls.NotOccurring: "□", controls.NotDue: "…", controls.Pass: "·",
}

var states = []controls.State{controls.Deviation, controls.Indeterminate, controls.NotTested, controls.NotOccurring, controls.NotDue, controls.Pass}

// stateOf finds the state that the words of a cell name.
func (r *report) stateOf(words string) controls.State {
	for _, s := range states {
		if r.d.Engagement.Wording().Of(s) == words {
			return s
		}
	}
	return controls.NoState
}

// state puts the words of a state with its sign.
func (r *report) state(words string) {
	s := r.stateOf(words)
	r.put(markup("<span class=\"state "), markup(s.String()), markup("\">"))
	if signs[s] != "" {
		r.put(markup("<span aria-hidden=\"true\">"), signs[s], markup("</span> "))
	}
	r.put(words, markup("</span>"))
}

func orWord(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// short is a name as it stands in a heading.
func short(s string) string {
	head, rest := clip(s, 160)
	if rest != "" {
		return head + rest + "data/dossier.json)"
	}
	return s
}
