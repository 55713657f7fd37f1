package rfc3161

import (
	"bytes"
	"testing"
)

func TestRootsAreReadWholeOrNotAtAll(t *testing.T) {
	one, two := read(t, "root.pem"), read(t, "other.pem")
	if got, err := ParseRoots(append(bytes.Clone(one), two...)); err != nil || len(got) != 2 || got[1].Subject.CommonName != "Other Time Root" {
		t.Fatal(got, err)
	}
	for name, bad := range map[string][]byte{
		"nothing":     nil,
		"a half":      append(bytes.Clone(one), two[:len(two)/2]...),
		"a key":       append(bytes.Clone(one), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"...),
		"no DER":      []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
		"far too big": make([]byte, MaxRoots+1),
	} {
		if got, err := ParseRoots(bad); err == nil || got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzParseRoots(f *testing.F) {
	f.Add(read(f, "root.pem"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := ParseRoots(b); (len(got) == 0) == (err == nil) {
			t.Fatal("neither certificates nor an error, or both")
		}
	})
}
