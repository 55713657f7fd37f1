package integrity

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/blake2b"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

func profile(t testing.TB, text string) *Profile {
	t.Helper()
	p, err := LoadProfile("own.yaml", []byte("schema: chainprofile/v1\nid: own/1\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// made writes a log of n records; each gets its number and the hash before, and
// returns its line and its own hash.
func made(t testing.TB, n int, genesis string, record func(i int, prev string) (line, self string)) string {
	t.Helper()
	var b strings.Builder
	prev := genesis
	for i := range n {
		var line string
		line, prev = record(i, prev)
		b.WriteString(line + "\n")
	}
	return put(t, filepath.Join(t.TempDir(), "log.jsonl"), []byte(b.String()))
}

// holds demands that a log is self-consistent, and that it is broken once a
// record in its middle says something else.
func holds(t testing.TB, o Options, name string) *Report {
	t.Helper()
	r := verify(t, o, name)
	if r.Verdict != SelfConsistent {
		t.Fatalf("%s", asJSON(t, r))
	}
	ls := lines(t, name)
	ls[len(ls)/2] = []byte(strings.Replace(string(ls[len(ls)/2]), `"yes`, `"no!`, 1))
	if bad := verify(t, o, put(t, filepath.Join(t.TempDir(), "log.jsonl"), ls...)); bad.Verdict != Broken {
		t.Errorf("an edit was not found: %s", asJSON(t, bad))
	}
	return r
}

func TestPredecessorThatIsNotStored(t *testing.T) {
	t.Parallel()
	p := profile(t, `
link: {self: {field: /h}, genesis: ["GENESIS"]}
digest: {alg: sha256, input: [{prev: true, as: hex}, {field: /v, as: text}]}
`)
	name := made(t, 50, "GENESIS", func(i int, prev string) (string, string) {
		v := fmt.Sprintf("yes%d", i)
		h := evidence.DigestOf([]byte(prev + v)).String()
		return fmt.Sprintf(`{"v":%q,"h":%q}`, v, h), h
	})
	holds(t, Options{Profile: p}, name)
	ls := lines(t, name)
	a, b := put(t, filepath.Join(t.TempDir(), "log-1.jsonl"), ls[:20]...), ""
	b = put(t, filepath.Join(filepath.Dir(a), "log-2.jsonl"), ls[20:]...)
	if r := verify(t, Options{Profile: p}, a, b); r.Verdict != SelfConsistent || len(r.Logs) != 1 {
		t.Errorf("over two files: %s", asJSON(t, r))
	}
	gone := put(t, a, append(ls[:10:10], ls[11:]...)...)
	if r := verify(t, Options{Profile: p}, gone); r.Verdict != Broken {
		t.Errorf("a record was taken out: %s", asJSON(t, r.Logs[0].Counts))
	}
}

func TestBytesAndSignatures(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(zeros{3})
	if err != nil {
		t.Fatal(err)
	}
	p := profile(t, `
link: {prev: {field: /prev}, self: {field: /hash, encoding: hex-upper}, genesis: ["0000000000000000000000000000000000000000000000000000000000000000"]}
digest: {alg: sha256, input: [{prev: true, as: bytes}, {json: {at: /payload, order: source}}]}
signatures: {alg: ed25519, over: self-bytes, field: /sig, encoding: base64, by: other}
`)
	p.plan.prev.encoding = hexAny // the next record writes it in small letters
	name := made(t, 30, strings.Repeat("0", 64), func(i int, prev string) (string, string) {
		raw, _ := hex.DecodeString(prev)
		payload := fmt.Sprintf(`{"v":"yes%d","n":[%d]}`, i, i)
		sum := sha256.Sum256(append(raw, payload...))
		sig := base64.StdEncoding.EncodeToString(ed25519.Sign(private, sum[:]))
		return fmt.Sprintf(`{"payload": %s, "prev":%q, "hash":%q, "sig":%q}`, payload, prev, strings.ToUpper(hex.EncodeToString(sum[:])), sig), hex.EncodeToString(sum[:])
	})
	key := pemKey(t, "source", public)
	r := verify(t, Options{Profile: p, Keys: []Key{key}}, name)
	if r.Verdict != Verified || r.Logs[0].Axes.Authenticity != "signed" || r.Logs[0].Keys[0].Held != 30 {
		t.Errorf("signed by another party: %s", asJSON(t, r))
	}
	if r := verify(t, Options{Profile: p}, name); r.Verdict != SelfConsistent || r.Logs[0].Counts[KeyUnknown] != 30 {
		t.Errorf("without the key: %s", asJSON(t, r.Logs[0].Counts))
	}
	stranger, _, err := ed25519.GenerateKey(zeros{4})
	if err != nil {
		t.Fatal(err)
	}
	if r := verify(t, Options{Profile: p, Keys: []Key{pemKey(t, "source", stranger)}}, name); r.Verdict != Broken || r.Logs[0].Counts[SigBad] != 30 {
		t.Errorf("under a pinned key that did not sign: %s", asJSON(t, r.Logs[0].Counts))
	}
	own := key
	own.Role = RoleWriter
	if r := verify(t, Options{Profile: p, Keys: []Key{own}}, name); r.Verdict != SelfConsistent {
		t.Errorf("a key pinned as the writer's own: %s", r.Verdict)
	}
}

func pemKey(t testing.TB, name string, public any) Key {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParseKey(name, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestRSAAndECDSA signs every record with each algorithm and form.
func TestRSAAndECDSA(t *testing.T) {
	t.Parallel()
	rk, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ek, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		alg  string
		key  any
		sign func(msg []byte) []byte
	}{
		"rsa": {"{alg: rsa-pkcs1-sha256", &rk.PublicKey, func(msg []byte) []byte {
			sum := sha256.Sum256(msg)
			sig, err := rsa.SignPKCS1v15(nil, rk, 5, sum[:])
			if err != nil {
				t.Fatal(err)
			}
			return sig
		}},
		"der": {"{alg: ecdsa-p256, form: der", &ek.PublicKey, func(msg []byte) []byte {
			sum := sha256.Sum256(msg)
			sig, err := ecdsa.SignASN1(rand.Reader, ek, sum[:])
			if err != nil {
				t.Fatal(err)
			}
			return sig
		}},
		"p1363": {"{alg: ecdsa-p256, form: p1363", &ek.PublicKey, func(msg []byte) []byte {
			sum := sha256.Sum256(msg)
			r, s, err := ecdsa.Sign(rand.Reader, ek, sum[:])
			if err != nil {
				t.Fatal(err)
			}
			return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		}},
	} {
		p := profile(t, `
link: {prev: {field: /p}, self: {field: /h}, genesis: [null]}
digest: {alg: sha256, input: [{raw: before-field, field: /h}]}
signatures: `+c.alg+`, over: input, field: /s, encoding: base64url, prefix: "v1:", kid: /k}
`)
		name := made(t, 5, "", func(i int, prev string) (string, string) {
			link := "null"
			if prev != "" {
				link = `"` + prev + `"`
			}
			body := fmt.Sprintf(`{"v":"yes%d","p":%s`, i, link)
			h := evidence.DigestOf([]byte(body)).String()
			return fmt.Sprintf(`%s,"h":%q,"s":"v1:%s","k":"signer"}`, body, h, base64.RawURLEncoding.EncodeToString(c.sign([]byte(body)))), h
		})
		r := holds(t, Options{Profile: p, Keys: []Key{pemKey(t, "signer", c.key)}}, name)
		if r.Logs[0].Axes.Authenticity != "signed" {
			t.Errorf("%s: %s", what, asJSON(t, r))
		}
		if r := verify(t, Options{Profile: p, Keys: []Key{pemKey(t, "other", c.key)}}, name); r.Logs[0].Counts[KeyUnknown] != 5 {
			t.Errorf("%s, under a key of another name: %v", what, r.Logs[0].Counts)
		}
	}
}

// TestKeysAreNotConfused uses a key for what it is not.
func TestKeysAreNotConfused(t *testing.T) {
	t.Parallel()
	public, _, err := ed25519.GenerateKey(zeros{3})
	if err != nil {
		t.Fatal(err)
	}
	shared, err := ParseKey("k", []byte("text:0123456789"))
	if err != nil {
		t.Fatal(err)
	}
	ring := newKeyring([]Key{shared, pemKey(t, "k", public)})
	if got := ring.candidates("ecdsa-p256", "k"); len(got) != 0 {
		t.Errorf("a key of another kind may have signed: %v", got)
	}
	if got := ring.candidates("ed25519", "k"); len(got) != 1 || got[0] != 1 {
		t.Errorf("%v", got)
	}
	if n := newKeyring([]Key{pemKey(t, "k", public)}).named("k"); n != none {
		t.Error("a public key serves as a shared secret")
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err == nil {
		der := x509.MarshalPKCS1PublicKey(&small.PublicKey)
		if _, err := ParseKey("k", pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: der})); err == nil {
			t.Error("a short RSA key was taken")
		}
	}
	for _, bad := range []string{"", "PRIVATE+KEY+x+y", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "hex:zz", "text:short", "a+b+c", "-----BEGIN PUBLIC KEY-----"} {
		if k, err := ParseKey("", []byte(bad)); err == nil {
			t.Errorf("%q was read as %+v", bad, k.use())
		}
	}
	if s := fmt.Sprintf("%v %+v %#v", shared, shared, shared); strings.Contains(s, "0123456789") {
		t.Error("a secret is printed: " + s)
	}
}

func TestKeyOutOfItsTimeIsFound(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(zeros{5})
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(nil, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParseKey("agent", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	p := profile(t, `
record: {time: {field: /at}}
link: {prev: {field: /p}, self: {field: /h}, genesis: [""]}
digest: {alg: sha256, input: [{raw: before-field, field: /h}]}
signatures: {alg: ed25519, over: self-hex, field: /s}
`)
	name := made(t, 4, "", func(i int, prev string) (string, string) {
		body := fmt.Sprintf(`{"at":"2026-0%d-15T00:00:00Z","p":%q`, 1+i/2, prev)
		h := evidence.DigestOf([]byte(body)).String()
		return fmt.Sprintf(`%s,"h":%q,"s":%q}`, body, h, hex.EncodeToString(ed25519.Sign(private, []byte(h)))), h
	})
	want(t, verify(t, Options{Profile: p, Keys: []Key{key}}, name), Broken, map[Code]int64{KeyExpired: 2})
}

func TestHashesEncodingsAndParts(t *testing.T) {
	t.Parallel()
	key := []byte("0123456789abcdef")
	for what, c := range map[string]struct {
		profile string
		record  func(i int, prev string) (string, string)
	}{
		"sha512, base64, an inner digest, a constant in front": {`
link: {prev: {field: /p, encoding: base64}, self: {field: /h, encoding: base64}, genesis: [{absent: true}]}
digest:
  alg: sha512
  input:
    - {text: "audit.v1\n"}
    - {digest: {alg: sha256, claim: {field: /c, prefix: "sha256:"}, input: [{json: {only: [v, n], order: listed}}]}, as: bytes}
    - {prev: true, as: text}
`, func(i int, prev string) (string, string) {
			inner := sha256.Sum256(fmt.Appendf(nil, `{"v":"yes%d","n":%d}`, i, i))
			outer := sha512.Sum512(append(append([]byte("audit.v1\n"), inner[:]...), prev...))
			self := base64.StdEncoding.EncodeToString(outer[:])
			link := ""
			if prev != "" {
				link = fmt.Sprintf(`"p":%q,`, prev)
			}
			return fmt.Sprintf(`{%s"n":%d,"v":"yes%d","c":"sha256:%x","h":%q}`, link, i, i, inner, self), self
		}},
		"lengths, numbers, hex inside, 0x in front, the member cut out of the line": {`
record: {seq: {field: /n, start: 0, step: 1}}
link: {prev: {field: /p, prefix: "0x"}, self: {field: /h, prefix: "0x"}, genesis: ["genesis"]}
digest:
  alg: sha256
  input:
    - {bytes: "00ff"}
    - {field: /n, as: u64be}
    - {field: /v, as: lp16}
    - {field: /x, as: unhex}
    - {field: /gone, as: lp32, missing: empty}
    - {raw: without-field, field: /h}
`, func(i int, prev string) (string, string) {
			before, after := fmt.Sprintf(`{"n":%d,"v":"yes%d"`, i, i), fmt.Sprintf(`,"x":"0a0b","p":%q}`, prev)
			v := fmt.Sprintf("yes%d", i)
			data := binary.BigEndian.AppendUint64([]byte{0, 0xff}, uint64(i))
			data = append(binary.BigEndian.AppendUint16(data, uint16(len(v))), v...)
			data = append(data, 0x0a, 0x0b, 0, 0, 0, 0)
			data = append(data, before+after...)
			self := "0x" + evidence.DigestOf(data).String()
			return fmt.Sprintf(`%s, "h" : %q%s`, before, self, after), self
		}},
		"blake2b over a member, behind its length in eight bytes": {`
link: {prev: {field: /p, encoding: hex-upper}, self: {field: /h, encoding: hex-upper}, genesis: [""]}
digest: {alg: blake2b-256, input: [{field: /v, as: lp64}, {prev: true, as: text}]}
`, func(i int, prev string) (string, string) {
			v := fmt.Sprintf("yes%d", i)
			sum := blake2b.Sum256(append(append(binary.BigEndian.AppendUint64(nil, uint64(len(v))), v...), prev...))
			self := strings.ToUpper(hex.EncodeToString(sum[:]))
			return fmt.Sprintf(`{"v":%q,"p":%q,"h":%q}`, v, prev, self), self
		}},
		"sha3": {`
link: {prev: {field: /p, encoding: base64url-padded}, self: {field: /h, encoding: base64url-padded}, genesis: [""]}
digest: {alg: sha3-512, input: [{raw: before-field, field: /h}]}
`, func(i int, prev string) (string, string) {
			body := fmt.Sprintf(`{"v":"yes%d","p":%q`, i, prev)
			sum := sha3.Sum512([]byte(body))
			self := base64.URLEncoding.EncodeToString(sum[:])
			return fmt.Sprintf(`%s,"h":%q}`, body, self), self
		}},
		"a keyed hash": {`
link: {prev: {field: /p}, self: {field: /h}, genesis: [""]}
digest: {alg: hmac-sha384, key: k1, input: [{raw: before-field, field: /h}]}
`, func(i int, prev string) (string, string) {
			body := fmt.Sprintf(`{"v":"yes%d","p":%q`, i, prev)
			m := hmac.New(sha512.New384, key)
			m.Write([]byte(body))
			self := hex.EncodeToString(m.Sum(nil))
			return fmt.Sprintf(`%s,"h":%q}`, body, self), self
		}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			k, err := ParseKey("k1", append(key, '\n'))
			if err != nil {
				t.Fatal(err)
			}
			genesis := ""
			if strings.Contains(c.profile, "genesis: [\"genesis\"]") {
				genesis = "genesis"
			}
			p := profile(t, c.profile)
			r := holds(t, Options{Profile: p, Keys: []Key{k}}, made(t, 20, genesis, c.record))
			if len(r.Logs[0].Counts) != 0 {
				t.Errorf("%v", r.Logs[0].Counts)
			}
			if p.plan.digest.hash.keyed {
				if r := verify(t, Options{Profile: p}, made(t, 20, genesis, c.record)); r.Verdict != Indeterminate || r.Logs[0].Axes.Integrity != "not_checkable" {
					t.Errorf("without its key: %s", asJSON(t, r))
				}
			}
		})
	}
}

func TestListInsideADocument(t *testing.T) {
	t.Parallel()
	p := profile(t, `
input: {framing: json-array, at: /log/entries}
link: {prev: {field: /p}, self: {field: /h}, genesis: [""]}
digest: {alg: sha256, input: [{field: /v}, {prev: true, as: text}]}
`)
	var items []string
	prev := ""
	for i := range 40 {
		v := fmt.Sprintf("yes%d", i)
		h := evidence.DigestOf([]byte(v + prev)).String()
		items = append(items, fmt.Sprintf(`{"v":%q,"p":%q,"h":%q}`, v, prev, h))
		prev = h
	}
	doc := `{"about":{"entries":[]},"log":{"n":40,"entries":[` + strings.Join(items, ",\n ") + `]},"end":true}`
	name := put(t, filepath.Join(t.TempDir(), "log.json"), []byte(doc))
	if r := verify(t, Options{Profile: p}, name); r.Verdict != SelfConsistent || r.Logs[0].Records != 40 {
		t.Errorf("%s", asJSON(t, r))
	}
	put(t, name, []byte(strings.Replace(doc, `"yes20"`, `"no20"`, 1)))
	want(t, verify(t, Options{Profile: p}, name), Broken, map[Code]int64{HashMismatch: 1})
	put(t, name, []byte(doc[:len(doc)-30]))
	if r := verify(t, Options{Profile: p}, name); r.Verdict != Indeterminate {
		t.Errorf("a document that ends early: %s", r.Verdict)
	}
}

func TestChainPerFile(t *testing.T) {
	t.Parallel()
	p := profile(t, `
link: {prev: {field: /p}, self: {field: /h}, genesis: [""], rotation: reset}
digest: {alg: sha256, input: [{raw: before-field, field: /h}]}
`)
	dir := t.TempDir()
	var names []string
	for n := range 3 {
		one := made(t, 10, "", func(i int, prev string) (string, string) {
			body := fmt.Sprintf(`{"v":"yes%d %d","p":%q`, n, i, prev)
			h := evidence.DigestOf([]byte(body)).String()
			return fmt.Sprintf(`%s,"h":%q}`, body, h), h
		})
		names = append(names, put(t, filepath.Join(dir, fmt.Sprintf("log.jsonl.%d", n)), lines(t, one)...))
	}
	r := verify(t, Options{Profile: p}, names...)
	want(t, r, SelfConsistent, nil)
	if !strings.Contains(strings.Join(r.Logs[0].NotShown, " "), "a whole file could be taken away") || len(r.Logs) != 1 {
		t.Errorf("%q", r.Logs[0].NotShown)
	}
	if err := errOf(verify(t, Options{Profile: p}, names[0], names[2])); err != nil {
		t.Error(err)
	}
}

// TestImplicitChainPerFile has neither the predecessor's hash stored nor a chain
// over more than one file, as daily logs do.
func TestImplicitChainPerFile(t *testing.T) {
	t.Parallel()
	p := profile(t, `
link: {self: {field: /h}, genesis: [""], rotation: reset}
digest: {alg: sha256, input: [{prev: true, as: text}, {raw: before-field, field: /h}, {text: "}"}]}
`)
	dir := t.TempDir()
	var names []string
	for day := range 3 {
		name := made(t, 10, "", func(i int, prev string) (string, string) {
			body := fmt.Sprintf(`{"v":"yes%d %d"`, day, i)
			h := evidence.DigestOf([]byte(prev + body + "}")).String()
			return fmt.Sprintf(`%s,"h":%q}`, body, h), h
		})
		names = append(names, put(t, filepath.Join(dir, fmt.Sprintf("audit-2026-03-0%d.jsonl", day+1)), lines(t, name)...))
	}
	want(t, verify(t, Options{Profile: p}, names...), SelfConsistent, nil)
	ls := lines(t, names[1])
	want(t, verify(t, Options{Profile: p}, names[0], put(t, names[1], ls[1:]...), names[2]), Broken, map[Code]int64{HashMismatch: 1})
	want(t, verify(t, Options{Profile: p}, names[0], put(t, names[1], append(ls[:4:4], ls[5:]...)...), names[2]), Broken, map[Code]int64{HashMismatch: 1})
}

// TestFirstRecordMayNameWhatStandsElsewhere has a first predecessor that the
// log does not hold: any is taken there, and none in the middle.
func TestFirstRecordMayNameWhatStandsElsewhere(t *testing.T) {
	t.Parallel()
	p := profile(t, `
link: {prev: {field: /p}, self: {field: /h}, genesis: [{any: true}]}
digest: {alg: sha256, input: [{raw: before-field, field: /h}]}
`)
	record := func(i int, prev string) (string, string) {
		body := fmt.Sprintf(`{"v":"yes%d","p":%q`, i, prev)
		h := evidence.DigestOf([]byte(body)).String()
		return fmt.Sprintf(`%s,"h":%q}`, body, h), h
	}
	name := made(t, 10, "run 7", record)
	r := holds(t, Options{Profile: p}, name)
	if len(r.Logs[0].Counts) != 0 || !strings.Contains(strings.Join(r.Logs[0].NotShown, " "), "stands outside of the log") {
		t.Errorf("%s", asJSON(t, r))
	}
	other := lines(t, made(t, 10, "run 8", record))
	want(t, verify(t, Options{Profile: p}, put(t, name, append(lines(t, name), other...)...)), Broken, map[Code]int64{LinkBreak: 1})
	bare := made(t, 3, "", func(i int, prev string) (string, string) {
		body := `{"v":"yes"`
		if prev != "" {
			body += fmt.Sprintf(`,"p":%q`, prev)
		}
		h := evidence.DigestOf([]byte(body)).String()
		return fmt.Sprintf(`%s,"h":%q}`, body, h), h
	})
	if r := verify(t, Options{Profile: p}, bare); r.Logs[0].Counts[GenesisUnexpected] != 1 {
		t.Errorf("a first record that names nothing: %v", r.Logs[0].Counts)
	}
}

// TestLinkThatNoHashCoversIsSaid removes a record and writes the link anew: all
// hashes hold, and only the numbers tell.
func TestLinkThatNoHashCoversIsSaid(t *testing.T) {
	t.Parallel()
	p, err := Preset("talos")
	if err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(p.Limits(), " "); !strings.Contains(s, "links could be written anew") {
		t.Errorf("%q", s)
	}
	for _, id := range []string{"aegis", "generic-raw-prefix", "generic-jcs", "veridic-ees", "agt-ts"} {
		if p, err := Preset(id); err != nil || strings.Contains(strings.Join(p.Limits(), " "), "links could be written anew") {
			t.Errorf("%s: %v", id, err)
		}
	}
	ls := lines(t, vector("talos/intact.jsonl"))
	prev := string(ls[2][bytes.Index(ls[2], []byte(`"previousHash"`)):][16:80])
	i := bytes.Index(ls[4], []byte(`"previousHash"`)) + 16
	next := append(append(bytes.Clone(ls[4][:i]), prev...), ls[4][i+64:]...)
	r := verify(t, Options{}, put(t, filepath.Join(t.TempDir(), "log.jsonl"), append(append(ls[:2:2], ls[3], next), ls[5:]...)...))
	if r.Logs[0].Counts[SeqGap] != 1 || r.Logs[0].Counts[LinkBreak] != 0 {
		t.Errorf("%s %v", r.Verdict, r.Logs[0].Counts)
	}
}

func errOf(r *Report) error {
	if r.Verdict != SelfConsistent {
		return fmt.Errorf("verdict %s", r.Verdict)
	}
	return nil
}

func TestTextsJoinedWithoutLengthsAreSaid(t *testing.T) {
	t.Parallel()
	p, err := Preset("agt-rust")
	if err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(p.Limits(), " "); !strings.Contains(s, "without their lengths") {
		t.Errorf("%q", s)
	}
	if p, err = Preset("agt-go"); err != nil || strings.Contains(strings.Join(p.Limits(), " "), "without their lengths") {
		t.Errorf("%q, %v", p.Limits(), err)
	}
}

func TestPromisedRecordsAreMissed(t *testing.T) {
	t.Parallel()
	p := profile(t, `
record: {time: {field: /at}}
link: {prev: {field: /p}, self: {field: /h}, genesis: [""]}
digest: {alg: sha256, input: [{raw: before-field, field: /h}]}
coverage: {max_gap: 15m}
`)
	name := made(t, 5, "", func(i int, prev string) (string, string) {
		body := fmt.Sprintf(`{"at":"2026-01-15T0%d:00:00Z","p":%q`, i/2, prev)
		h := evidence.DigestOf([]byte(body)).String()
		return fmt.Sprintf(`%s,"h":%q}`, body, h), h
	})
	r := verify(t, Options{Profile: p}, name)
	want(t, r, SelfConsistent, map[Code]int64{TimeGap: 2})
	if ok, err := r.Meets("complete"); ok || err != nil {
		t.Errorf("complete: %v, %v", ok, err)
	}
	if c := r.Logs[0].Axes.Coverage; c.Covered != 0 || len(r.Logs[0].Silences) != 2 {
		t.Errorf("%+v", c)
	}
	w := &evidence.Window{From: instant(t, "2026-01-14T20:00:00Z"), To: instant(t, "2026-01-15T04:00:00Z")}
	r = verify(t, Options{Profile: p, Period: w}, name)
	want(t, r, SelfConsistent, map[Code]int64{TimeGap: 4})
	var places []string
	for _, s := range r.Logs[0].Silences {
		places = append(places, s.Place)
	}
	if strings.Join(places, " ") != "start inside inside end" || r.Logs[0].SilenceCount != 4 {
		t.Errorf("%v, %d", places, r.Logs[0].SilenceCount)
	}
}

func TestDamageInAChainThatLooksBack(t *testing.T) {
	t.Parallel()
	p := profile(t, `
link: {self: {field: /h}, genesis: ["GENESIS"]}
digest: {alg: sha256, input: [{prev: true, as: hex}, {field: /v, as: text}]}
`)
	name := made(t, 30, "GENESIS", func(i int, prev string) (string, string) {
		v := fmt.Sprintf("yes%d", i)
		h := evidence.DigestOf([]byte(prev + v)).String()
		return fmt.Sprintf(`{"v":%q,"h":%q}`, v, h), h
	})
	ls := lines(t, name)
	ls[10], ls[20] = []byte("{\n"), []byte("\n")
	want(t, verify(t, Options{Profile: p}, put(t, name, ls...)), Broken, map[Code]int64{BadJSON: 1, HashMismatch: 1})
}

// TestSignedByWriterAndWitness has one note with two signatures: the other
// party's counts, whatever stands beside it.
func TestSignedByWriterAndWitness(t *testing.T) {
	t.Parallel()
	own := ring(t, "gateway", 9)
	other, key := witness(t)
	mine, err := ParseKey("", []byte(own.VerifierKey(ledger.RoleCheckpoint)))
	if err != nil {
		t.Fatal(err)
	}
	first := rehash([]byte(`{"at":"2026-01-01T00:00:00Z","format":"tieout-decision/1","log":"a","part":1,"prev":"` + strings.Repeat("0", 64) + `","seq":0,"type":"log","writer":"gateway","hash":"`))
	head := first[len(first)-67 : len(first)-3]
	c := ledger.Checkpoint{Origin: "tieout-decision/1/a", Head: ledger.Head{Size: 1}, Extensions: []string{"at 2026-01-01T00:00:00Z"}}
	if _, err := hex.Decode(c.Head.Root[:], head); err != nil {
		t.Fatal(err)
	}
	signed, err := ledger.FormatCheckpoint(c, other.Signer(ledger.RoleCheckpoint), own.Signer(ledger.RoleCheckpoint))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(string(signed))
	if err != nil {
		t.Fatal(err)
	}
	second := rehash(fmt.Appendf(nil, `{"at":"2026-01-01T00:00:00Z","note":%s,"prev":"%s","seq":1,"type":"checkpoint","hash":"`, text, head))
	name := put(t, filepath.Join(t.TempDir(), "log.jsonl"), first, second)
	for _, c := range []struct {
		keys []Key
		want Verdict
	}{{[]Key{mine, key}, Verified}, {[]Key{key, mine}, Verified}, {[]Key{key}, Verified}, {[]Key{mine}, SelfConsistent}, {nil, SelfConsistent}} {
		if r := verify(t, Options{Keys: c.keys}, name); r.Verdict != c.want {
			t.Errorf("%d keys: %s %v", len(c.keys), r.Verdict, r.Logs[0].Counts)
		}
	}
}
