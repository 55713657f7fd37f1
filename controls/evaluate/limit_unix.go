//go:build linux || darwin

package evaluate

import (
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/tieout/tieout/controls/evaluate/readonly"
)

// What a child may use. Sorting a large population goes through temporary
// files, so files may be written, but none that fills a disk. What is mapped of
// the frozen file comes on top.
const (
	memoryBudget = 1 << 30
	fileBudget   = 8 << 30
	cpuSeconds   = 4 * 60 * 60
)

// limitSelf lowers the limits of this process for good. Only Linux bounds the
// address space: elsewhere a process reserves more than any sensible limit.
func limitSelf() error {
	limits := map[int]uint64{unix.RLIMIT_CPU: cpuSeconds, unix.RLIMIT_FSIZE: fileBudget, unix.RLIMIT_CORE: 0}
	if runtime.GOOS == "linux" {
		limits[unix.RLIMIT_AS] = addressSpace() + memoryBudget + workers*readonly.Mapped
	}
	for resource, most := range limits {
		if err := lower(resource, most); err != nil {
			return err
		}
	}
	return nil
}

// addressSpace is what the process holds already, which is mostly reserved
// and not used: a limit has to leave it.
func addressSpace() uint64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err == nil {
		if fields := strings.Fields(string(statm)); len(fields) > 0 {
			if pages, err := strconv.ParseUint(fields[0], 10, 64); err == nil {
				return pages * uint64(os.Getpagesize())
			}
		}
	}
	return 2 << 30
}

// lower sets a limit, or keeps a lower one that is there.
func lower(resource int, most uint64) error {
	var now unix.Rlimit
	if err := unix.Getrlimit(resource, &now); err != nil {
		return err
	}
	want := unix.Rlimit{Cur: min(now.Cur, most), Max: min(now.Max, most)}
	return unix.Setrlimit(resource, &want)
}
