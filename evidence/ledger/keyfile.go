package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
)

const (
	keyHeader  = "tieout-key-v1"
	maxKeyFile = 4 << 10
)

// Save writes the keyring to a new file that only its owner may read. It never
// replaces a file: a key that was overwritten can sign nothing again.
func (k Keyring) Save(path string) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("save key %s: %w; a key is never overwritten: choose another file, or move the old one away", path, fs.ErrExist)
	}
	if err != nil {
		return fmt.Errorf("save key: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("save key %s: %w", path, err), os.Remove(path))
		}
	}()
	text := fmt.Sprintf("%s\n%s\n%s\n", keyHeader, k.name, base64.StdEncoding.EncodeToString([]byte(k.seed.Reveal())))
	if _, err := io.WriteString(f, text); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// LoadKeyring reads a key file. Where the system has owners and groups, a file
// that others than its owner may read is refused.
func LoadKeyring(path string) (*Keyring, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("load key: %w; make one with `tieout key new`", err)
	}
	if err != nil {
		return nil, fmt.Errorf("load key: %w", err)
	}
	text, err := readKeyFile(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("load key %s: %w", path, err)
	}
	k, err := parseKeyring(text)
	if err != nil {
		return nil, fmt.Errorf("load key %s: %w", path, err)
	}
	return k, nil
}

func readKeyFile(f *os.File) (string, error) {
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("not a regular file")
	}
	if perm := info.Mode().Perm(); runtime.GOOS != "windows" && perm&0o077 != 0 {
		return "", fmt.Errorf("others may read or write it (mode %04o); take that away with `chmod 600`, and make a new key if somebody may have read it", perm)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxKeyFile {
		return "", errors.New("too long for a key file")
	}
	return string(b), nil
}

// parseKeyring reads the three lines of a key file. Its errors name lines and
// never their content.
func parseKeyring(text string) (*Keyring, error) {
	lines := strings.Split(text, "\n")
	if lines[0] != keyHeader {
		return nil, fmt.Errorf("not a tieout key file: the first line is not %q", keyHeader)
	}
	if len(lines) != 4 || lines[3] != "" {
		return nil, errors.New("want exactly three lines: header, name and seed")
	}
	if err := checkName(lines[1]); err != nil {
		return nil, fmt.Errorf("line 2: %w", err)
	}
	seed, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(seed) != seedSize {
		return nil, fmt.Errorf("line 3: want base64 of %d bytes", seedSize)
	}
	return newKeyring(lines[1], seed), nil
}
