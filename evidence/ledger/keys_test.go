package ledger

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestKeysOfRolesDiffer(t *testing.T) {
	t.Parallel()
	k := fixed(t, "example", 7)
	seen := map[string]bool{}
	for _, r := range Roles() {
		vkey := k.VerifierKey(r)
		v, err := ParseVerifier(" " + vkey + "\n")
		if err != nil {
			t.Fatal(err)
		}
		s := k.Signer(r)
		if s.Name() != "example/"+string(r) || v.Name() != s.Name() || v.KeyHash() != s.KeyHash() {
			t.Errorf("signer %s/%08x, verifier %s/%08x", s.Name(), s.KeyHash(), v.Name(), v.KeyHash())
		}
		sig, err := s.Sign([]byte("text"))
		if err != nil || !v.Verify([]byte("text"), sig) {
			t.Errorf("%s: own signature does not verify: %v", r, err)
		}
		key := vkey[strings.LastIndex(vkey, "+"):]
		if seen[key] {
			t.Errorf("%s uses the key of another role", r)
		}
		seen[key] = true
	}
}

func TestDerivedKeysNeverChange(t *testing.T) {
	t.Parallel()
	const want = "example/checkpoint+9496e643+ATd8hkvXVLIgq7uXi0RbWhshqzCr6i7z7CYSPy14+5cf"
	if got := fixed(t, "example", 7).VerifierKey(RoleCheckpoint); got != want {
		t.Errorf("the key of a fixed seed is %s, want %s: whoever pinned it could verify nothing any more", got, want)
	}
}

func TestKeyFileSurvivesSaveAndLoad(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	k, err := NewKeyring("example-lending.2026", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	l, err := LoadKeyring(path)
	if err != nil {
		t.Fatal(err)
	}
	if l.Name() != k.Name() || l.VerifierKey(RoleManifest) != k.VerifierKey(RoleManifest) {
		t.Error("the loaded key is another one")
	}
	before, _ := os.ReadFile(path)
	if err := k.Save(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second save: %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("a key file was overwritten")
	}
}

func TestKeyFileThatOthersMayReadIsRefused(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no owner and group modes here")
	}
	path := filepath.Join(t.TempDir(), "key")
	if err := fixed(t, "example", 7).Save(path); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o602} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKeyring(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestMalformedKeyFilesAreRefused(t *testing.T) {
	t.Parallel()
	seed := base64.StdEncoding.EncodeToString(make([]byte, seedSize))
	for _, text := range []string{
		"", "tieout-key-v2\nn\n" + seed + "\n", "tieout-key-v1\nn\n" + seed, "tieout-key-v1\nN\n" + seed + "\n",
		"tieout-key-v1\n\n" + seed + "\n", "tieout-key-v1\nn\n" + seed[4:] + "\n", "tieout-key-v1\nn\n" + seed + "\n\n",
		"tieout-key-v1\r\nn\r\n" + seed + "\r\n", "tieout-key-v1\nn\n" + seed + " \n",
	} {
		_, err := parseKeyring(text)
		if err == nil {
			t.Errorf("%q was read", text)
		} else if strings.Contains(err.Error(), seed[:20]) {
			t.Errorf("the error shows the seed: %v", err)
		}
	}
	if _, err := LoadKeyring(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "tieout key new") {
		t.Errorf("no file: %v", err)
	}
	if _, err := LoadKeyring(t.TempDir()); err == nil {
		t.Error("a folder was read as a key")
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	k := fixed(t, "example", 'S')
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", k, "value", *k, "signer", k.Signer(RoleManifest))
	asJSON, err := json.Marshal(k) //nolint:staticcheck // that nothing is encoded is what is tested
	if err != nil {
		t.Fatal(err)
	}
	out := log.String() + string(asJSON)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		out += fmt.Sprintf(verb, k) + fmt.Sprintf(verb, *k) + fmt.Sprintf(verb, k.Signer(RoleManifest))
	}
	for _, leak := range []string{"SSSS", "53535353", "83 83", "U1NT", "0x53"} {
		if strings.Contains(out, leak) {
			t.Errorf("printed the seed (%s): %s", leak, out)
		}
	}
}

func TestBadKeyNamesAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Upper", "a b", "a+b", "a/b", "ä", "a\n", strings.Repeat("a", 65)} {
		if _, err := NewKeyring(name, rand.Reader); err == nil {
			t.Errorf("name %q was taken", name)
		}
	}
	if _, err := NewKeyring("ok", strings.NewReader("too little")); err == nil {
		t.Error("a short seed was taken")
	}
}

func TestVerifierKeyErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	good := fixed(t, "example", 7).VerifierKey(RoleManifest)
	parts := strings.SplitN(good, "+", 3)
	for name, vkey := range map[string]string{
		"empty": "", "one word": "hello", "cut": good[:len(good)-4], "other name": "x" + good,
		"other hash": parts[0] + "+00000000+" + parts[2], "file path": "keys/log.pub",
	} {
		if _, err := ParseVerifier(vkey); err == nil || !strings.Contains(err.Error(), "tieout key show") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, vkey := range []string{"PRIVATE+KEY+a+b+SECRETPART", "tieout-key-v1\nexample\nSECRETPART\n"} {
		if _, err := ParseVerifier(vkey); err == nil || !strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "SECRETPART") {
			t.Errorf("secret key pasted: %v", err)
		}
	}
}

func TestKeptHeadSurvivesAndIsStrict(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state", "head")
	if _, ok, err := ReadHead(path); ok || err != nil {
		t.Fatalf("no file: %v, %v", ok, err)
	}
	_, heads := grow(names(3)...)
	for _, h := range heads {
		if err := WriteHead(path, h); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := ReadHead(path); !ok || err != nil || got != h {
			t.Fatalf("ReadHead = %v, %v, %v; want %v", got, ok, err, h)
		}
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("left over: %v, %v", files, err)
	}
	for _, text := range []string{"", "tieout-head-v1\n3\n", "tieout-head-v1\n03\n" + heads[3].Root.String() + "\n", "other\n3\n" + heads[3].Root.String() + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := ReadHead(path); err == nil || ok {
			t.Errorf("%q was read as a head or as none", text)
		}
	}
}
