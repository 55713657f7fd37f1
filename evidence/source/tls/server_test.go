package tls

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestServer asks the servers that .ci/servers/tls starts: openssl s_server,
// once for each version, and with suites that our own library cannot speak.
func TestServer(t *testing.T) {
	first, err := strconv.Atoi(os.Getenv("TIEOUT_TEST_TLS"))
	if err != nil {
		t.Skip("!!! NOT RUN against a real server: run .ci/servers/tls and set the line it prints")
	}
	dir := t.TempDir()
	pem, err := os.ReadFile(os.Getenv("TIEOUT_TEST_TLS_CA"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/ca.pem", pem, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct{ name, rank, weak, version string }{
		{"TLS 1.0 alone", "10", "some", "TLS 1.0"}, {"TLS 1.1 alone", "11", "some", "TLS 1.1"}, {"TLS 1.2 alone", "12", "0", "TLS 1.2"}, {"TLS 1.3 alone", "13", "0", "TLS 1.3"},
		{"a suite of which our library knows nothing", "12", "0", "TLS 1.2"}, {"everything weak", "10", "some", "TLS 1.2"}, {"nobody shows a certificate", "12", "some", "TLS 1.2"}, {"asks for a certificate", "12", "0", "TLS 1.3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := fmt.Sprintf("{id: e, type: tls, ca: ca.pem, allow: [loopback], endpoints: [{address: '127.0.0.1:%d', name: localhost}]}", first+i)
			a := pullFrom(t, text, dir)
			got, doc := a.seen(t)
			r := a.records[0]
			n, _ := r.Value("weak_ciphers").(int64)
			if fmt.Sprint(r.Value("tls_min_rank")) != c.rank || (n > 0) != (c.weak == "some") || doc["weak_suites_whole"] != true {
				t.Errorf("%s: %v", got, doc)
			}
			asked := doc["versions"].(map[string]any)
			if asked[c.version] != "accepted" {
				t.Errorf("%v", asked)
			}
			accepted := 0
			for _, o := range asked {
				if o == "accepted" {
					accepted++
				} else if o != "refused" {
					t.Errorf("%v", asked)
				}
			}
			if strings.HasSuffix(c.name, "alone") && accepted != 1 {
				t.Errorf("%v", asked)
			}
			if hasCertificate := r.Value("cert_not_after") != nil; hasCertificate == (c.name == "nobody shows a certificate") {
				t.Errorf("%s: %v", got, doc["chain"])
			}
			if b := pullFrom(t, text, dir); b.Records != a.Records {
				t.Error("a second look gives other bytes")
			}
			t.Log(got, doc["weak_suites"])
		})
	}
}
