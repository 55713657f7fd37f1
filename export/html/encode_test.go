package html_test

import (
	"bytes"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
	"github.com/tieout/tieout/export/html"
)

func encode(t testing.TB, d *export.Dossier) string {
	t.Helper()
	var out bytes.Buffer
	if err := html.Encode(&out, d, html.Options{ContentDigest: exporttest.Digest}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestEqualDossiersGiveEqualBytes(t *testing.T) {
	if one, other := encode(t, exporttest.Dossier()), encode(t, exporttest.Dossier()); one != other {
		t.Error("two pages of one dossier differ")
	}
}

// Every sheet is on the page, with each of its rows or a word on where they are.
func TestEverySheetIsOnThePage(t *testing.T) {
	d := exporttest.Dossier()
	page := encode(t, d)
	for _, s := range export.Sheets(d) {
		if s.File == "readme" || s.File == "test_summary" || s.File == "tests" { // about the workbook; shown with controls
			continue
		}
		rows := 0
		for _, err := range s.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			rows++
		}
		if rows > 0 && !strings.Contains(page, `data-file="data/`+s.File+`.jsonl"`) {
			t.Errorf("sheet %s has %d rows and is not on the page", s.Name, rows)
		}
	}
	for _, words := range []string{"approver is not an author", "DEV-0001", "no result on record", "HASH_MISMATCH 1", "NOT COMPLETE", "not a SOC 2 report", "c.approved_at_us", "Decision logs (41 GB)"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not hold %q", words)
		}
	}
}

// A list that is cut says how many rows there are and where.
func TestNoListIsCutSilently(t *testing.T) {
	d := exporttest.Dossier()
	d.Items = func() iter.Seq2[controls.Item, error] { return exporttest.Items(d, 500) }
	page := encode(t, d)
	total := 0
	for range d.Items() {
		total++
	}
	m := regexp.MustCompile(`data-file="data/test_detail.jsonl" data-total="(\d+)">\s*<p class="where"><strong>The first ([\d,]+) of ([\d,]+) rows stand here`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no word on what is left of %d items", total)
	}
	if strings.ReplaceAll(m[3], ",", "") != m[1] {
		t.Errorf("the page counts %s and %s", m[1], m[3])
	}
}

var policyPattern = regexp.MustCompile(`content="(default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script')"`)

func TestPageLoadsNothing(t *testing.T) {
	page := encode(t, hostile(t))
	if !policyPattern.MatchString(page) {
		t.Error("no content security policy of the page's own")
	}
	for _, tag := range regexp.MustCompile(`(?s)<[a-zA-Z!/][^>]*>`).FindAllString(page, -1) {
		bare := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(tag, `""`)
		if regexp.MustCompile(`(?i)\s(src|style|on\w+|action|srcset|background)\s*=`).MatchString(bare) {
			t.Errorf("tag %.200s", tag)
		}
		if m := regexp.MustCompile(`href="([^"]*)"`).FindStringSubmatch(tag); m != nil && !regexp.MustCompile(`^#[a-z0-9-]+$`).MatchString(m[1]) {
			t.Errorf("link %.200s", tag)
		}
	}
	if n := strings.Count(page, "<script"); n != 2 {
		t.Errorf("%d script elements, want the facts and the script", n)
	}
	if i := strings.IndexAny(page, "\u202e\x00\u2028\u200b\ufeff"); i >= 0 {
		t.Errorf("a sign that hides stands on the page: %q", page[max(0, i-40):i+40])
	}
	if strings.Contains(page, "✓") || strings.Contains(page, "✔") || strings.Contains(page, "✅") {
		t.Error("the page shows a tick")
	}
}

// attack is text that has run as code on pages of others.
var attack = "</script><script>window.pwned=1</script><img src=x onerror='window.pwned=2'>\" onmouseover=\"window.pwned=3\" ]]><!-- \u202egnp.exe \u2028\u200b\x00\xff\xed\xa0\x80 javascript:window.pwned=4 ⟦U+202E⟧ " + strings.Repeat("long ", 10_000)

// hostile puts the attack into every text of a dossier.
func hostile(t testing.TB) *export.Dossier {
	t.Helper()
	d := exporttest.Dossier()
	spoil(reflect.ValueOf(d).Elem(), 0)
	d.Engagement.Type, d.Engagement.Categories = 2, []string{"security", attack[:300]}
	items := exporttest.Dossier()
	d.Items = func() iter.Seq2[controls.Item, error] {
		return func(yield func(controls.Item, error) bool) {
			for it := range items.Items() {
				it.Key, it.Reason, it.Test, it.At = attack, attack, attack[:200], attack[:90]
				it.Facts = map[string]any{attack[:100]: attack}
				if !yield(it, nil) {
					return
				}
			}
		}
	}
	return d
}

func spoil(v reflect.Value, depth int) {
	if depth > 12 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(v.String() + attack[:min(len(attack), 400)])
			if depth < 3 {
				v.SetString(attack)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				spoil(f, depth+1)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i), depth+1)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem(), depth+1)
		}
	case reflect.Map:
		if v.Type().Elem().Kind() == reflect.String && v.Type().Key().Kind() == reflect.String {
			for _, k := range v.MapKeys() {
				v.SetMapIndex(k, reflect.ValueOf(attack[:300]).Convert(v.Type().Elem()))
			}
		}
	default: // nothing that is text
	}
}

func FuzzText(f *testing.F) {
	f.Add(attack[:300])
	f.Add("<b>\u202e\xff&amp;")
	f.Fuzz(func(t *testing.T, s string) {
		d := exporttest.Dossier()
		base := strings.Count(encode(t, d), "<")
		d.Entity.Name, d.Limits[0], d.Components[0].Owner, d.Gaps[0].Detail = "x"+s, "x"+s, "x"+s, "x"+s
		page := encode(t, d)
		if n := strings.Count(page, "<") - strings.Count(page, `<span class="cut">`)*2; n > base {
			t.Errorf("text became markup: %d signs instead of %d", n, base)
		}
	})
}

// TestWriteExample writes the page of the fixture where somebody wants to look
// at it.
func TestWriteExample(t *testing.T) {
	dir := os.Getenv("TIEOUT_TEST_LOOK")
	if dir == "" {
		t.Skip("NOT RUN: writes pages to look at only into TIEOUT_TEST_LOOK")
	}
	for name, d := range map[string]*export.Dossier{"fixture": exporttest.Dossier(), "hostile": hostile(t)} {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(encode(t, d)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
