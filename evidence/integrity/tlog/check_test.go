package tlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func key(t testing.TB, name string) integrity.Key {
	t.Helper()
	k, err := integrity.ParseKey("", read(t, name+".vkey"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func keys(t testing.TB, names ...string) []integrity.Key {
	t.Helper()
	var out []integrity.Key
	for _, n := range names {
		out = append(out, key(t, n))
	}
	return out
}

func anchor(t testing.TB, name string) []Anchor {
	t.Helper()
	a, err := ReadAnchor(name, read(t, name), keys(t, "log"))
	if err != nil {
		t.Fatal(err)
	}
	return []Anchor{a}
}

// vectors reads one of the directories into memory.
func vectors(t testing.TB, name string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	dir := os.DirFS(filepath.Join("testdata", name))
	err := fs.WalkDir(dir, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(dir, p)
		out[p] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func check(t testing.TB, fsys fs.FS, o Options) *integrity.Log {
	t.Helper()
	l, err := CheckDirectory(context.Background(), "log", fsys, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The directories were made by Tessera and by Python, see testdata/make.py.
func TestDirectoriesOfOtherPrograms(t *testing.T) {
	for name, want := range map[string]struct {
		dir                string
		keys               []string
		checkpoint         string
		anchor             string
		verdict            integrity.Verdict
		authentic, anchors string
	}{
		"tessera":                  {dir: "tessera", keys: []string{"tessera"}, verdict: integrity.SelfConsistent, authentic: "signed", anchors: "self_attested"},
		"without a key":            {dir: "tessera", verdict: integrity.SelfConsistent, authentic: "unknown_key", anchors: "self_attested"},
		"under another key":        {dir: "tessera", keys: []string{"log"}, verdict: integrity.Indeterminate, authentic: "unknown_key", anchors: "self_attested"},
		"python, its own key":      {dir: "python", keys: []string{"log"}, verdict: integrity.SelfConsistent, authentic: "signed", anchors: "self_attested"},
		"and a witness":            {dir: "python", keys: []string{"log", "witness"}, verdict: integrity.Verified, authentic: "signed", anchors: "anchored"},
		"the witness alone":        {dir: "python", keys: []string{"witness"}, verdict: integrity.Verified, authentic: "signed", anchors: "anchored"},
		"a witness that did not":   {dir: "python", keys: []string{"stranger"}, verdict: integrity.Indeterminate, authentic: "unknown_key", anchors: "self_attested"},
		"an older checkpoint":      {dir: "python", keys: []string{"log"}, anchor: "older-300", verdict: integrity.VerifiedWithGaps, authentic: "signed", anchors: "anchored_in_part"},
		"the first one":            {dir: "python", keys: []string{"log"}, anchor: "older-1", verdict: integrity.VerifiedWithGaps, authentic: "signed", anchors: "anchored_in_part"},
		"at a tile's end":          {dir: "python", keys: []string{"log"}, anchor: "older-512", verdict: integrity.VerifiedWithGaps, authentic: "signed", anchors: "anchored_in_part"},
		"this very one":            {dir: "python", keys: []string{"log"}, anchor: "unwitnessed", verdict: integrity.Verified, authentic: "signed", anchors: "anchored"},
		"a longer one, kept":       {dir: "python", keys: []string{"log"}, anchor: "longer", verdict: integrity.Broken, authentic: "signed", anchors: "self_attested"},
		"another history, kept":    {dir: "python", keys: []string{"log"}, anchor: "fork", verdict: integrity.Broken, authentic: "signed", anchors: "self_attested"},
		"and a witness beside it":  {dir: "python", keys: []string{"log", "witness"}, anchor: "fork", verdict: integrity.Broken, authentic: "signed", anchors: "anchored"},
		"a checkpoint of less":     {dir: "python", keys: []string{"log"}, checkpoint: "older-512", verdict: integrity.SelfConsistent, authentic: "signed", anchors: "self_attested"},
		"a checkpoint of more":     {dir: "python", keys: []string{"log"}, checkpoint: "longer", verdict: integrity.Broken, authentic: "signed", anchors: "self_attested"},
		"a checkpoint of another":  {dir: "python", keys: []string{"log"}, checkpoint: "fork", verdict: integrity.Broken, authentic: "signed", anchors: "self_attested"},
		"one that was not witness": {dir: "python", keys: []string{"log", "witness"}, checkpoint: "unwitnessed", verdict: integrity.SelfConsistent, authentic: "signed", anchors: "self_attested"},
	} {
		files := vectors(t, want.dir)
		if want.checkpoint != "" {
			files["checkpoint"].Data = read(t, want.checkpoint)
		}
		o := Options{Keys: keys(t, want.keys...)}
		if want.anchor != "" {
			o.Anchors = anchor(t, want.anchor)
		}
		l := check(t, files, o)
		if l.Verdict != want.verdict || l.Axes.Authenticity != want.authentic || l.Axes.Anchoring != want.anchors {
			t.Errorf("%s: %s %+v %v", name, l.Verdict, l.Axes, l.Findings)
		}
	}
}

func TestWhatTheReportSays(t *testing.T) {
	l := check(t, vectors(t, "python"), Options{Keys: keys(t, "log", "witness"), Now: 1})
	at, _ := evidence.ParseInstant("2026-07-01T00:00:00Z")
	if l.Records != 523 || *l.FirstSeq != 0 || *l.LastSeq != 522 || l.Name != "log.example.test/decisions" || l.Head == "" || len(l.Files) != 4 {
		t.Errorf("%+v", l)
	}
	if len(l.Anchors) != 1 || *l.Anchors[0].At != at || l.Anchors[0].By != "witness.example.org/w1" || l.Anchors[0].Records != 523 {
		t.Errorf("%+v", l.Anchors)
	}
	if l.Counts[integrity.KeyUnknown] != 14 || l.Counts[integrity.FutureTime] != 1 || len(l.Keys) != 2 || l.Keys[0].Role != integrity.RoleWriter || l.Keys[1].Role != integrity.RoleOther {
		t.Errorf("%v %+v", l.Counts, l.Keys)
	}
	period := &evidence.Window{From: at - 1, To: at}
	if l := check(t, vectors(t, "python"), Options{Keys: keys(t, "log", "witness"), Period: period}); l.Verdict != integrity.VerifiedWithGaps || l.Counts[integrity.TimeGap] != 1 {
		t.Errorf("a period that nothing covers: %s %v", l.Verdict, l.Counts)
	}
}

// Every byte of every file counts: the file that was changed is named, and no
// change passes.
func TestEveryFlippedByteIsFoundAndPlaced(t *testing.T) {
	good := vectors(t, "python")
	o := Options{Keys: keys(t, "log", "witness"), Anchors: anchor(t, "older-300")}
	for name, f := range good {
		for i := range f.Data {
			if len(f.Data) > 2000 && i%97 != 0 {
				continue
			}
			files := maps.Clone(good)
			b := bytes.Clone(f.Data)
			b[i] ^= 1
			files[name] = &fstest.MapFile{Data: b}
			l := check(t, files, o)
			if name == "checkpoint" {
				// a line of a key that nobody pinned may say anything
				if l.Verdict == integrity.Verified && !bytes.Contains(lineAt(f.Data, i), []byte("other")) {
					t.Fatalf("checkpoint, byte %d: %s", i, l.Verdict)
				}
				continue
			}
			if l.Verdict != integrity.Broken || l.Axes.Integrity != "broken" || len(l.Findings) == 0 {
				t.Fatalf("%s, byte %d: %s", name, i, l.Verdict)
			}
			placed := slices.ContainsFunc(l.Findings, func(f integrity.Finding) bool {
				return f.Code == integrity.HashMismatch && (f.File == name || strings.Contains(f.Note, name))
			})
			if !placed || l.FirstBad == nil {
				t.Fatalf("%s, byte %d: %+v", name, i, l.Findings)
			}
			tl, _ := parseTile(name)
			words := "it is the entries that were changed"
			if tl.level >= 0 {
				words = "it is the tiles that were damaged"
			}
			if tl.level < 1 && (l.Extent == nil || !strings.Contains(l.Extent.Words, words)) {
				t.Fatalf("%s, byte %d: %+v", name, i, l.Extent)
			}
		}
	}
}

func lineAt(b []byte, i int) []byte {
	start := bytes.LastIndexByte(b[:i], '\n') + 1
	end := bytes.IndexByte(b[i:], '\n')
	if end < 0 {
		end = len(b) - i
	}
	return b[start : i+end]
}

func TestTheFirstBadEntryIsNamed(t *testing.T) {
	files := vectors(t, "tessera")
	bundle := bytes.Clone(files["tile/entries/001"].Data)
	pos := 0
	for range 44 {
		pos += 2 + int(binary.BigEndian.Uint16(bundle[pos:]))
	}
	bundle[pos+10] ^= 0x20
	files["tile/entries/001"].Data = bundle
	l := check(t, files, Options{Keys: keys(t, "tessera")})
	f := l.Findings[0]
	if l.FirstBad == nil || l.FirstBad.Record != 301 || l.FirstBad.ByteOffset != int64(pos) || *f.Seq != 300 || l.Counts[integrity.HashMismatch] != 1 || l.Extent.BadRecords != 1 {
		t.Errorf("%+v %+v", l.FirstBad, l.Findings)
	}
}

func TestFilesThatAreMissingCutOrTooMany(t *testing.T) {
	old := func(files fstest.MapFS, name string, b []byte) { files[name] = &fstest.MapFile{Data: b} }
	for name, c := range map[string]struct {
		change  func(fstest.MapFS)
		code    integrity.Code
		file    string
		verdict integrity.Verdict
	}{
		"no bundle":           {func(f fstest.MapFS) { delete(f, "tile/entries/001") }, integrity.FileMissing, "tile/entries/001", integrity.Broken},
		"no partial bundle":   {func(f fstest.MapFS) { delete(f, "tile/entries/002.p/11") }, integrity.FileMissing, "tile/entries/002.p/11", integrity.Broken},
		"no tile":             {func(f fstest.MapFS) { delete(f, "tile/0/000") }, integrity.FileMissing, "tile/0/000", integrity.Broken},
		"no partial tile":     {func(f fstest.MapFS) { delete(f, "tile/0/002.p/11") }, integrity.FileMissing, "tile/0/002.p/11", integrity.Broken},
		"no upper tile":       {func(f fstest.MapFS) { delete(f, "tile/1/000.p/2") }, integrity.FileMissing, "tile/1/000.p/2", integrity.Broken},
		"neither":             {func(f fstest.MapFS) { delete(f, "tile/0/001"); delete(f, "tile/entries/001") }, integrity.FileMissing, "tile/entries/001", integrity.Broken},
		"a cut bundle":        {func(f fstest.MapFS) { f["tile/entries/001"].Data = f["tile/entries/001"].Data[:5000] }, integrity.HashMismatch, "tile/entries/001", integrity.Broken},
		"a cut tile":          {func(f fstest.MapFS) { f["tile/0/001"].Data = f["tile/0/001"].Data[:8191] }, integrity.HashMismatch, "tile/0/001", integrity.Broken},
		"a longer bundle":     {func(f fstest.MapFS) { f["tile/entries/001"].Data = append(f["tile/entries/001"].Data, 0, 0) }, integrity.HashMismatch, "tile/entries/001", integrity.Broken},
		"a longer tile":       {func(f fstest.MapFS) { f["tile/0/001"].Data = append(f["tile/0/001"].Data, 0) }, integrity.HashMismatch, "tile/0/001", integrity.Broken},
		"an empty bundle":     {func(f fstest.MapFS) { f["tile/entries/000"].Data = nil }, integrity.HashMismatch, "tile/entries/000", integrity.Broken},
		"a wrong older tile":  {func(f fstest.MapFS) { old(f, "tile/0/000.p/2", make([]byte, 64)) }, integrity.HashMismatch, "tile/0/000.p/2", integrity.Broken},
		"a wrong older entry": {func(f fstest.MapFS) { old(f, "tile/entries/000.p/1", []byte{0, 1, 'x'}) }, integrity.HashMismatch, "tile/entries/000.p/1", integrity.Broken},
		"a tile too many":     {func(f fstest.MapFS) { old(f, "tile/0/003", make([]byte, 8192)) }, integrity.FileExtra, "tile/0/003", integrity.VerifiedWithGaps},
		"entries too many":    {func(f fstest.MapFS) { old(f, "tile/entries/002.p/12", []byte{0, 1, 'x'}) }, integrity.FileExtra, "tile/entries/002.p/12", integrity.VerifiedWithGaps},
		"a level too many":    {func(f fstest.MapFS) { old(f, "tile/2/000.p/1", make([]byte, 32)) }, integrity.FileExtra, "tile/2/000.p/1", integrity.VerifiedWithGaps},
		"another spelling":    {func(f fstest.MapFS) { old(f, "tile/0/x000/000", make([]byte, 32)) }, integrity.FileExtra, "tile/0/x000/000", integrity.VerifiedWithGaps},
		"a link": {func(f fstest.MapFS) {
			f["tile/0/001"] = &fstest.MapFile{Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink}
		}, integrity.Unreadable, "tile/0/001", integrity.Indeterminate},
		"a pipe":             {func(f fstest.MapFS) { f["tile/entries/000"].Mode = fs.ModeNamedPipe }, integrity.Unreadable, "tile/entries/000", integrity.Indeterminate},
		"no checkpoint text": {func(f fstest.MapFS) { f["checkpoint"].Data = []byte("example\n") }, integrity.FieldMissing, "checkpoint", integrity.Broken},
		"no signature": {func(f fstest.MapFS) {
			b, _, _ := bytes.Cut(f["checkpoint"].Data, []byte("\n\n"))
			f["checkpoint"].Data = append(b, "\n\n"...)
		}, integrity.FieldMissing, "checkpoint", integrity.Broken},
	} {
		files := vectors(t, "python")
		c.change(files)
		l := check(t, files, Options{Keys: keys(t, "log", "witness")})
		if l.Verdict != c.verdict || !slices.ContainsFunc(l.Findings, func(f integrity.Finding) bool { return f.Code == c.code && f.File == c.file }) {
			t.Errorf("%s: %s %+v", name, l.Verdict, l.Findings)
		}
	}
}

// A log leaves narrower tiles behind, and may have grown since its checkpoint
// was copied: neither is damage.
func TestTilesFromBeforeAndAfter(t *testing.T) {
	files := vectors(t, "python")
	files["tile/0/000.p/3"] = &fstest.MapFile{Data: files["tile/0/000"].Data[:96]}
	n := 0
	for range 5 {
		n += 2 + int(binary.BigEndian.Uint16(files["tile/entries/001"].Data[n:]))
	}
	files["tile/entries/001.p/5"] = &fstest.MapFile{Data: files["tile/entries/001"].Data[:n]}
	files["tile/1/000.p/1"] = &fstest.MapFile{Data: files["tile/1/000.p/2"].Data[:32]}
	o := Options{Keys: keys(t, "log", "witness")}
	if l := check(t, files, o); l.Verdict != integrity.Verified {
		t.Errorf("from before: %s %+v", l.Verdict, l.Findings)
	}
	// a partial tile may be taken away once the full one is there
	big, small := written(t, 600), written(t, 300)
	for name, f := range big {
		if name != "checkpoint" {
			small[name] = f
		}
	}
	delete(small, "tile/0/001.p/44")
	delete(small, "tile/entries/001.p/44")
	if l := check(t, small, Options{}); l.Verdict != integrity.SelfConsistent || l.Records != 300 || len(l.Notes) != 2 {
		t.Errorf("grown: %s %+v %v", l.Verdict, l.Findings, l.Notes)
	}
	files = vectors(t, "python")
	files["checkpoint"].Data = read(t, "older-512")
	l := check(t, files, Options{Keys: keys(t, "log"), Anchors: anchor(t, "older-512")})
	if l.Verdict != integrity.VerifiedWithGaps || l.Axes.Integrity != "intact" || l.Counts[integrity.FileExtra] != 2 || l.Records != 512 {
		t.Errorf("from after: %s %+v", l.Verdict, l.Findings)
	}
}

// A signature by a key that was pinned must hold, whoever else signed.
func TestAKnownKeyThatFailsRefusesTheNote(t *testing.T) {
	for _, k := range []string{"log", "witness"} {
		files := vectors(t, "python")
		text := string(files["checkpoint"].Data)
		at := strings.Index(text, "— "+key(t, k).Name)
		end := at + strings.IndexByte(text[at:], '\n')
		b := []byte(text)
		b[end-20] ^= 1
		files["checkpoint"].Data = b
		l := check(t, files, Options{Keys: keys(t, "log", "witness")})
		if l.Verdict != integrity.Broken || l.Counts[integrity.SigBad] != 1 || l.Axes.Authenticity != "broken" {
			t.Errorf("%s: %s %+v", k, l.Verdict, l.Findings)
		}
	}
}

// A second line of a key that signed is not passed over.
func TestAKeyThatSignsTwiceRefusesTheCheckpoint(t *testing.T) {
	for _, k := range []string{"log", "witness"} {
		for _, flip := range []byte{0, 1} {
			files := vectors(t, "python")
			text := string(files["checkpoint"].Data)
			at := strings.Index(text, "— "+key(t, k).Name)
			end := at + strings.IndexByte(text[at:], '\n') + 1
			second := []byte(text[at:end])
			second[len(second)-20] ^= flip
			files["checkpoint"].Data = append([]byte(text), second...)
			l := check(t, files, Options{Keys: keys(t, "log", "witness")})
			if l.Verdict != integrity.Broken || !strings.Contains(l.Findings[0].Note, "two signature lines") {
				t.Errorf("%s: %s %+v", k, l.Verdict, l.Findings)
			}
			if _, err := ReadAnchor("kept", files["checkpoint"].Data, keys(t, "log", "witness")); err == nil {
				t.Errorf("%s: the checkpoint is taken as an anchor", k)
			}
		}
	}
}

// The vector of c2sp.org/signed-note.
func TestTheVectorOfTheSpecification(t *testing.T) {
	v, err := note.NewVerifier("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
	if err != nil {
		t.Fatal(err)
	}
	text := "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
	if _, err := note.Open([]byte(text), note.VerifierList(v)); err != nil {
		t.Error(err)
	}
	k, err := integrity.ParseKey("", []byte("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"))
	if err != nil {
		t.Fatal(err)
	}
	// a note that is no checkpoint is none, however well it is signed
	if _, err := open([]byte(text), []integrity.Key{k}); err == nil {
		t.Error("a note without a tree is taken for a checkpoint")
	}
}

// written is a log of n entries as tiles, made here.
func written(t testing.TB, n int) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	var tr tree
	tiles := map[tile][]byte{}
	var bundle []byte
	for i := range n {
		e := fmt.Appendf(nil, "entry %d", i)
		bundle = append(binary.BigEndian.AppendUint16(bundle, uint16(len(e))), e...)
		if w := i%fullWidth + 1; w == fullWidth || i == n-1 {
			files[tile{entries, int64(i / fullWidth), w}.path()] = &fstest.MapFile{Data: bundle}
			bundle = nil
		}
		tr.add(tlog.RecordHash(e), func(height int, h tlog.Hash) {
			if height%heights == 0 {
				l := height / heights
				at := tile{l, int64(i) >> height / fullWidth, 0}
				tiles[at] = append(tiles[at], h[:]...)
			}
		})
	}
	for at, b := range tiles {
		at.width = len(b) / hashSize
		files[at.path()] = &fstest.MapFile{Data: b}
	}
	files["checkpoint"] = &fstest.MapFile{Data: fmt.Appendf(nil, "log.example.test/big\n%d\n%s\n\n— log.example.test/big AAAAAAAA\n", n, tr.root())}
	return files
}

// More than 65,536 entries have a full tile at level 1 and one above it.
func TestEveryLevelIsChecked(t *testing.T) {
	files := written(t, 70_000)
	if _, ok := files["tile/2/000.p/1"]; !ok || len(files["tile/1/000"].Data) != 8192 || files["tile/1/001.p/17"] == nil || files["tile/0/273.p/112"] == nil {
		t.Fatal("the tiles of the specification's example are not there")
	}
	if l := check(t, files, Options{}); l.Verdict != integrity.SelfConsistent || l.Records != 70_000 {
		t.Fatalf("%s %+v", l.Verdict, l.Findings)
	}
	for _, name := range []string{"tile/2/000.p/1", "tile/1/000", "tile/1/001.p/17", "tile/0/200", "tile/0/273.p/112", "tile/entries/123"} {
		good := files[name]
		b := bytes.Clone(good.Data)
		b[31] ^= 4
		files[name] = &fstest.MapFile{Data: b}
		l := check(t, files, Options{})
		if l.Verdict != integrity.Broken || l.FirstBad == nil {
			t.Errorf("%s: %s", name, l.Verdict)
		}
		delete(files, name)
		if l := check(t, files, Options{}); l.Verdict != integrity.Broken || l.Counts[integrity.FileMissing] != 1 {
			t.Errorf("without %s: %s %v", name, l.Verdict, l.Counts)
		}
		files[name] = good
	}
}

func TestEverySizeNearTheEdges(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 255, 256, 257, 511, 512, 513, 1023, 1024} {
		if l := check(t, written(t, n), Options{}); l.Verdict != integrity.SelfConsistent || l.Records != int64(n) {
			t.Errorf("%d: %s %+v", n, l.Verdict, l.Findings)
		}
	}
}

// A checkpoint may claim any number of entries: that is no reason to look for
// all of them.
func TestAHugeClaimEnds(t *testing.T) {
	files := written(t, 3)
	for _, size := range []string{"9223372036854775807", "4000000000000"} {
		files["checkpoint"].Data = fmt.Appendf(nil, "log.example.test/big\n%s\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— log.example.test/big AAAAAAAA\n", size)
		if l := check(t, files, Options{}); l.Verdict != integrity.Broken || l.Counts[integrity.FileMissing] < 1000 {
			t.Errorf("%s: %s %v", size, l.Verdict, l.Counts)
		}
	}
	files["checkpoint"].Data = []byte("log.example.test/big\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— log.example.test/big AAAAAAAA\n")
	if _, err := CheckDirectory(context.Background(), "log", files, Options{}); !errors.Is(err, integrity.ErrNothing) {
		t.Errorf("an empty log: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := CheckDirectory(ctx, "log", written(t, 300), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestTileNames(t *testing.T) {
	for name, want := range map[string]tile{
		"tile/0/x001/x234/067":      {0, 1234067, 256},
		"tile/entries/x001/000.p/7": {entries, 1000, 7},
		"tile/63/000":               {63, 0, 256},
	} {
		if got, ok := parseTile(name); !ok || got != want || got.path() != name {
			t.Errorf("%s: %+v %v", name, got, ok)
		}
	}
	for _, name := range []string{"tile/0/0", "tile/0/x000/001", "tile/00/000", "tile/0/001/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/07", "tile/64/000", "tile/0", "tile/-1/000", "tile/0/-01", "tile/0/x1/000", "tile/0/+01", "tile/0/x001/x001/x001/x001/x001/x001/001"} {
		if got, ok := parseTile(name); ok {
			t.Errorf("%s is taken for %+v", name, got)
		}
	}
}

// The script that the docs print is the one that was tried on the vectors.
func TestTheScriptInTheDocs(t *testing.T) {
	docs, err := os.ReadFile(filepath.FromSlash("../../../docs/log-profiles.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := bytes.Cut(read(t, "check.py"), []byte("import base64"))
	if len(script) == 0 || !bytes.Contains(docs, append([]byte("```python\nimport base64"), append(script, "```"...)...)) {
		t.Error("docs/log-profiles.md has another script than testdata/check.py")
	}
}
