package store_test

import (
	"testing"

	"github.com/tieout/tieout/evidence/store"
	"github.com/tieout/tieout/evidence/store/storetest"
)

func TestFolderKeepsTheContractOfBlobs(t *testing.T) {
	t.Parallel()
	storetest.Blobs(t, func(t *testing.T, place string) store.Blobs { return open(t, place).Blobs })
}

func TestSQLiteKeepsTheContractOfJournals(t *testing.T) {
	t.Parallel()
	storetest.Journal(t, func(t *testing.T, place string) store.Journal { return open(t, place).Journal })
}

// open opens a store for writing until the test ends.
func open(t testing.TB, dir string) *store.Store { return openWith(t, dir, store.Options{}) }

func openWith(t testing.TB, dir string, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
