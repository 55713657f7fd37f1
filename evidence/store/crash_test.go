//go:build unix

package store_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/store"
)

// background is the context of a process that only a signal ends.
var background = context.Background()

// The environment of a test binary that is to be a writer.
const (
	childDir   = "TIEOUT_STORE_CHILD"       // where it keeps its store
	childSeed  = "TIEOUT_STORE_CHILD_SEED"  // what it writes
	childLimit = "TIEOUT_STORE_CHILD_LIMIT" // how big a file may grow, as on a disk that is full
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := writeForever(dir, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeForever keeps blobs, records, lists and entries, and after each append
// acknowledges the entries on out. With a limit it goes on until that is hit.
func writeForever(dir string, out io.Writer) error {
	seed, err := strconv.ParseUint(os.Getenv(childSeed), 10, 64)
	if err != nil {
		return err
	}
	limit, err := strconv.ParseUint(os.Getenv(childLimit), 10, 64)
	if err != nil {
		return err
	}
	if limit > 0 {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			return err
		}
	}
	s, err := store.Open(background, filepath.Join(dir, "s"), store.Options{HeadFile: filepath.Join(dir, "head")})
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(seed, limit))
	for {
		if err := writeSome(s, r, out); err != nil {
			for range 3 { // a full disk does not stop whoever tries again
				_ = writeSome(s, r, out)
			}
			return errors.Join(err, s.Close())
		}
	}
}

func writeSome(s *store.Store, r *rand.Rand, out io.Writer) error {
	b := make([]byte, r.IntN(100_000))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	blob, _, err := s.Put(background, bytes.NewReader(b))
	if err != nil {
		return err
	}
	w, err := s.Records()
	if err != nil {
		return err
	}
	for range r.IntN(3000) {
		if err := w.Line(fmt.Appendf(nil, `{"n":%d}`, r.Uint64())); err != nil {
			return errors.Join(err, w.Abort())
		}
	}
	records, err := w.Commit()
	if err != nil {
		return err
	}
	list, err := s.PutList(background, []evidence.Digest{blob, records})
	if err != nil {
		return err
	}
	entries := make([]store.Entry, 1+r.IntN(20))
	for i := range entries {
		entries[i] = store.Entry{Type: "pull", JSON: fmt.Appendf(nil, "%d", r.Uint64()>>1), Blobs: []evidence.Digest{blob}, Lists: []evidence.Digest{list}}
	}
	first, err := s.Append(background, entries...)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	for i, e := range entries {
		fmt.Fprintf(&text, "%d %s %s\n", first+int64(i), e.JSON, blob)
	}
	_, err = out.Write(text.Bytes())
	return err
}

// child starts a writer. What it acknowledged is what out holds in whole lines
// once it has ended.
func child(t *testing.T, dir string, seed, limit uint64) (cmd *exec.Cmd, out, errs *bytes.Buffer) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), os.Args[0])
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, errs
	cmd.Env = append(os.Environ(), childDir+"="+dir, childSeed+"="+strconv.FormatUint(seed, 10), childLimit+"="+strconv.FormatUint(limit, 10))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out, errs
}

func TestAKilledWriterLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	rounds := 25
	if testing.Short() {
		rounds = 5
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	acknowledged := 0
	for i := range rounds {
		cmd, out, errs := child(t, dir, r.Uint64(), 0)
		time.Sleep(time.Duration(r.IntN(150_000)) * time.Microsecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		if errs.Len() > 0 {
			t.Fatalf("round %d: the writer said %s", i, errs)
		}
		if !wasMade(dir) {
			continue
		}
		if s, err := store.Open(t.Context(), filepath.Join(dir, "s"), store.Options{ReadOnly: true}); err == nil {
			acknowledged += whole(t, s, out.String())
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		} else if out.Len() > 0 {
			t.Fatalf("round %d: open for reading: %v", i, err)
		}
		s, err := store.Open(t.Context(), filepath.Join(dir, "s"), store.Options{HeadFile: filepath.Join(dir, "head")})
		if err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		whole(t, s, out.String())
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if acknowledged == 0 {
		t.Error("no writer came to acknowledge anything")
	}
	t.Logf("%d entries acknowledged", acknowledged)
}

func TestAFullDiskLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	acknowledged := 0
	for i, limit := range []uint64{0x200, 0x1000, 0x3000, 0x8001, 0xc000, 0x12345, 0x18000, 0x1ffff, 0x30000, 0x60000, 0x100000} {
		dir := t.TempDir()
		cmd, out, errs := child(t, dir, uint64(i), limit)
		if err := cmd.Wait(); err == nil || errs.Len() == 0 {
			t.Fatalf("limit %d: the writer ended with %v and said %q", limit, err, errs)
		}
		if strings.Contains(errs.String(), "panic") || strings.Contains(errs.String(), "fatal error") {
			t.Fatalf("limit %d: the writer ended badly: %s", limit, errs)
		}
		if strings.Contains(errs.String(), "damaged") {
			t.Errorf("limit %d: a full disk was taken for damage: %s", limit, errs)
		}
		s, err := store.Open(t.Context(), filepath.Join(dir, "s"), store.Options{HeadFile: filepath.Join(dir, "head")})
		if err != nil {
			t.Fatalf("limit %d: %v", limit, err)
		}
		acknowledged += whole(t, s, out.String())
		if left, err := os.ReadDir(filepath.Join(dir, "s", "blobs", "partial")); err != nil || len(left) != 0 {
			t.Errorf("limit %d: left over: %v, %v", limit, left, err)
		}
		put(t, s, "there is room again")
		if _, err := s.Append(t.Context(), store.Entry{Type: "x", JSON: []byte("1")}); err != nil {
			t.Errorf("limit %d: %v", limit, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if acknowledged == 0 {
		t.Error("no writer came to acknowledge anything")
	}
	t.Logf("%d entries acknowledged", acknowledged)
}

// wasMade reports whether the writer came as far as a journal.
func wasMade(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "s", "journal.sqlite"))
	return err == nil
}

// whole verifies a store and looks for everything that was acknowledged.
func whole(t *testing.T, s *store.Store, acknowledged string) (n int) {
	t.Helper()
	if r := verify(t, s); r.Verdict != store.Intact {
		t.Errorf("%+v", r)
	}
	for in := bufio.NewScanner(strings.NewReader(acknowledged)); in.Scan(); n++ {
		var index int64
		var json, blob string
		if _, err := fmt.Sscan(in.Text(), &index, &json, &blob); err != nil {
			t.Fatalf("%q: %v", in.Text(), err)
		}
		if e, err := s.Entry(t.Context(), index); err != nil || string(e.JSON) != json || len(e.Blobs) != 1 || e.Blobs[0].String() != blob {
			t.Errorf("acknowledged %s, kept %+v, %v", in.Text(), e, err)
		}
	}
	return n
}
