package bundle

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/export"
)

// zeros gives so many zero bytes.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), z.left))
	clear(p[:n])
	z.left -= int64(n)
	return n, nil
}

func TestABigPackageNeedsLittleMemory(t *testing.T) {
	const size = 5 << 30
	if os.Getenv("TIEOUT_BIG") == "" {
		t.Skip("set TIEOUT_BIG=1 to write and verify a package of five gigabytes")
	}
	in := theWorld().input(t)
	open := func() (io.ReadCloser, error) { return io.NopCloser(&zeros{size}), nil }
	h := sha256.New()
	if _, err := io.Copy(h, &zeros{size}); err != nil {
		t.Fatal(err)
	}
	in.Files = append(in.Files, File{Path: "evidence/big.bin", Open: open})
	in.Dossier.Evidence = append(in.Dossier.Evidence, export.EvidenceItem{ID: "EV-2", File: "evidence/big.bin", Bytes: size, SHA256: evidence.Digest(h.Sum(nil)).String(), LedgerIndex: 4})
	path := written(t, in)
	if r := verified(t, path, options(t)); r.Verdict != Valid {
		t.Errorf("%+v", r.Problems)
	}
	if python() != "" {
		if got, said := runPython(t, path, keyring(t, 7).VerifierKey(ledger.RoleManifest)); got != Valid {
			t.Errorf("verify.py: %s", said)
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("this system does not tell how much memory was used")
	}
	for line := range strings.Lines(string(status)) {
		var kb int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kb); n == 1 {
			t.Logf("at most %d MiB", kb>>10)
			if kb > 256<<10 {
				t.Errorf("%d MiB of memory", kb>>10)
			}
		}
	}
}
