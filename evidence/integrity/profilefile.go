package integrity

import (
	"fmt"
	"time"

	"github.com/tieout/tieout/evidence/strictyaml"
)

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
