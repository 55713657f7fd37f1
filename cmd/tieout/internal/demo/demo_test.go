package demo

import (
	"bytes"
	"io/fs"
	"os"
	"testing"
)

// TestTheExampleIsTheSameEverywhere writes it twice and compares every byte.
func TestTheExampleIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	a, b := t.TempDir(), t.TempDir()
	e, err := Write(a, true, "tieout")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Write(b, true, "tieout"); err != nil {
		t.Fatal(err)
	}
	if len(e.Plants) < 20 {
		t.Errorf("%d problems are planted, want 20 at least", len(e.Plants))
	}
	files := 0
	err = fs.WalkDir(os.DirFS(a), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		x, err := fs.ReadFile(os.DirFS(a), path)
		if err != nil {
			return err
		}
		y, err := fs.ReadFile(os.DirFS(b), path)
		if err != nil || !bytes.Equal(x, y) {
			t.Errorf("%s differs (%v)", path, err)
		}
		return nil
	})
	if err != nil || files < 20 {
		t.Errorf("%d files, %v", files, err)
	}
}

// TestPlantsChangeTheData compares the example with and without problems.
func TestPlantsChangeTheData(t *testing.T) {
	t.Parallel()
	sound, err := newWorld("tieout")
	if err != nil {
		t.Fatal(err)
	}
	planted, err := newWorld("tieout")
	if err != nil {
		t.Fatal(err)
	}
	table := planted.plantAll()
	lost := len(sound.rows["decision"]) - len(planted.rows["decision"])
	for _, p := range table {
		for _, f := range p.Finds {
			if f.Test == "AI-LOG-01.T1" && len(f.Items) != lost {
				t.Errorf("%d decisions were taken out of the log, the table names %d", lost, len(f.Items))
			}
		}
	}
	if lost == 0 {
		t.Error("no decision was taken out of the log")
	}
}
