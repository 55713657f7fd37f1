package rfc3161

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence/integrity"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func cert(t testing.TB, name string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(read(t, name))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// code checks a token and returns why it does not hold, "" where it does.
func code(t testing.TB, token, data []byte, o Options) (integrity.Code, string) {
	t.Helper()
	tok, err := Verify(token, Bytes(data), o)
	if err == nil {
		if tok.Signer == nil || tok.Root == nil || tok.Time.IsZero() {
			t.Fatal("a token that holds says nothing")
		}
		return "", ""
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("an error without a code: %v", err)
	}
	return e.Code, e.Note
}

// The vectors are openssl's, made by testdata/make.sh.
func TestTokensOfAnotherProgram(t *testing.T) {
	data := read(t, "data.txt")
	root := Options{Roots: []*x509.Certificate{cert(t, "root.pem")}}
	for name, want := range map[string]struct {
		code integrity.Code
		word string
		root string
	}{
		"good.tsr": {}, "good.tst": {}, "good-rsa.tsr": {}, "good-p384.tsr": {}, "good-deep.tsr": {}, "good-policy.tsr": {}, "good-nononce.tsr": {}, "good-ess1.tsr": {},
		"bad-nocerts.tsr":  {code: integrity.KeyMissing, word: "brings no certificate"},
		"bad-sha1.tsr":     {code: integrity.AlgUnexpected, word: "1.3.14.3.2.26"},
		"bad-weak.tsr":     {code: integrity.AlgUnexpected, word: "signed over a digest by 1.3.14.3.2.26"},
		"bad-short.tsr":    {code: integrity.AlgUnexpected, word: "has 1024 bits"},
		"bad-stranger.tsr": {code: integrity.KeyUnknown, word: "leads to no root"},
		"bad-oldroot.tsr":  {code: integrity.KeyExpired, word: "Expired Time Root", root: "expired.pem"},
		"bad-oldleaf.tsr":  {code: integrity.KeyExpired, word: "TSA oldleaf"},
		"bad-refused.tsr":  {code: integrity.Unreadable, word: "rejected"},
		"bad-noeku.tst":    {code: integrity.SigBad, word: "not for time stamps alone"},
		"bad-soft.tst":     {code: integrity.SigBad, word: "not for time stamps alone"},
		"bad-both.tst":     {code: integrity.SigBad, word: "not for time stamps alone"},
		"bad-usage.tst":    {code: integrity.SigBad, word: "may not sign"},
		"bad-noess.tst":    {code: integrity.SigBad, word: "does not cover which certificate"},
		"bad-content.tst":  {code: integrity.SigBad, word: "no time-stamp"},
		"bad-two.tst":      {code: integrity.SigBad, word: "more than one party"},
	} {
		o := root
		if want.root != "" {
			o.Roots = []*x509.Certificate{cert(t, want.root)}
		}
		got, note := code(t, read(t, name), data, o)
		if got != want.code || !strings.Contains(note, want.word) {
			t.Errorf("%s: %s %q, want %s %q", name, got, note, want.code, want.word)
		}
	}
}

// What openssl takes and we do not is weak: SHA-1. What we take, it takes.
func TestWeTakeNothingThatOpensslRefuses(t *testing.T) {
	data := read(t, "data.txt")
	roots := Options{Roots: []*x509.Certificate{cert(t, "root.pem"), cert(t, "expired.pem")}}
	for line := range strings.Lines(string(read(t, "openssl.txt"))) {
		name, verdict, _ := strings.Cut(strings.TrimSpace(line), " ")
		got, _ := code(t, read(t, name), data, roots)
		if got == "" && verdict != "OK" || got != "" && verdict == "OK" && got != integrity.AlgUnexpected {
			t.Errorf("%s: openssl says %s, we say %q", name, verdict, got)
		}
	}
}

func TestATokenSaysWhatItWasMadeFor(t *testing.T) {
	data := read(t, "data.txt")
	root := []*x509.Certificate{cert(t, "root.pem")}
	tok, err := Verify(read(t, "good.tsr"), Bytes(data), Options{Roots: root})
	if err != nil {
		t.Fatal(err)
	}
	if tok.Policy != "1.3.6.1.4.1.55555.1" || tok.Accuracy != 1500100*time.Microsecond || !tok.Ordered || tok.Nonce == nil || tok.Hash != crypto.SHA256 || tok.Signer.Subject.CommonName != "TSA tsa" || tok.Root.Subject.CommonName != "Example Time Root" || tok.Weak != "" {
		t.Errorf("%+v", tok)
	}
	if !bytes.Equal(tok.DER, read(t, "good.tst")) {
		t.Error("the token is not what openssl takes out of the answer")
	}
	sum := sha256.Sum256(data)
	if _, err := Verify(read(t, "good.tst"), Digest(crypto.SHA256, sum[:]), Options{Roots: root, Nonce: tok.Nonce}); err != nil {
		t.Error(err)
	}
	if _, err := Verify(read(t, "good-p384.tsr"), Digest(crypto.SHA256, sum[:]), Options{Roots: root}); !errors.Is(err, ErrHash) {
		t.Errorf("a digest by another algorithm: %v", err)
	}
	if weak, err := Verify(read(t, "good-ess1.tsr"), Bytes(data), Options{Roots: root}); err != nil || weak.Weak == "" {
		t.Errorf("%v %v", weak, err)
	}
	for name, o := range map[string]struct {
		opt  Options
		data string
		want integrity.Code
	}{
		"no root":       {Options{}, string(data), integrity.KeyMissing},
		"another root":  {Options{Roots: []*x509.Certificate{cert(t, "other.pem")}}, string(data), integrity.KeyUnknown},
		"another nonce": {Options{Roots: root, Nonce: big.NewInt(7)}, string(data), integrity.HashMismatch},
		"other bytes":   {Options{Roots: root}, string(data) + " ", integrity.HashMismatch},
	} {
		if got, _ := code(t, read(t, "good.tsr"), []byte(o.data), o.opt); got != o.want {
			t.Errorf("%s: %s, want %s", name, got, o.want)
		}
	}
	if got, _ := code(t, read(t, "good-nononce.tsr"), data, Options{Roots: root, Nonce: big.NewInt(7)}); got != integrity.HashMismatch {
		t.Errorf("no nonce where one was sent: %q", got)
	}
	// the authority's own certificate may be pinned instead of a root
	if got, note := code(t, read(t, "good.tsr"), data, Options{Roots: []*x509.Certificate{cert(t, "tsa.pem")}}); got != "" {
		t.Errorf("its own certificate: %s %s", got, note)
	}
}

// Every byte that is changed, taken away or added is seen.
func TestEveryByteCounts(t *testing.T) {
	data := read(t, "data.txt")
	o := Options{Roots: []*x509.Certificate{cert(t, "root.pem")}}
	for _, name := range []string{"good.tst", "good.tsr"} {
		good := read(t, name)
		for i := range good {
			for _, flip := range []byte{1, 0x80} {
				bad := bytes.Clone(good)
				bad[i] ^= flip
				got, _ := code(t, bad, data, o)
				if got == "" {
					t.Errorf("%s: byte %d of %d flipped by %#x passes", name, i, len(good), flip)
				}
			}
			if got, _ := code(t, good[:i], data, o); got == "" {
				t.Errorf("%s: cut at %d passes", name, i)
			}
		}
		if got, _ := code(t, append(bytes.Clone(good), 0), data, o); got == "" {
			t.Errorf("%s: a byte behind it passes", name)
		}
	}
}

func FuzzVerify(f *testing.F) {
	for _, n := range []string{"good.tsr", "good.tst", "good-deep.tsr", "bad-nocerts.tsr", "bad-refused.tsr", "good-ess1.tsr", "bad-two.tst"} {
		f.Add(read(f, n))
	}
	data := read(f, "data.txt")
	o := Options{Roots: []*x509.Certificate{cert(f, "root.pem")}}
	f.Fuzz(func(t *testing.T, b []byte) {
		tok, err := Verify(b, Bytes(data), o)
		if (tok == nil) == (err == nil) {
			t.Fatal("neither a token nor an error, or both")
		}
		if _, err := Verify(b, Bytes(append(data, 'x')), o); err == nil {
			t.Fatal("a token over other bytes holds")
		}
		if _, err := Verify(b, Bytes(data), Options{}); err == nil {
			t.Fatal("a token holds without a root")
		}
	})
}
