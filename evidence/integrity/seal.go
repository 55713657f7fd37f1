package integrity

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
)

// SealSchema names the version of a seal's JSON form.
const SealSchema = "tieout/seal/v1"

// Seal is what was seen of a log at a time: enough to prove later, from the log
// alone, that what stood in it then still does. Whoever keeps a seal must keep it
// where the log's writer cannot write.
type Seal struct {
	Schema  string           `json:"schema"`
	Log     string           `json:"log"`     // as it was named then
	Profile string           `json:"profile"` // "" where no format was known
	Verdict Verdict          `json:"verdict"` // of the check before the sealing
	At      evidence.Instant `json:"at"`
	Records int64            `json:"records"` // of the chain: its last number and one, where it has numbers
	Head    string           `json:"head"`    // of the last record; "" where the log has no chain, or several
	Files   []SealedFile     `json:"files"`   // in the log's order
}

// SealedFile is one file of a sealed log. The digest is over the unpacked bytes
// from its start to the end of its last record: records that are added behind
// them later change nothing of it.
type SealedFile struct {
	Path    string          `json:"path"`
	Bytes   int64           `json:"bytes"`
	SHA256  evidence.Digest `json:"sha256"`
	Records int64           `json:"records"`
	First   string          `json:"first,omitempty"` // hash of its first record
	Head    string          `json:"head,omitempty"`  // of its last record
}

// sealing makes a log's seal, once all is known of it.
func (j *joiner) sealing() (*Seal, error) {
	l := j.log
	s := &Seal{Schema: SealSchema, Log: j.sealedName(l.Path), Profile: l.Profile, Verdict: l.Verdict, At: j.v.o.Now, Records: j.length(), Head: l.Head, Files: []SealedFile{}}
	for _, f := range j.files {
		one := SealedFile{Path: j.sealedName(f.report.Path), Bytes: f.report.Bytes, SHA256: f.report.SHA256, Records: f.report.Records}
		if f.end < f.report.Bytes {
			sums, err := sumsAt(f.ref, []int64{f.end})
			if err != nil {
				return nil, fmt.Errorf("seal %s: %w", f.report.Path, err)
			}
			one.Bytes, one.SHA256 = f.end, sums[f.end]
		}
		if e := f.edgeOf(); e != nil && f.plan.digest != nil {
			one.First, one.Head = f.plan.spell(e.first), f.plan.spell(e.last)
		}
		s.Files = append(s.Files, one)
	}
	return s, nil
}

// length is how many records the chain has had: by its numbers where it has
// them, since a log need not begin with its first record.
func (j *joiner) length() int64 {
	if p := j.group.profile.plan; j.log.LastSeq != nil && p.partition == none && p.rotation == goesOn {
		return *j.log.LastSeq + 1
	}
	return j.log.Records
}

func (j *joiner) sealedName(name string) string {
	if j.v.o.SealName == nil {
		return name
	}
	return j.v.o.SealName(name)
}

// sumsAt returns the digests of a file's first bytes, unpacked, up to each of
// the offsets. Offsets beyond its end have none.
func sumsAt(ref logfile.Ref, offsets []int64) (map[int64]evidence.Digest, error) {
	f, err := ref.Open()
	if err != nil {
		return nil, err
	}
	out := map[int64]evidence.Digest{}
	sum := sha256.New()
	at := int64(0)
	slices.Sort(offsets)
	for _, o := range slices.Compact(offsets) {
		n, err := io.CopyN(sum, f, o-at)
		at += n
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			_, _ = f.Close() // read only, and err says more
			return nil, err
		}
		out[o] = evidence.Digest(sum.Sum(nil))
	}
	closed, err := f.Close()
	if err == nil && closed.Changed != "" {
		err = errors.New(closed.Changed)
	}
	return out, err
}

// records is how many were sealed.
func (s *Seal) records() int64 {
	n := int64(0)
	for _, f := range s.Files {
		n += f.Records
	}
	return n
}

// stems returns what the names of a seal's files have in common, each once.
func (s *Seal) stems() []string {
	var out []string
	for _, f := range s.Files {
		if stem := logfile.Stem(path.Clean(f.Path)); !slices.Contains(out, stem) {
			out = append(out, stem)
		}
	}
	return out
}
