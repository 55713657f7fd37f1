package logfile

import (
	"errors"
	"fmt"
	"os"
)

// ErrNotRegular is the error of a path that names a folder, a pipe or a device.
var ErrNotRegular = errors.New("it is no ordinary file")

// OpenRegular opens an ordinary file, or one that a link leads to, for reading.
// It never waits for the other end of a pipe.
func OpenRegular(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|dontWait, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("open %s: %w", path, ErrNotRegular)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
