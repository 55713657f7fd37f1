package store_test

import (
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/store"
)

func TestLeafOfAnEntryNeverChanges(t *testing.T) {
	t.Parallel()
	a, b := evidence.DigestOf([]byte("a")), evidence.DigestOf([]byte("b"))
	e := store.Entry{Type: "pull", Key: "hr \"1\"\n", At: 1_796_083_200_000_001, Blobs: []evidence.Digest{b, a}, Lists: []evidence.Digest{a}, JSON: []byte(`{"n":[1,"…"]}`)}
	const want = `{"at":"2026-12-01T00:00:00.000001Z","blobs":["3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d",` +
		`"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"],"json":{"n":[1,"…"]},"key":"hr \"1\"\n",` +
		`"lists":["ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"],"schema":"tieout/entry/v1","type":"pull"}`
	if got := string(store.Leaf(e)); got != want {
		t.Errorf("leaf is\n%s\nwant\n%s", got, want)
	}
	const hash = "+6NPT2InY77c+YAfOUI1rQPOVDSnCTqyoQp8sLzAj2w="
	if got := tlog.RecordHash(store.Leaf(e)).String(); got != hash {
		t.Errorf("its hash is %s, want %s: every ledger there is would fail", got, hash)
	}
	const least = `{"at":"1970-01-01T00:00:00.000000Z","blobs":[],"json":null,"key":"","lists":[],"schema":"tieout/entry/v1","type":"x"}`
	if got := string(store.Leaf(store.Entry{Type: "x", JSON: []byte("null")})); got != least {
		t.Errorf("leaf is\n%s\nwant\n%s", got, least)
	}
}

func TestLeafIsCanonicalAndSaysEverything(t *testing.T) {
	t.Parallel()
	digests := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) evidence.Digest {
		return evidence.DigestOf(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
	}), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		json, err := canon.Marshal(rapid.MapOf(rapid.String(), rapid.Int64()).Draw(t, "json"))
		if err != nil {
			t.Fatal(err)
		}
		e := store.Entry{
			Type: rapid.StringMatching(`[a-z0-9_.-]{1,64}`).Draw(t, "type"), Key: rapid.String().Draw(t, "key"),
			At: evidence.Instant(rapid.Int64Range(-60_000_000_000_000_000, 200_000_000_000_000_000).Draw(t, "at")), Blobs: digests.Draw(t, "blobs"), Lists: digests.Draw(t, "lists"), JSON: json,
		}
		m, err := canon.ParseObject(store.Leaf(e))
		if err != nil || !canon.IsCanonical(store.Leaf(e)) {
			t.Fatalf("leaf %s: %v", store.Leaf(e), err)
		}
		again, err := canon.Append(nil, m["json"])
		if err != nil || string(again) != string(json) || m["type"] != e.Type || m["key"] != e.Key || m["at"] != e.At.String() ||
			len(m["blobs"].([]any)) != len(e.Blobs) || len(m["lists"].([]any)) != len(e.Lists) {
			t.Fatalf("leaf %s of %+v, %v", store.Leaf(e), e, err)
		}
	})
}
