package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	headHeader  = "tieout-head-v1"
	maxHeadFile = 1 << 10
)

// ReadHead reads the head that WriteHead kept. The second value is false where
// there is no such file; a file that cannot be read as a head is an error, since
// taking it for absent would forget what it was kept for.
func ReadHead(path string) (Head, bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Head{}, false, nil
	}
	if err != nil {
		return Head{}, false, fmt.Errorf("read kept head: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxHeadFile))
	if err = errors.Join(err, f.Close()); err != nil {
		return Head{}, false, fmt.Errorf("read kept head %s: %w", path, err)
	}
	h, err := parseHead(string(b))
	if err != nil {
		return Head{}, false, fmt.Errorf("read kept head %s: %w; compare with the last checkpoint you handed out before you remove the file", path, err)
	}
	return h, true, nil
}

// WriteHead keeps the head in a small file of its own, replacing the one before
// in one step.
func WriteHead(path string, h Head) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keep head: %w", err)
	}
	f, err := os.CreateTemp(dir, ".head-*")
	if err != nil {
		return fmt.Errorf("keep head: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("keep head %s: %w", path, err), os.Remove(f.Name()))
		}
	}()
	if _, err := fmt.Fprintf(f, "%s\n%d\n%s\n", headHeader, h.Size, h.Root); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func parseHead(text string) (Head, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] != headHeader || lines[3] != "" {
		return Head{}, fmt.Errorf("want three lines: %s, size and root", headHeader)
	}
	size, err := parseSize(lines[1])
	if err != nil {
		return Head{}, fmt.Errorf("size: %w", err)
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return Head{}, fmt.Errorf("root: %w", err)
	}
	return Head{Size: size, Root: root}, nil
}
