package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

type collect func(ctx context.Context, env source.Env, w evidence.Window, out source.Sink) error

func (c collect) Collect(ctx context.Context, env source.Env, w evidence.Window, out source.Sink) error {
	return c(ctx, env, w, out)
}

func plan(t testing.TB, k engine.Keeper, c collect) engine.Pull {
	return engine.Pull{
		Source: "s", Type: source.Spec{Name: "invented", Emits: []evidence.Kind{"grant", "resource"}}, Collector: c, Window: sourcetest.Window,
		Clock: func() evidence.Instant { return sourcetest.Now }, Keeper: k, Schemas: kinds.Of, TempDir: t.TempDir(),
	}
}

func run(t *testing.T, c collect) (*engine.Result, *sourcetest.Keeper) {
	t.Helper()
	k := &sourcetest.Keeper{}
	res, err := engine.Run(t.Context(), plan(t, k, c))
	if err != nil {
		t.Fatal(err)
	}
	return res, k
}

func resource(id string) *evidence.Record {
	r := kinds.New("resource")
	for column, v := range map[string]any{"resource_id": id, "component_id": "c", "resource_kind": "registry", "in_scope": true, "owner_id": "o"} {
		if err := r.Set(column, v); err != nil {
			panic(err)
		}
	}
	r.Raw, r.Item = evidence.DigestOf([]byte("page")), 1
	return r
}

func reasons(res *engine.Result) []string {
	var out []string
	for _, g := range res.Gaps {
		out = append(out, fmt.Sprintf("%s %s %v %s", g.Kind, g.Reason, g.Columns, g.Source))
	}
	return out
}

func TestAnErrorOfTheSourceIsAGapOfEveryKind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]collect{
		"error": func(_ context.Context, _ source.Env, _ evidence.Window, out source.Sink) error {
			return errors.Join(out.Put(resource("R1")), errors.New("the server closed the connection"))
		},
		"panic": func(_ context.Context, _ source.Env, _ evidence.Window, out source.Sink) error {
			if err := out.Put(resource("R1")); err != nil {
				return err
			}
			panic("the server closed the connection")
		},
		"kind not declared": func(_ context.Context, _ source.Env, _ evidence.Window, out source.Sink) error {
			if err := out.Put(resource("R1")); err != nil {
				return err
			}
			return out.Total(evidence.Total{Kind: "change: the server closed the connection"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, k := run(t, c)
			if len(k.Lines) != 1 || !strings.Contains(res.Error, "the server closed the connection") {
				t.Errorf("%d lines, %s", len(k.Lines), res.Error)
			}
			if want := []string{"grant pull_failed [] s", "resource pull_failed [] s"}; !slices.Equal(reasons(res), want) {
				t.Errorf("%q", reasons(res))
			}
			if res.Gaps[0].From != sourcetest.Window.From || res.Gaps[0].To != sourcetest.Window.To {
				t.Error("the gap is not of the whole window")
			}
		})
	}
}

func TestATotalThatDiffersIsAGap(t *testing.T) {
	t.Parallel()
	for total, want := range map[int64]int{4: 0, 5: 1, 3: 1} {
		res, _ := run(t, func(_ context.Context, _ source.Env, _ evidence.Window, out source.Sink) error {
			bad := resource("R9")
			bad.Values[0], bad.NativeID = nil, ""
			out.Drop("resource", "not ours", 1)
			return errors.Join(out.Put(resource("R1")), out.Put(resource("R1")), out.Put(bad), out.Total(evidence.Total{Kind: "resource", Count: total, Basis: "count(*)"}))
		})
		n := 0
		for _, g := range res.Gaps {
			if g.Reason == evidence.GapCountMismatch {
				n++
			}
		}
		if n != want {
			t.Errorf("total %d: %q", total, reasons(res))
		}
		if c := res.Kinds[1]; c.Put != 1 || c.Duplicates != 1 || c.Rejected != 1 || c.Accounted() != 4 {
			t.Errorf("%+v", c)
		}
	}
}

func TestColumnsThatNothingGaveAreAGap(t *testing.T) {
	t.Parallel()
	c := func(say bool) collect {
		return func(_ context.Context, env source.Env, _ evidence.Window, out source.Sink) error {
			if say {
				env.Provides("resource", "owner_id")
			}
			r := resource("R1")
			return errors.Join(r.Set("owner_id", nil), out.Put(r))
		}
	}
	if res, _ := run(t, c(false)); !slices.Equal(reasons(res), []string{"resource not_provided [owner_id] s"}) {
		t.Errorf("%q", reasons(res))
	}
	if res, _ := run(t, c(true)); len(res.Gaps) > 0 {
		t.Errorf("%q", reasons(res))
	}
}

func TestAPullThatCannotBeKeptIsAnError(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	for name, c := range map[string]collect{
		"raw": func(_ context.Context, _ source.Env, _ evidence.Window, out source.Sink) error {
			_, _ = out.Raw("page", strings.NewReader("x"))
			return nil // a collector that does not look
		},
		"records": func(_ context.Context, _ source.Env, _ evidence.Window, out source.Sink) error {
			return out.Put(resource("R1"))
		},
	} {
		if res, err := engine.Run(t.Context(), plan(t, &sourcetest.Keeper{Fail: full}, c)); !errors.Is(err, full) || res != nil {
			t.Errorf("%s: %v %v", name, res, err)
		}
	}
}

func TestACancelledPullKeepsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	k := &sourcetest.Keeper{}
	res, err := engine.Run(ctx, plan(t, k, func(_ context.Context, _ source.Env, _ evidence.Window, out source.Sink) error {
		for i := range 10 {
			if i == 5 {
				cancel()
			}
			_ = out.Put(resource(fmt.Sprint(i))) // a collector that does not look
		}
		return nil
	}))
	if res != nil || !errors.Is(err, context.Canceled) || k.Lines != nil {
		t.Errorf("%v %v", res, err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAPageThatBreaksOffIsTheSourcesFault(t *testing.T) {
	t.Parallel()
	res, _ := run(t, func(_ context.Context, _ source.Env, _ evidence.Window, out source.Sink) error {
		_, err := out.Raw("page 2", broken{})
		return err
	})
	if !strings.Contains(res.Error, "read page 2: unexpected EOF") {
		t.Error(res.Error)
	}
}

func TestTheOrderOfRecordsIsTheirOwn(t *testing.T) {
	t.Parallel()
	const n = 60_000 // more than is sorted in memory at once
	var first evidence.Digest
	for seed := range uint64(2) {
		dir := t.TempDir()
		k := &sourcetest.Keeper{}
		p := plan(t, k, func(_ context.Context, _ source.Env, _ evidence.Window, out source.Sink) error {
			for _, i := range rand.New(rand.NewPCG(seed, 1)).Perm(n) {
				r := resource(fmt.Sprintf("R%06d", i))
				r.Item = int64(i + 1)
				if err := r.Set("owner_id", strings.Repeat("x", 600)); err != nil {
					return err
				}
				if err := out.Put(r); err != nil {
					return err
				}
			}
			return nil
		})
		p.TempDir = dir
		res, err := engine.Run(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("files left over: %v %v", left, err)
		}
		if len(k.Lines) != n || res.Kinds[1].Put != n {
			t.Fatalf("%d lines", len(k.Lines))
		}
		if seed == 0 {
			first = res.Records
		} else if first != res.Records {
			t.Error("the order in which records came shows")
		}
	}
}

func TestTheManifestIsCanonicalAndItsEntryShort(t *testing.T) {
	t.Parallel()
	res, k := run(t, func(_ context.Context, env source.Env, _ evidence.Window, out source.Sink) error {
		for i := range 5000 {
			if err := out.Reject(source.Rejection{Kind: "grant", File: "f", Item: int64(i), Reason: strings.Repeat("r", 100)}); err != nil {
				return err
			}
			env.Page(source.Page{Name: fmt.Sprint(i)})
		}
		return nil
	})
	b := k.Blobs[res.Manifest]
	if !canon.IsCanonical(b) || !bytes.Contains(b, []byte(`"schema":"tieout/pull/v1"`)) {
		t.Error("the manifest is not kept as canonical JSON")
	}
	short, err := canon.Marshal(res.Entry())
	if err != nil || len(short) > 4096 {
		t.Errorf("an entry of %d bytes, %v", len(short), err)
	}
	if len(res.Rejected) != engine.MaxRejected || res.Kinds[0].Rejected != 5000 || len(res.Blobs()) != 2 {
		t.Errorf("%d listed, %d counted, %d blobs", len(res.Rejected), res.Kinds[0].Rejected, len(res.Blobs()))
	}
}
