package tls

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

func spec(t *testing.T) source.Spec {
	t.Helper()
	return sourcetest.Spec(t, "tls")
}

// until is the end of the certificates in these tests: a hundred days and a
// half behind the moment of the pull.
var until = sourcetest.Now.Time().Add(100*24*time.Hour + 12*time.Hour)

func certificateOf(t *testing.T, notAfter time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "models.example.test"}, NotBefore: notAfter.AddDate(-1, 0, 0), NotAfter: notAfter, DNSNames: []string{"models.example.test"}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// listen answers every connection with what talk does.
func listen(t *testing.T, talk func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				talk(c)
			}()
		}
	}()
	return l.Addr().String()
}

// serve answers as a server of our own library between two versions.
func serve(t *testing.T, change func(*tls.Config)) string {
	t.Helper()
	cfg := &tls.Config{Certificates: []tls.Certificate{certificateOf(t, until)}, MinVersion: tls.VersionTLS12}
	change(cfg)
	return listen(t, func(c net.Conn) { _ = tls.Server(c, cfg).Handshake() })
}

type pulled struct {
	*engine.Result
	keeper  *sourcetest.Keeper
	records []*evidence.Record
}

func pullFrom(t *testing.T, config, dir string) pulled {
	t.Helper()
	k := &sourcetest.Keeper{}
	res, err := engine.Run(t.Context(), sourcetest.Plan(t, spec(t), sourcetest.Fixture{Dir: dir}, config, k))
	if err != nil {
		t.Fatal(err)
	}
	return pulled{Result: res, keeper: k, records: sourcetest.Records(t, k)}
}

func config(addr string) string {
	return "{id: e, type: tls, allow: [loopback], endpoints: [{address: '" + addr + "', name: models.example.test, component: fraud-score}]}"
}

// seen is the one record of a pull, in short, and what was kept of the look.
func (p pulled) seen(t *testing.T) (string, map[string]any) {
	t.Helper()
	if p.Error != "" || len(p.records) != 1 {
		t.Fatalf("%d records, %s, %+v", len(p.records), p.Error, p.Gaps)
	}
	r := p.records[0]
	var doc map[string]any
	if err := json.Unmarshal(p.keeper.Blobs[r.Raw], &doc); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(r.Value("tls_min_rank"), " ", r.Value("weak_ciphers"), " ", r.Value("cert_not_after"), " ", r.Missing), doc
}

func TestContract(t *testing.T) {
	addr := serve(t, func(*tls.Config) {})
	sourcetest.Run(t, spec(t), sourcetest.Fixture{Config: config(addr), Empty: config(addr), Dir: t.TempDir(), Rows: 1})
}

func TestTheLowestVersionIsWhatIsAccepted(t *testing.T) {
	t.Parallel()
	end := evidence.InstantOf(until.Truncate(time.Second)).String()
	for name, c := range map[string]struct {
		change func(*tls.Config)
		want   string
	}{
		"1.0 and later": {func(c *tls.Config) { c.MinVersion = tls.VersionTLS10 }, "10 0 " + end + " []"},
		"1.1 and later": {func(c *tls.Config) { c.MinVersion = tls.VersionTLS11 }, "11 0 " + end + " []"},
		"1.2 and later": {func(*tls.Config) {}, "12 0 " + end + " []"},
		"1.3 alone":     {func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 }, "13 0 " + end + " []"},
		"1.2 alone":     {func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, "12 0 " + end + " []"},
		"weak": {func(c *tls.Config) {
			c.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
		}, "12 1 " + end + " []"},
		"asks for a certificate": {func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }, "12 0 " + end + " []"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, doc := pullFrom(t, config(serve(t, c.change)), t.TempDir()).seen(t); got != c.want {
				t.Errorf("%s, want %s; %v", got, c.want, doc)
			}
		})
	}
}

func TestTheCertificateIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	_, doc := pullFrom(t, config(serve(t, func(*tls.Config) {})), t.TempDir()).seen(t)
	leaf := doc["chain"].([]any)[0].(map[string]any)
	if leaf["days_left"] != 100.0 || leaf["names"] != "models.example.test" || leaf["key"] != "ECDSA" || leaf["bits"] != 256.0 || doc["of_the_name"] != true || doc["self_signed"] != true || !strings.HasPrefix(doc["leads_to_authority"].(string), "no: ") {
		t.Errorf("%v", doc)
	}
	addr := serve(t, func(c *tls.Config) {
		c.Certificates = []tls.Certificate{certificateOf(t, sourcetest.Now.Time().Add(-time.Hour))}
	})
	got, doc := pullFrom(t, strings.Replace(config(addr), "models.example.test", "other.example.test", 1), t.TempDir()).seen(t)
	leaf = doc["chain"].([]any)[0].(map[string]any)
	if leaf["days_left"] != -1.0 || doc["of_the_name"] != false || !strings.Contains(got, "2026-07-06T08:00:00") {
		t.Errorf("%s %v", got, doc)
	}
}

func TestWhatCannotBeAskedIsNotKnownAndNeverRefused(t *testing.T) {
	t.Parallel()
	cfg := &tls.Config{Certificates: []tls.Certificate{certificateOf(t, until)}, MinVersion: tls.VersionTLS12}
	// peek reads the hello, and lets the server have it where pass says so
	peek := func(instead func(version uint16, c net.Conn) bool) func(net.Conn) {
		return func(c net.Conn) {
			head := make([]byte, 5)
			if _, err := io.ReadFull(c, head); err != nil {
				return
			}
			body := make([]byte, int(head[3])<<8|int(head[4]))
			if _, err := io.ReadFull(c, body); err != nil {
				return
			}
			version := uint16(body[4])<<8 | uint16(body[5])
			if bytes.Contains(body, []byte{0, 43, 0, 3, 2, 3, 4}) {
				version = tls13
			}
			if instead(version, c) {
				return
			}
			_ = tls.Server(&replay{Conn: c, first: append(head, body...)}, cfg).Handshake()
		}
	}
	var served, late atomic.Int32
	for name, c := range map[string]struct {
		talk func(net.Conn)
		want string // of the lowest version and weak suites, or how it could not be looked at
	}{
		"ends the connection instead of refusing": {peek(func(v uint16, _ net.Conn) bool { return v < tls12 }), "12 0"},
		"silent about one version":                {peek(func(v uint16, c net.Conn) bool { return v == tls11 && silent(c) }), "<nil> <nil>"},
		"garbage about one version": {peek(func(v uint16, c net.Conn) bool {
			return v == tls10 && say(c, "\x16\x03\x01\x00\x05\x02\x00\x00\x01\x00")
		}), "<nil> <nil>"},
		"an error about one version":       {peek(func(v uint16, c net.Conn) bool { return v == tls10 && say(c, "\x15\x03\x01\x00\x02\x02\x32") }), "<nil> <nil>"},
		"breaks down over one version":     {peek(func(v uint16, c net.Conn) bool { return v == tls10 && say(c, "\x15\x03\x01\x00\x02\x02\x50") }), "12 0"},
		"silent about a later one":         {peek(func(v uint16, c net.Conn) bool { return v == tls13 && silent(c) }), "12 <nil>"},
		"has enough after a while":         {peek(func(uint16, net.Conn) bool { return served.Add(1) > 9 }), "12 <nil>"},
		"has enough of all but the newest": {peek(func(v uint16, _ net.Conn) bool { return v < tls12 || late.Add(1) > 2 }), "<nil> <nil>"},
		"speaks HTTP":                      {peek(func(_ uint16, c net.Conn) bool { return say(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }), "0 <nil>"},
		"speaks SSH":                       {peek(func(_ uint16, c net.Conn) bool { return say(c, "SSH-2.0-OpenSSH_9.2\r\n") }), "does not speak TLS"},
		"refuses all":                      {peek(func(_ uint16, c net.Conn) bool { return say(c, "\x15\x03\x01\x00\x02\x02\x28") }), "refuses every version"},
		"a hello that chooses what was not asked": {peek(func(_ uint16, c net.Conn) bool {
			return say(c, "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03"+strings.Repeat("a", 32)+"\x00\x13\x99\x00")
		}), "does not speak TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &prober{allow: []string{"loopback"}, at: Endpoint{Address: listen(t, c.talk), Name: "models.example.test"}, wait: 300 * time.Millisecond}
			l := p.look(t.Context())
			if !l.reached {
				if !strings.Contains(fmt.Sprint(p.err), c.want) {
					t.Errorf("%v, want %s", p.err, c.want)
				}
				return
			}
			r := source.NewRow(nothing{}, "endpoint", "x")
			l.put(r, p.at)
			if got := fmt.Sprint(r.Value("tls_min_rank"), " ", r.Value("weak_ciphers")); got != c.want {
				t.Errorf("%s, want %s: %v", got, c.want, l.results)
			}
		})
	}
}

type nothing struct{}

func (nothing) Unparsable(evidence.Kind, string, string, source.Rejection) {}

func silent(c net.Conn) bool {
	_, _ = c.Read(make([]byte, 1))
	return true
}

func say(c net.Conn, text string) bool {
	_, _ = io.WriteString(c, text)
	_, _ = c.Read(make([]byte, 1))
	return true
}

// replay hands out what was read before.
type replay struct {
	net.Conn
	first []byte
}

func (r *replay) Read(b []byte) (int, error) {
	if len(r.first) == 0 {
		return r.Conn.Read(b)
	}
	n := copy(b, r.first)
	r.first = r.first[n:]
	return n, nil
}

func TestAnEndpointThatIsNotReachedIsAGapOfItsComponent(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	p := pullFrom(t, config(l.Addr().String()), t.TempDir())
	if len(p.records) > 0 || p.Error != "" || len(p.Gaps) != 1 || p.Gaps[0].Component != "fraud-score" || p.Gaps[0].Reason != evidence.GapPullFailed {
		t.Errorf("%+v %s", p.Gaps, p.Error)
	}
	p = pullFrom(t, strings.Replace(config(serve(t, func(*tls.Config) {})), "[loopback]", "[private]", 1), t.TempDir())
	if len(p.records) > 0 || len(p.Gaps) != 1 || !strings.Contains(p.Gaps[0].Detail, "allow: [loopback]") {
		t.Errorf("%+v", p.Gaps)
	}
}

func TestListsOfSuitesHoldNoneTwice(t *testing.T) {
	t.Parallel()
	for _, list := range [][]uint16{every, ordinary, every13, weak} {
		sorted := slices.Clone(list)
		slices.Sort(sorted)
		if len(slices.Compact(sorted)) != len(list) {
			t.Error("a number stands twice")
		}
	}
	for _, s := range tls.CipherSuites() {
		if slices.Contains(weak, s.ID) {
			t.Errorf("%s is not weak", s.Name)
		}
		if !slices.Contains(every, s.ID) && !slices.Contains(every13, s.ID) {
			t.Errorf("%s is not asked for", s.Name)
		}
	}
	for _, s := range tls.InsecureCipherSuites() {
		if broken := strings.Contains(s.Name, "RC4") || strings.Contains(s.Name, "3DES"); broken != slices.Contains(weak, s.ID) {
			t.Errorf("%s", s.Name)
		}
	}
}

func TestAConfigurationThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"endpoints: []":                                         "endpoints lists 0",
		"endpoints: [{address: a.example.com}]":                 "no host:port",
		"endpoints: [{address: 'a.example.com:0'}]":             "no host:port",
		"endpoints: [{address: 'a:1'}, {address: 'a:1'}]":       "twice",
		"endpoints: [{address: 'a:1'}], allow: [http]":          "allow",
		"endpoints: [{address: 'https://a.example.com:443/x'}]": "no host:port",
	} {
		if _, err := sourcetest.Parse(spec(t), "{id: e, type: tls, "+text+"}"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte("\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + strings.Repeat("a", 32) + "\x00\x13\x01\x00"))
	f.Add([]byte("\x15\x03\x01\x00\x02\x02\x28"))
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n"))
	f.Add([]byte("\x16\x03\x03\x00\x07\x0b\x00\x00\x03\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := readAnswer(bytes.NewReader(b))
		if err == nil && a.alert < 0 && !a.plain && a.version == 0 && a.suite == 0 && len(b) < 11 {
			t.Errorf("an answer out of nothing: %+v", a)
		}
		_ = certificates(b)
	})
}
