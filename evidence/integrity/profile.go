package integrity

import (
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
	"github.com/tieout/tieout/evidence/strictyaml"
)

const profileSchema = "chainprofile/v1"

// maxProfile bounds a profile's text: it is a page of YAML.
const maxProfile = 64 << 10

// Profile describes how one format protects its records. It is read from YAML
// once and then only used.
type Profile struct {
	ID      string
	Title   string
	Words   string
	Builtin bool
	SHA256  evidence.Digest // of its text
	Text    string

	file *profileFile
	plan *plan
}

// Protected reports whether the format has hashes at all.
func (p *Profile) Protected() bool { return p.file.Digest != nil }

// Limits are the static weaknesses of the format: what its hashes cannot show,
// in sentences.
func (p *Profile) Limits() []string { return p.plan.limits() }

// The YAML of a profile. docs/log-profiles.md says what each key means.
type profileFile struct {
	Schema      string           `yaml:"schema"`
	ID          string           `yaml:"id"`
	Title       string           `yaml:"title"`
	Words       string           `yaml:"words"`
	Detect      detectFile       `yaml:"detect"`
	Input       inputFile        `yaml:"input"`
	Record      recordFile       `yaml:"record"`
	Link        *linkFile        `yaml:"link"`
	Digest      *digestFile      `yaml:"digest"`
	MAC         *macFile         `yaml:"mac"`
	Signatures  *signatureFile   `yaml:"signatures"`
	Checkpoints *checkpointsFile `yaml:"checkpoints"`
	Coverage    coverageFile     `yaml:"coverage"`
	Protects    string           `yaml:"protects"`
}

type detectFile struct {
	All    []string          `yaml:"all"`  // pointers that the first record has
	None   []string          `yaml:"none"` // and that it has not
	Equals map[string]string `yaml:"equals"`
}

type inputFile struct {
	Framing   string   `yaml:"framing"`
	At        string   `yaml:"at"` // JSON pointer of the list in a document
	Partition []string `yaml:"partition"`
}

type recordFile struct {
	ID     string    `yaml:"id"`
	Log    string    `yaml:"log"`
	Writer string    `yaml:"writer"`
	Alg    *algFile  `yaml:"alg"`
	Seq    *seqFile  `yaml:"seq"`
	Time   *timeFile `yaml:"time"`
}

type algFile struct {
	Field string   `yaml:"field"`
	Is    []string `yaml:"is"`
}

type seqFile struct {
	Field string `yaml:"field"`
	Start *int64 `yaml:"start"`
	Step  int64  `yaml:"step"`
}

type timeFile struct {
	Field       string   `yaml:"field"`
	Format      string   `yaml:"format"`
	MaxBackstep duration `yaml:"max_backstep"`
}

type linkFile struct {
	Prev     *claimFile       `yaml:"prev"`
	Self     *claimFile       `yaml:"self"`
	Genesis  []strictyaml.Raw `yaml:"genesis"`
	Rotation string           `yaml:"rotation"`
}

type claimFile struct {
	Field    string `yaml:"field"`
	Encoding string `yaml:"encoding"`
	Prefix   string `yaml:"prefix"`
}

type digestFile struct {
	Alg          string     `yaml:"alg"`
	Key          string     `yaml:"key"`
	Input        []partFile `yaml:"input"`
	Reserialised []partFile `yaml:"reserialised"`
}

type partFile struct {
	JSON   *jsonFile   `yaml:"json"`
	Field  string      `yaml:"field"`
	Text   *string     `yaml:"text"`
	Bytes  *string     `yaml:"bytes"`
	Prev   bool        `yaml:"prev"`
	Raw    string      `yaml:"raw"`
	Digest *nestedFile `yaml:"digest"`
	As     string      `yaml:"as"`
	If     string      `yaml:"missing"`
}

type jsonFile struct {
	At      string   `yaml:"at"`
	Exclude []string `yaml:"exclude"`
	Only    []string `yaml:"only"`
	Order   string   `yaml:"order"`
	Sep     string   `yaml:"sep"`
	Colon   string   `yaml:"colon"`
	Escape  string   `yaml:"escape"`
	Scalars string   `yaml:"scalars"`
	Numbers string   `yaml:"numbers"`
	Nulls   string   `yaml:"nulls"`
	Times   []string `yaml:"times"`
	Missing string   `yaml:"missing"`
}

type nestedFile struct {
	Alg   string     `yaml:"alg"`
	Claim *claimFile `yaml:"claim"`
	Input []partFile `yaml:"input"`
}

type macFile struct {
	Alg      string `yaml:"alg"`
	Over     string `yaml:"over"`
	Field    string `yaml:"field"`
	Encoding string `yaml:"encoding"`
	Key      string `yaml:"key"`
}

type signatureFile struct {
	Alg      string     `yaml:"alg"`
	Form     string     `yaml:"form"`
	Over     string     `yaml:"over"`
	Input    []partFile `yaml:"input"`
	Field    string     `yaml:"field"`
	Encoding string     `yaml:"encoding"`
	Prefix   string     `yaml:"prefix"`
	KID      string     `yaml:"kid"`
	By       string     `yaml:"by"`
	Every    int64      `yaml:"every"`
	Optional bool       `yaml:"optional"`
}

type checkpointsFile struct {
	Where  string            `yaml:"where"`
	Match  map[string]string `yaml:"match"`
	Note   string            `yaml:"note"`
	Origin string            `yaml:"origin"`
}

type coverageFile struct {
	MaxGap duration `yaml:"max_gap"`
}

type duration time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil || v < 0 {
		return fmt.Errorf("%q: want a duration such as 2s, 15m or 24h", b)
	}
	*d = duration(v)
	return nil
}

// LoadProfile reads a profile. name stands in its errors.
func LoadProfile(name string, src []byte) (*Profile, error) {
	if len(src) > maxProfile {
		return nil, fmt.Errorf("%s: %d bytes are more than the %d that a profile may have", name, len(src), maxProfile)
	}
	f := &profileFile{}
	if err := strictyaml.Load(name, src, f); err != nil {
		return nil, err
	}
	if f.Schema != profileSchema {
		return nil, fmt.Errorf("%s: schema %q: want %s", name, f.Schema, profileSchema)
	}
	if f.ID == "" || strings.ContainsFunc(f.ID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, fmt.Errorf("%s: id %q: want a name such as my-log/1", name, f.ID)
	}
	plan, err := compile(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &Profile{ID: f.ID, Title: f.Title, Words: f.Words, SHA256: evidence.DigestOf(src), Text: string(src), file: f, plan: plan}, nil
}

//go:embed profiles/*.yaml
var profileFiles embed.FS

var presets = mustLoadPresets()

func mustLoadPresets() []*Profile {
	entries, err := profileFiles.ReadDir("profiles")
	if err != nil {
		panic(err) // the files are part of the binary
	}
	var out []*Profile
	for _, e := range entries {
		src, err := profileFiles.ReadFile("profiles/" + e.Name())
		if err != nil {
			panic(err)
		}
		p, err := LoadProfile(e.Name(), src)
		if err != nil {
			panic(err)
		}
		p.Builtin = true
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *Profile) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Presets returns the profiles that are built in, sorted by id.
func Presets() []*Profile { return slices.Clone(presets) }

// Preset returns the built-in profile of that id. The part behind the slash may
// be left out where only one version exists.
func Preset(id string) (*Profile, error) {
	var known []string
	var found []*Profile
	for _, p := range presets {
		if p.ID == id {
			return p, nil
		}
		if name, _, _ := strings.Cut(p.ID, "/"); name == id {
			found = append(found, p)
		}
		known = append(known, p.ID)
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return nil, fmt.Errorf("there is no log profile %q%s: `tieout profile list` shows all, and a file with a profile of your own can be named instead", id, strictyaml.Nearest(id, known))
}

// errNoRecord is the error of text in which no record stands.
var errNoRecord = errors.New("its first record cannot be read")

// Detect returns the built-in profile that fits a record best, or nil where
// none does. It looks at names and fixed values only, never at hashes.
func Detect(record []byte) (*Profile, error) {
	return detect(record, presets)
}

func detect(record []byte, among []*Profile) (*Profile, error) {
	var best *Profile
	score := 0
	for _, p := range among {
		n, err := p.fits(record)
		if err != nil {
			return nil, err
		}
		if n > score {
			best, score = p, n
		}
	}
	return best, nil
}

// fits returns how many conditions the record fulfils, 0 where it misses one.
func (p *Profile) fits(record []byte) (int, error) {
	d := p.file.Detect
	var pointers, want []string
	for _, f := range d.All {
		pointers, want = append(pointers, f), append(want, "")
	}
	for f, v := range d.Equals {
		pointers, want = append(pointers, f), append(want, v)
	}
	pointers = append(pointers, d.None...)
	s := logfile.NewScanner(pointers, false)
	if err := s.Scan(record); err != nil {
		return 0, errNoRecord
	}
	for i := range pointers {
		v := s.Value(i)
		switch there := v.Kind != logfile.None; {
		case i >= len(want):
			if there {
				return 0, nil
			}
		case !there:
			return 0, nil
		case want[i] != "":
			if text, _ := textOf(record, v); text != want[i] {
				return 0, nil
			}
		}
	}
	return len(want), nil
}

// textOf returns a string's meaning or a number's text.
func textOf(record []byte, v logfile.Value) (string, bool) {
	switch v.Kind {
	case logfile.String:
		return logfile.Unquote(record[v.Start:v.End], v.Flags), true
	case logfile.Number, logfile.True, logfile.False:
		return string(record[v.Start:v.End]), true
	default:
		return "", false
	}
}
