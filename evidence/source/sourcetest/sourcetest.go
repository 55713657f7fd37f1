package sourcetest

import (
	"bytes"
	"context"
	"os"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Fixture is what a source is tested with.
type Fixture struct {
	Config string            // the source's entry of a workspace file
	Empty  string            // one that asks for something that holds no row; none where there is always one, or where an empty source is a gap
	Dir    string            // the workspace's directory
	Secret map[string]string // what references resolve to; none of it may be printed
	Rows   int64             // how many records Config must give
}

// Now is the moment of every pull in these tests.
var Now, _ = evidence.ParseInstant("2026-07-06T09:00:00Z")

// Window is the window of every pull in these tests.
var Window = evidence.Window{From: Now - 180*86400e6, To: Now}

// Collector makes a collector from an entry of a workspace file.
func Collector(t testing.TB, spec source.Spec, config string) source.Collector {
	t.Helper()
	c, err := Parse(spec, config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Parse is Collector for a test that wants to see the error.
func Parse(spec source.Spec, config string) (source.Collector, error) {
	var raw strictyaml.Raw
	if err := strictyaml.Load("tieout.yaml", []byte(config), &raw); err != nil {
		return nil, err
	}
	return spec.New(raw)
}

// Pull runs one collector over the directory and returns the manifest and
// what was kept.
func Pull(t testing.TB, spec source.Spec, config, dir string) (*engine.Result, *Keeper) {
	t.Helper()
	k := &Keeper{}
	res, err := engine.Run(t.Context(), Plan(t, spec, Fixture{Config: config, Dir: dir}, config, k))
	if err != nil {
		t.Fatal(err)
	}
	return res, k
}

// Plan returns a pull that is ready to run.
func Plan(t testing.TB, spec source.Spec, f Fixture, config string, k engine.Keeper) engine.Pull {
	t.Helper()
	root, err := os.OpenRoot(f.Dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return engine.Pull{
		Source: "under-test", Type: spec, Collector: Collector(t, spec, config), Window: Window, Clock: func() evidence.Instant { return Now },
		Keeper: k, Files: root, Schemas: kinds.Of, TempDir: t.TempDir(),
		Secrets: func(ref string) (secret.Value, error) { return secret.New(f.Secret[ref]), nil },
	}
}

// Run tests one source.
func Run(t *testing.T, spec source.Spec, f Fixture) {
	t.Run("says what it needs and how it is configured", func(t *testing.T) {
		if spec.Summary == "" || len(spec.Access) == 0 || spec.Sample == "" {
			t.Error("summary, access and sample are what doctor and the documentation print")
		}
		if _, err := Parse(spec, spec.Sample); err != nil {
			t.Errorf("the sample is no configuration: %v", err)
		}
	})
	t.Run("shows declared kinds only, each as its schema says", func(t *testing.T) {
		k := &Keeper{}
		p := Plan(t, spec, f, f.Config, k)
		res, err := engine.Run(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		declared := map[evidence.Kind]bool{}
		for _, kind := range source.Kinds(spec, p.Collector) {
			declared[kind] = true
		}
		if res.Error != "" || int64(len(k.Lines)) != f.Rows {
			t.Fatalf("%d records, want %d; %s", len(k.Lines), f.Rows, res.Error)
		}
		for _, line := range k.Lines {
			r, err := evidence.DecodeRecord(line, kinds.Of)
			if err != nil {
				t.Fatal(err)
			}
			if !declared[r.Schema.Kind] || r.Raw.IsZero() || r.Item == 0 {
				t.Fatalf("not declared, or without its place: %s", line)
			}
		}
	})
	t.Run("gives the same bytes twice", func(t *testing.T) {
		a, b := &Keeper{}, &Keeper{}
		ra, errA := engine.Run(t.Context(), Plan(t, spec, f, f.Config, a))
		rb, errB := engine.Run(t.Context(), Plan(t, spec, f, f.Config, b))
		if errA != nil || errB != nil || ra.Records != rb.Records || ra.Manifest != rb.Manifest {
			t.Fatalf("the second pull differs: %v %v", errA, errB)
		}
	})
	t.Run("ends soon when it is told to", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		plan, ended := Plan(t, spec, f, f.Config, &Keeper{}), make(chan error, 1)
		go func() {
			_, err := engine.Run(ctx, plan)
			ended <- err
		}()
		select {
		case err := <-ended:
			if err == nil {
				t.Error("a cancelled pull was kept")
			}
		case <-time.After(time.Second):
			t.Error("it goes on after a second")
		}
	})
	t.Run("prints no secret", func(t *testing.T) {
		k := &Keeper{}
		if _, err := engine.Run(t.Context(), Plan(t, spec, f, f.Config, k)); err != nil {
			t.Fatal(err)
		}
		for _, s := range f.Secret {
			for _, b := range k.Blobs {
				if bytes.Contains(b, []byte(s)) {
					t.Errorf("a secret stands in what was kept")
				}
			}
		}
	})
	if f.Empty == "" {
		return
	}
	t.Run("holds nothing to be no gap", func(t *testing.T) {
		res, err := engine.Run(t.Context(), Plan(t, spec, f, f.Empty, &Keeper{}))
		if err != nil {
			t.Fatal(err)
		}
		if res.Error != "" || len(res.Gaps) > 0 {
			t.Errorf("no rows became gaps: %+v %s", res.Gaps, res.Error)
		}
	})
}
