package integrity

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/logfile"
	"github.com/tieout/tieout/evidence/strictyaml"
)

type compiler struct {
	plan
	numbers map[string]int
	depth   int
}

func compile(f *profileFile) (*plan, error) {
	c := &compiler{numbers: map[string]int{}}
	c.rotation = goesOn
	c.id, c.log, c.writer, c.alg, c.seq, c.time, c.partition = none, none, none, none, none, none, none
	for _, part := range []func(*profileFile) error{c.inputOf, c.recordOf, c.linkOf, c.digestOf, c.macOf, c.signaturesOf, c.checkpointsOf, c.detectOf} {
		if err := part(f); err != nil {
			return nil, err
		}
	}
	c.maxGap = int64(f.Coverage.MaxGap) / 1000
	n, err := oneOf("protects", f.Protects, "auto", "all")
	if err != nil {
		return nil, err
	}
	c.wholly = n == 1 && c.digest != nil
	c.pointers = make([]string, len(c.numbers))
	for p, n := range c.numbers {
		c.pointers[n] = p
	}
	return &c.plan, nil
}

// field returns the number of a pointer.
func (c *compiler) field(what, pointer string) (int, error) {
	if pointer == "" {
		return none, nil
	}
	if pointer[0] != '/' {
		return none, fmt.Errorf("%s: %q is no JSON pointer: write /%s", what, pointer, pointer)
	}
	if n, ok := c.numbers[pointer]; ok {
		return n, nil
	}
	n := len(c.numbers)
	if n >= 64 {
		return none, errors.New("more than 64 fields")
	}
	c.numbers[pointer] = n
	return n, nil
}

// oneOf checks a word of a closed list; the empty word stands for the first.
func oneOf(what, word string, list ...string) (int, error) {
	if word == "" {
		return 0, nil
	}
	if i := slices.Index(list, word); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("%s: %q%s", what, word, strictyaml.Nearest(word, list))
}

func (c *compiler) inputOf(f *profileFile) error {
	n, err := oneOf("input.framing", f.Input.Framing, string(logfile.JSONL), string(logfile.JSONArray))
	if err != nil {
		return err
	}
	c.framing = []logfile.Framing{logfile.JSONL, logfile.JSONArray}[n]
	if c.at = f.Input.At; c.at != "" && (c.framing != logfile.JSONArray || c.at[0] != '/') {
		return errors.New("input.at: a JSON pointer such as /entries, for framing json-array only")
	}
	switch len(f.Input.Partition) {
	case 0:
	case 1:
		c.partition, err = c.field("input.partition", f.Input.Partition[0])
	default:
		err = errors.New("input.partition: one field only")
	}
	return err
}

func (c *compiler) recordOf(f *profileFile) (err error) {
	r := f.Record
	if c.id, err = c.field("record.id", r.ID); err != nil {
		return err
	}
	if c.log, err = c.field("record.log", r.Log); err != nil {
		return err
	}
	if c.writer, err = c.field("record.writer", r.Writer); err != nil {
		return err
	}
	if r.Alg != nil {
		if c.alg, err = c.field("record.alg", r.Alg.Field); err != nil {
			return err
		}
		if c.algIs = r.Alg.Is; c.alg == none || len(c.algIs) == 0 {
			return errors.New("record.alg: state the field and what it is")
		}
	}
	c.seqStep = 1
	if r.Seq != nil {
		if c.seq, err = c.field("record.seq.field", r.Seq.Field); err != nil {
			return err
		}
		if c.seqStart = r.Seq.Start; r.Seq.Step != 0 {
			c.seqStep = r.Seq.Step
		}
		if c.seqStep < 1 || c.seq == none {
			return errors.New("record.seq: state the field; the step is 1 or more")
		}
	}
	if r.Time != nil {
		if c.time, err = c.field("record.time.field", r.Time.Field); err != nil {
			return err
		}
		n, err := oneOf("record.time.format", r.Time.Format, clockNames...)
		if err != nil {
			return err
		}
		c.clock = clock(n)
		c.backstep = int64(r.Time.MaxBackstep) / 1000
	}
	return nil
}

func (c *compiler) claimOf(what string, f *claimFile) (*claim, error) {
	if f == nil {
		return nil, nil
	}
	n, err := c.field(what+".field", f.Field)
	if err != nil {
		return nil, err
	}
	if n == none {
		return nil, fmt.Errorf("%s: state the field", what)
	}
	e, err := oneOf(what+".encoding", f.Encoding, encodingNames...)
	if err != nil {
		return nil, err
	}
	if strings.ContainsFunc(f.Prefix, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
		return nil, fmt.Errorf("%s.prefix: plain characters only", what)
	}
	return &claim{field: n, encoding: encoding(e), prefix: f.Prefix}, nil
}

func (c *compiler) linkOf(f *profileFile) (err error) {
	if f.Link == nil {
		return nil
	}
	if c.prev, err = c.claimOf("link.prev", f.Link.Prev); err != nil {
		return err
	}
	if c.self, err = c.claimOf("link.self", f.Link.Self); err != nil {
		return err
	}
	n, err := oneOf("link.rotation", f.Link.Rotation, "continue", "reset", "seam")
	if err != nil {
		return err
	}
	c.rotation = rotation(n)
	for _, raw := range f.Link.Genesis {
		g, err := genesisOf(raw)
		if err != nil {
			return err
		}
		c.genesis = append(c.genesis, g)
	}
	return nil
}

func genesisOf(raw strictyaml.Raw) (genesis, error) {
	var what any
	if err := raw.Decode(&what); err != nil {
		return genesis{}, err
	}
	switch v := what.(type) {
	case nil:
		return genesis{kind: genesisNull}, nil
	case string:
		return genesis{text: v}, nil
	case strictyaml.Number: // digits without quotes
		return genesis{text: string(v)}, nil
	case map[string]any:
		switch {
		case len(v) == 1 && v["absent"] == true:
			return genesis{kind: genesisAbsent}, nil
		case len(v) == 1 && v["any"] == true:
			return genesis{kind: genesisAny}, nil
		}
	}
	return genesis{}, raw.Problem("genesis: want a text, null, {absent: true}, or {any: true}")
}

func (c *compiler) digestOf(f *profileFile) error {
	d := f.Digest
	if d == nil {
		if f.Link != nil || f.MAC != nil || f.Signatures != nil || f.Checkpoints != nil {
			return errors.New("digest: missing; without it nothing can be linked or signed")
		}
		return nil
	}
	hash, err := hashNamed(d.Alg)
	if err != nil {
		return fmt.Errorf("digest.alg: %w", err)
	}
	if hash.keyed != (d.Key != "") {
		return errors.New("digest.key: a keyed hash needs the name of its key, and no other does")
	}
	c.digest = &digest{hash: hash, key: d.Key}
	if c.digest.input, err = c.parts("digest.input", d.Input); err != nil {
		return err
	}
	borders(c.digest.input)
	if len(d.Reserialised) > 0 {
		if c.digest.retry, err = c.parts("digest.reserialised", d.Reserialised); err != nil {
			return err
		}
	} else {
		c.digest.retry = reprinting(c.digest.input)
	}
	c.digest.usesPrev = usesPrev(c.digest.input)
	switch {
	case f.Link == nil:
		return errors.New("link: missing; a digest without a link protects no order: name link.self at least")
	case c.self == nil && c.prev == nil:
		return errors.New("link: neither prev nor self is stored, so there is nothing to compare with")
	case c.self == nil && c.digest.usesPrev && c.prev == nil:
		return errors.New("link: a hash over the predecessor's hash needs link.prev or link.self")
	case c.prev == nil && c.takesAny():
		return errors.New("link.genesis: any speaks of a predecessor that is stored: state link.prev, or the text itself")
	case len(c.genesis) == 0 && (c.prev != nil || c.digest.usesPrev):
		return errors.New("link.genesis: missing; state what the first record names as its predecessor")
	}
	return nil
}

func (c *compiler) macOf(f *profileFile) error {
	if f.MAC == nil {
		return nil
	}
	hash, err := hashNamed(f.MAC.Alg)
	if err != nil || !hash.keyed {
		return fmt.Errorf("mac.alg: %q: want a keyed hash such as hmac-sha256", f.MAC.Alg)
	}
	over, err := overOf("mac.over", f.MAC.Over)
	if err != nil {
		return err
	}
	claim, err := c.claimOf("mac", &claimFile{Field: f.MAC.Field, Encoding: f.MAC.Encoding})
	if err != nil {
		return err
	}
	if f.MAC.Key == "" {
		return errors.New("mac.key: state the name of the key")
	}
	c.mac = &mac{hash: hash, over: over, claim: *claim, key: f.MAC.Key}
	return nil
}

func overOf(what, word string) (over, error) {
	n, err := oneOf(what, word, "self-bytes", "self-hex", "input")
	return over(n), err
}

func (c *compiler) signaturesOf(f *profileFile) error {
	s := f.Signatures
	if s == nil {
		return nil
	}
	if _, err := oneOf("signatures.alg", s.Alg, "ed25519", "ecdsa-p256", "rsa-pkcs1-sha256"); err != nil || s.Alg == "" {
		return errors.Join(err, errors.New("signatures.alg: want ed25519, ecdsa-p256 or rsa-pkcs1-sha256"))
	}
	form, err := oneOf("signatures.form", s.Form, "der", "p1363")
	if err != nil {
		return err
	}
	if s.Alg == "ecdsa-p256" && s.Form == "" {
		return errors.New("signatures.form: state der or p1363; nothing is guessed")
	}
	out := &signature{alg: s.Alg, p1363: form == 1, every: max(s.Every, 1), maybe: s.Optional}
	if len(s.Input) > 0 {
		out.over = overOwn
		out.input, err = c.parts("signatures.input", s.Input)
	} else {
		out.over, err = overOf("signatures.over", s.Over)
	}
	if err != nil {
		return err
	}
	claim, err := c.claimOf("signatures", &claimFile{Field: s.Field, Encoding: s.Encoding, Prefix: s.Prefix})
	if err != nil {
		return err
	}
	out.claim = *claim
	if out.kid, err = c.field("signatures.kid", s.KID); err != nil {
		return err
	}
	by, err := oneOf("signatures.by", s.By, "writer", "other")
	if err != nil {
		return err
	}
	out.by = []Role{RoleWriter, RoleOther}[by]
	c.sig = out
	return nil
}

func (c *compiler) checkpointsOf(f *profileFile) (err error) {
	k := f.Checkpoints
	if k == nil {
		return nil
	}
	if _, err := oneOf("checkpoints.where", k.Where, "record"); err != nil {
		return err
	}
	out := &checkpoints{origin: k.Origin}
	if out.match, err = c.fixed("checkpoints.match", k.Match); err != nil {
		return err
	}
	if out.note, err = c.field("checkpoints.note", k.Note); err != nil {
		return err
	}
	if len(out.match) == 0 || out.note == none || c.prev == nil || c.seq == none {
		return errors.New("checkpoints: state match and note; the format needs link.prev and record.seq")
	}
	c.check = out
	return nil
}

func (c *compiler) fixed(what string, m map[string]string) ([]fixed, error) {
	var out []fixed
	for pointer, text := range m {
		n, err := c.field(what, pointer)
		if err != nil {
			return nil, err
		}
		if n == none {
			return nil, fmt.Errorf("%s: want JSON pointers", what)
		}
		out = append(out, fixed{field: n, raw: `"` + text + `"`, text: text})
	}
	slices.SortFunc(out, func(a, b fixed) int { return a.field - b.field })
	return out, nil
}

func (c *compiler) detectOf(f *profileFile) error {
	d := f.Detect
	for _, p := range slices.Concat(d.All, d.None) {
		if p == "" || p[0] != '/' {
			return fmt.Errorf("detect: %q is no JSON pointer", p)
		}
	}
	for p, v := range d.Equals {
		if p == "" || p[0] != '/' || v == "" {
			return fmt.Errorf("detect.equals: %q: %q: want a JSON pointer and a text", p, v)
		}
	}
	return nil
}
