package ledger

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const origin = "tieout/example-lending/ledger"

// fixed is a keyring of a known seed, so that failures can be repeated.
func fixed(t *testing.T, name string, b byte) *Keyring {
	t.Helper()
	k, err := NewKeyring(name, bytes.NewReader(bytes.Repeat([]byte{b}, seedSize)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestPublishedNoteVectorVerifies(t *testing.T) {
	t.Parallel()
	const vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
	const msg = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
	v, err := ParseVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open([]byte(msg), note.VerifierList(v))
	if err != nil || n.Text != "This is an example message.\n" {
		t.Fatalf("Open = %v, %v", n, err)
	}
	changed := strings.Replace(msg, "example message", "exemplary message", 1)
	if _, err := note.Open([]byte(changed), note.VerifierList(v)); err == nil {
		t.Fatal("a changed note verified")
	}
}

func TestCheckpointTextIsTheStandardOne(t *testing.T) {
	t.Parallel()
	k := fixed(t, "example", 7)
	_, heads := grow("a", "b")
	msg, err := FormatCheckpoint(Checkpoint{Origin: origin, Head: heads[2], Extensions: []string{"note one"}}, k.Signer(RoleCheckpoint))
	if err != nil {
		t.Fatal(err)
	}
	want := origin + "\n2\n" + heads[2].Root.String() + "\nnote one\n\n— example/checkpoint "
	if !strings.HasPrefix(string(msg), want) {
		t.Fatalf("checkpoint is\n%s\nwant it to begin\n%s", msg, want)
	}
	c, err := ParseCheckpoint(msg, origin, k.Verifier(RoleCheckpoint))
	if err != nil || c.Head != heads[2] || len(c.Extensions) != 1 {
		t.Fatalf("ParseCheckpoint = %+v, %v", c, err)
	}
	if claimed, err := ClaimedCheckpoint(msg); err != nil || claimed.Head != c.Head {
		t.Fatalf("ClaimedCheckpoint = %+v, %v", claimed, err)
	}
}

func TestCheckpointOfAnotherKeyRoleLedgerOrContentIsRefused(t *testing.T) {
	t.Parallel()
	k, other := fixed(t, "example", 7), fixed(t, "example", 8)
	_, heads := grow("a", "b")
	sign := func(s ...note.Signer) []byte {
		msg, err := FormatCheckpoint(Checkpoint{Origin: origin, Head: heads[2]}, s...)
		if err != nil {
			t.Fatal(err)
		}
		return msg
	}
	good := sign(k.Signer(RoleCheckpoint))
	pinned := k.Verifier(RoleCheckpoint)
	var unknown *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError

	if _, err := ParseCheckpoint(sign(other.Signer(RoleCheckpoint)), origin, pinned); !errors.As(err, &unknown) {
		t.Errorf("unknown key: %v", err)
	}
	if _, err := ParseCheckpoint(sign(k.Signer(RoleManifest)), origin, pinned); !errors.As(err, &unknown) {
		t.Errorf("key of another role: %v", err)
	}
	if _, err := ParseCheckpoint(good, origin); !errors.As(err, &unknown) {
		t.Errorf("no key pinned: %v", err)
	}
	if _, err := ParseCheckpoint(bytes.Replace(good, []byte("\n2\n"), []byte("\n3\n"), 1), origin, pinned); !errors.As(err, &invalid) {
		t.Errorf("changed size: %v", err)
	}
	if _, err := ParseCheckpoint(good, "tieout/other/ledger", pinned); err == nil {
		t.Error("another ledger's checkpoint was taken")
	}
	if _, err := ParseCheckpoint(sign(other.Signer(RoleCheckpoint), k.Signer(RoleCheckpoint)), origin, pinned); err != nil {
		t.Errorf("a further signature by an unknown key must be ignored: %v", err)
	}
	if _, err := FormatCheckpoint(Checkpoint{Origin: origin}); err == nil {
		t.Error("a checkpoint was written without signature")
	}
	for _, o := range []string{"", "two\nlines", "tab\t"} {
		if _, err := FormatCheckpoint(Checkpoint{Origin: o}, k.Signer(RoleCheckpoint)); err == nil {
			t.Errorf("origin %q was written", o)
		}
	}
}

func TestMalformedCheckpointsAreRefused(t *testing.T) {
	t.Parallel()
	root := Hash{1}.String()
	for _, body := range []string{
		"", "\n", "o\n", "o\n1\n", "o\n01\n" + root + "\n", "o\n-1\n" + root + "\n", "o\n+1\n" + root + "\n",
		"o\n1\nAAAA\n", "o\n1\n" + root + "=\n", "\n1\n" + root + "\n", "o\n1\n" + root + "\n\nx\n", "o\n99999999999999999999\n" + root + "\n",
	} {
		if c, err := parseBody(body); err == nil {
			t.Errorf("body %q was read as %+v", body, c)
		}
	}
	for _, msg := range []string{"", "no signature\n", "o\n1\n" + root + "\n\n", strings.Repeat("x", MaxNote+1)} {
		if _, err := ClaimedCheckpoint([]byte(msg)); err == nil {
			t.Errorf("note %.40q was read", msg)
		}
	}
}

func TestProofTravelsAsText(t *testing.T) {
	t.Parallel()
	k := fixed(t, "example", 7)
	leaves := names(21)
	s, heads := grow(leaves...)
	msg, err := FormatCheckpoint(Checkpoint{Origin: origin, Head: heads[21]}, k.Signer(RoleCheckpoint))
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(21) {
		path, err := ProveInclusion(i, 21, s)
		if err != nil {
			t.Fatal(err)
		}
		text, err := FormatProof(Proof{Index: i, Path: path, Checkpoint: msg, Extra: []byte("commitment")})
		if err != nil {
			t.Fatal(err)
		}
		p, err := ParseProof(text)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if c, err := p.Verify([]byte(leaves[i]), origin, k.Verifier(RoleCheckpoint)); err != nil || c.Head != heads[21] || string(p.Extra) != "commitment" {
			t.Fatalf("entry %d: %+v, %v", i, c, err)
		}
		if _, err := p.Verify([]byte("something else"), origin, k.Verifier(RoleCheckpoint)); err == nil {
			t.Fatalf("entry %d: another leaf verified", i)
		}
		p.Index++
		if _, err := p.Verify([]byte(leaves[i]), origin, k.Verifier(RoleCheckpoint)); err == nil {
			t.Fatalf("entry %d verified at another index", i)
		}
	}
}

func TestProofLayoutIsTheStandardOne(t *testing.T) {
	t.Parallel()
	k := fixed(t, "example", 7)
	s, heads := grow("a", "b")
	msg, err := FormatCheckpoint(Checkpoint{Origin: origin, Head: heads[2]}, k.Signer(RoleCheckpoint))
	if err != nil {
		t.Fatal(err)
	}
	path, err := ProveInclusion(1, 2, s)
	if err != nil {
		t.Fatal(err)
	}
	text, err := FormatProof(Proof{Index: 1, Path: path, Checkpoint: msg})
	if err != nil {
		t.Fatal(err)
	}
	want := "c2sp.org/tlog-proof@v1\nindex 1\n" + tlog.RecordHash([]byte("a")).String() + "\n\n" + string(msg)
	if string(text) != want {
		t.Fatalf("proof is\n%s\nwant\n%s", text, want)
	}
}

func FuzzParseProof(f *testing.F) {
	k, err := NewKeyring("example", bytes.NewReader(make([]byte, seedSize)))
	if err != nil {
		f.Fatal(err)
	}
	s, heads := grow("a", "b", "c")
	msg, err := FormatCheckpoint(Checkpoint{Origin: origin, Head: heads[3]}, k.Signer(RoleCheckpoint))
	if err != nil {
		f.Fatal(err)
	}
	path, err := ProveInclusion(1, 3, s)
	if err != nil {
		f.Fatal(err)
	}
	good, err := FormatProof(Proof{Index: 1, Path: path, Checkpoint: msg, Extra: []byte{0}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 0\n\n" + string(msg)))
	f.Add([]byte("c2sp.org/tlog-proof@v1\n\n\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ParseProof(text)
		if err != nil {
			return
		}
		again, err := FormatProof(p)
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("what was read is not what would be written: %v\n%q\n%q", err, text, again)
		}
		if _, err := p.Verify([]byte("never appended"), origin, k.Verifier(RoleCheckpoint)); err == nil {
			t.Fatal("an entry that was never appended verified")
		}
	})
}

func FuzzClaimedCheckpoint(f *testing.F) {
	f.Add([]byte("o\n1\n" + Hash{1}.String() + "\n\n— a AAAAAAAA\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, msg []byte) {
		c, err := ClaimedCheckpoint(msg)
		if err != nil {
			return
		}
		body, err := c.body()
		if err == nil && !bytes.HasPrefix(msg, []byte(body)) {
			t.Fatalf("read %q as %q", msg, body)
		}
	})
}
