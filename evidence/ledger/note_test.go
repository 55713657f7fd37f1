package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// doubled appends the last signature line of a note again, with one bit of its
// signature flipped if bit is not negative.
func doubled(t testing.TB, msg []byte, bit int) []byte {
	t.Helper()
	lines := strings.SplitAfter(string(msg), "\n")
	name, b64, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(lines[len(lines)-2], "— "), "\n"), " ")
	raw, err := base64.StdEncoding.DecodeString(b64)
	if err != nil {
		t.Fatal(err)
	}
	if bit >= 0 {
		raw[4+bit/8] ^= 1 << (bit % 8)
	}
	return fmt.Appendf(bytes.Clone(msg), "— %s %s\n", name, base64.StdEncoding.EncodeToString(raw))
}

// TestAKeyThatSignsTwiceRefusesTheNote is an attack: package note does not look
// at the second signature of a key, so one that does not hold went unseen.
func TestAKeyThatSignsTwiceRefusesTheNote(t *testing.T) {
	t.Parallel()
	k, other := fixed(t, "example", 7), fixed(t, "example", 8)
	_, heads := grow("a", "b")
	msg, err := FormatCheckpoint(Checkpoint{Origin: origin, Head: heads[2]}, other.Signer(RoleCheckpoint), k.Signer(RoleCheckpoint))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseCheckpoint(msg, origin, k.Verifier(RoleCheckpoint)); err != nil {
		t.Fatal(err)
	}
	for _, bit := range []int{-1, 0, 300, 511} {
		for who, v := range map[string]note.Verifier{"known": k.Verifier(RoleCheckpoint), "unknown": other.Verifier(RoleCheckpoint)} {
			_, err := ParseCheckpoint(doubled(t, msg, bit), origin, v)
			var twice *SignedTwiceError
			if !errors.As(err, &twice) || twice.Name != "example/checkpoint" || twice.Hash != k.Verifier(RoleCheckpoint).KeyHash() {
				t.Errorf("bit %d of a key that is %s: %v", bit, who, err)
			}
		}
		if _, err := ClaimedCheckpoint(doubled(t, msg, bit)); err == nil {
			t.Errorf("bit %d: the note is read as a claim", bit)
		}
	}
}

func TestSignatureLinesHaveOneForm(t *testing.T) {
	t.Parallel()
	k := fixed(t, "example", 7)
	_, heads := grow("a", "b")
	good, err := FormatCheckpoint(Checkpoint{Origin: origin, Head: heads[2]}, k.Signer(RoleCheckpoint))
	if err != nil {
		t.Fatal(err)
	}
	line := func(name string, n byte) string {
		return "— " + name + " " + base64.StdEncoding.EncodeToString([]byte{0, 0, 0, n, 1}) + "\n"
	}
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(line("other", byte(i)))
		}
		return b.String()
	}
	v := k.Verifier(RoleCheckpoint)
	for _, more := range []string{"", line("other", 1), line("other", 1) + line("other", 2), line("other", 1) + line("another", 1), many(maxSignatures - 1)} {
		if _, err := ParseCheckpoint(append(bytes.Clone(good), more...), origin, v); err != nil {
			t.Errorf("%.60q: %v", more, err)
		}
	}
	for what, more := range map[string]string{
		"too many": many(maxSignatures), "no name": line("", 1), "a plus": line("a+b", 1), "a space": line("a\u00a0b", 1), "a line end": line("a\u2028b", 1), "no dash": "other AAAAAQE=\n",
		"no signature": "— other\n", "too short": "— other AAAAAA==\n", "no base64": "— other AAAA!QE=\n", "loose bits": "— other AAAAAAF=\n", "more behind": "— other AAAAAQE= x\n", "no end": "— other AAAAAQE=",
	} {
		if _, err := ParseCheckpoint(append(bytes.Clone(good), more...), origin, v); err == nil {
			t.Errorf("%s: the note is read", what)
		}
	}
	// the last character of the base64 of a signature has bits that say nothing
	at := len(good) - 3
	loose := bytes.Clone(good)
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	loose[at] = digits[strings.IndexByte(digits, loose[at])^1]
	if _, err := ParseCheckpoint(loose, origin, v); err == nil {
		t.Error("one signature has two spellings")
	}
}

func FuzzOpenNote(f *testing.F) {
	k, err := NewKeyring("example", bytes.NewReader(make([]byte, seedSize)))
	if err != nil {
		f.Fatal(err)
	}
	_, heads := grow("a")
	msg, err := FormatCheckpoint(Checkpoint{Origin: origin, Head: heads[1]}, k.Signer(RoleCheckpoint))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(msg)
	f.Add(doubled(f, msg, 3))
	f.Add([]byte("a\n\n— b AAAAAAA=\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, msg []byte) {
		n, err := OpenNote(msg, note.VerifierList(k.Verifier(RoleCheckpoint)))
		var unverified *note.UnverifiedNoteError
		if errors.As(err, &unverified) {
			n, err = unverified.Note, nil
		}
		if err != nil {
			return
		}
		again := n.Text + "\n"
		lines := map[string]bool{}
		for _, s := range append(n.Sigs, n.UnverifiedSigs...) {
			lines[fmt.Sprintf("— %s %s\n", s.Name, s.Base64)] = true
		}
		for l := range lines {
			again += l
		}
		// each line was looked at: what was read is as long as what there was
		if len(again) != len(msg) {
			t.Fatalf("of %q only %q was read", msg, again)
		}
	})
}
