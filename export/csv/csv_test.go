package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
)

func readAll(t testing.TB, b []byte) ([][]Cell, error) {
	t.Helper()
	r := NewReader(bytes.NewReader(b))
	var out [][]Cell
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, slices.Clone(cells))
	}
}

func TestNoTextBeginsAFormulaAndNoneIsLost(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "a", "=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "'", "''", "'=1", "＝1", "＋1", "－1", "＠1", "＇x", "a=1", " =1", "a\r\n\"b\",c"} {
		got := Escape(s)
		if Unescape(got) != s {
			t.Errorf("%q came back as %q", s, Unescape(got))
		}
		if strings.ContainsAny(got[:min(1, len(got))], "=+-@\t\r\n＝") {
			t.Errorf("%q stands as %q", s, got)
		}
	}
}

func TestFourEmptyAndNearlyEqualCellsStayDifferent(t *testing.T) {
	t.Parallel()
	line, err := AppendRow(nil, []any{"", nil, "1", int64(1), "true", true, 1.5, "1.5", evidence.Instant(0), "a\xffb"})
	if err != nil {
		t.Fatal(err)
	}
	want := "\"\",,\"1\",1,\"true\",true,1.5,\"1.5\",\"1970-01-01T00:00:00.000000Z\",\"a\uFFFDb\"\r\n"
	if string(line) != want {
		t.Errorf("got %q\nwant %q", line, want)
	}
	got, err := readAll(t, line)
	if err != nil || len(got) != 1 || got[0][0] != (Cell{true, ""}) || got[0][1] != (Cell{}) || got[0][2] != (Cell{true, "1"}) || got[0][3] != (Cell{false, "1"}) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := AppendRow(nil, []any{[]string{"x"}}); err == nil {
		t.Error("a list was taken for a cell")
	}
}

func TestOtherProgramsReadTheSameCells(t *testing.T) {
	t.Parallel()
	line := AppendHeader(nil, []string{"a", "b"})
	line, err := AppendRow(line, []any{"x\r\ny\"z", int64(-7)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := stdcsv.NewReader(bytes.NewReader(line)).ReadAll()
	if err != nil || len(got) != 2 || got[1][0] != "x\ny\"z" || got[1][1] != "-7" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAnotherSpellingIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"a", "\"a", "\"a\"", "\"a\"\n", "\"a\"\r", "a b\r\n", "'a\r\n", "\"a\"x\r\n", "\"=1\"\r\n", "\"'a\"\r\n", "\"\xff\"\r\n", "a\"b\r\n", "\ufeff\"a\"\r\n", ",\n", "1\r2\r\n"} {
		if got, err := readAll(t, []byte(s)); !errors.Is(err, ErrForm) {
			t.Errorf("%q: %+v, %v", s, got, err)
		}
	}
	if _, err := readAll(t, []byte("\""+strings.Repeat("x", MaxLine)+"\"\r\n")); !errors.Is(err, ErrForm) {
		t.Error(err)
	}
}

func TestAReaderThatFailsIsNoFinding(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	r := NewReader(io.MultiReader(strings.NewReader("\"a"), readerOf(broken)))
	if _, err := r.Read(); !errors.Is(err, broken) || errors.Is(err, ErrForm) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func readerOf(err error) io.Reader { return failing{err} }

func FuzzEveryTextComesBack(f *testing.F) {
	for _, s := range []string{"", "'", "=1", "＝", "a\"b", "\r\n", "\xff"} {
		f.Add(s, int64(3), true)
	}
	f.Fuzz(func(t *testing.T, s string, n int64, b bool) {
		line, err := AppendRow(nil, []any{s, n, b, nil})
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAll(t, line)
		if err != nil || len(got) != 1 || len(got[0]) != 4 || got[0][0] != (Cell{true, string([]rune(s))}) {
			t.Fatalf("%q became %q and came back as %+v, %v", s, line, got, err)
		}
	})
}

func FuzzWhatIsReadHasOneSpelling(f *testing.F) {
	f.Add([]byte("\"a\",1\r\n,true\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := readAll(t, b)
		if err != nil {
			return
		}
		var again []byte
		for _, cells := range rows {
			for i, c := range cells {
				if i > 0 {
					again = append(again, ',')
				}
				if c.Text {
					again = AppendText(again, c.Value)
				} else {
					again = append(again, c.Value...)
				}
			}
			again = append(again, lineEnd...)
		}
		if !bytes.Equal(again, b) {
			t.Fatalf("%q is read as %+v, which is spelled %q", b, rows, again)
		}
	})
}
