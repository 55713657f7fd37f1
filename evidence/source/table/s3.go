package table

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/source/web"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// S3 is a bucket as transport: files then names s3://bucket/pattern.
type S3 struct {
	aws.Access `yaml:",inline"`
	Sparse     bool `yaml:"sparse"` // hours or days without an object are ordinary
}

const (
	s3Scheme    = "s3://"
	s3Rate      = 50
	maxObject   = 64 << 30
	lateHours   = 1 // after the end of the window in which its last records may still be delivered
	maxListings = 5000
)

var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// bucketed is a collector whose files lie in buckets: whether they let it look
// can be seen before it collects.
type bucketed struct{ *collector }

var (
	_ source.Collector = (*bucketed)(nil)
	_ source.Emitter   = (*bucketed)(nil)
	_ source.User      = (*bucketed)(nil)
	_ source.Checker   = (*bucketed)(nil)
)

// Check implements source.Checker: the newest day of each bucket is listed.
func (c *bucketed) Check(ctx context.Context, env source.CheckEnv) error {
	s, err := c.account.OpenQuiet(ctx, env)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, b := range c.buckets {
		prefix := b.prefix(env.Now.Time().UTC(), "{hh}")
		if b.unit == 0 {
			prefix = b.prefix(time.Time{}, "")
		}
		err := s.List(ctx, b.name, prefix, func(aws.Object) error { return errEnough })
		if err != nil && !errors.Is(err, errEnough) {
			return fmt.Errorf("list s3://%s/%s: %w", b.name, prefix, err)
		}
	}
	return nil
}

// errEnough ends a list of which nothing more is wanted.
var errEnough = errors.New("that is enough")

// bucket is what one pattern names.
type bucket struct {
	name  string
	parts []string // of the pattern; {yyyy}, {mm}, {dd} and {hh} stand for the window's
	unit  time.Duration
}

// prepareS3 takes the patterns that name buckets.
func (c *collector) prepareS3() error {
	var texts []string
	var one string
	if c.cfg.Files.Decode(&one) == nil {
		texts = []string{one}
	} else if err := c.cfg.Files.Decode(&texts); err != nil {
		return err
	}
	for _, t := range texts {
		b, err := parseBucket(t)
		if err != nil {
			return err
		}
		c.buckets = append(c.buckets, b)
	}
	if len(c.buckets) == 0 {
		return errors.New("s3 needs files, such as s3://bucket/logs/{yyyy}/{mm}/{dd}/{hh}/*.json.gz")
	}
	access := c.cfg.S3.Access
	if access.Rate == 0 {
		access.Rate = s3Rate
	}
	var err error
	if c.account, err = aws.New(access, aws.S3); err != nil {
		return fmt.Errorf("s3: %w", err)
	}
	c.account.Nameless = true // a store of somebody else's has nobody to ask
	return nil
}

func parseBucket(text string) (bucket, error) {
	rest, ok := strings.CutPrefix(text, s3Scheme)
	name, key, whole := strings.Cut(rest, "/")
	if !ok || !whole || !bucketForm.MatchString(name) || strings.Contains(name, "..") {
		return bucket{}, fmt.Errorf("files: %q is no place in a bucket: with s3, want one such as s3://bucket/logs/{yyyy}/{mm}/{dd}/{hh}/*.json.gz", text)
	}
	b := bucket{name: name, parts: strings.Split(key, "/")}
	if strings.Count(key, "**") > 2 {
		return bucket{}, fmt.Errorf("files: %q: ** stands more than twice", text)
	}
	for _, p := range b.parts {
		if _, ok := matchName(p, "x"); !ok || p == "" {
			return bucket{}, fmt.Errorf("files: %q is no pattern: write names with *, ? and [] between slashes", text)
		}
	}
	year, month, day, hour := strings.Contains(key, "{yyyy}"), strings.Contains(key, "{mm}"), strings.Contains(key, "{dd}"), strings.Contains(key, "{hh}")
	switch {
	case year && month && day && hour:
		b.unit = time.Hour
	case year && month && day:
		b.unit = 24 * time.Hour
	case year || month || day || hour:
		return bucket{}, fmt.Errorf("files: %q: state {yyyy}, {mm} and {dd}, and {hh} where there is a folder for each hour", text)
	}
	return b, nil
}

// at puts a moment into a part of the pattern.
func at(part string, t time.Time) string {
	return strings.NewReplacer("{yyyy}", t.Format("2006"), "{mm}", t.Format("01"), "{dd}", t.Format("02"), "{hh}", t.Format("15")).Replace(part)
}

// listing is one question for a list, and the stretches of the window that its
// objects are of.
type listing struct {
	prefix string
	from   time.Time // with unit 0, of no time
}

// listings are the fewest prefixes that hold what the window asks for: one for
// each day, or one for all.
func (b bucket) listings(w evidence.Window) ([]listing, error) {
	if b.unit == 0 {
		return []listing{{prefix: b.prefix(time.Time{}, "")}}, nil
	}
	var out []listing
	day := w.From.Time().UTC().Truncate(24 * time.Hour)
	for ; day.Before(w.To.Time().Add(lateHours * time.Hour)); day = day.Add(24 * time.Hour) {
		if len(out) == maxListings {
			return nil, fmt.Errorf("the window holds more than %d days", maxListings)
		}
		l := listing{b.prefix(day, "{hh}"), day}
		if n := len(out); n == 0 || out[n-1].prefix != l.prefix {
			out = append(out, l)
		}
	}
	return out, nil
}

// prefix is the beginning of the keys up to the first thing that varies.
func (b bucket) prefix(t time.Time, stop string) string {
	whole := strings.Join(b.parts, "/")
	if i := strings.IndexAny(whole, "*?[\\"); i >= 0 {
		whole = whole[:i]
	}
	if i := strings.Index(whole, stop); stop != "" && i >= 0 {
		whole = whole[:i]
	}
	if !t.IsZero() {
		whole = at(whole, t)
	}
	return whole
}

// of says whether the key fits the pattern, and of which stretch of time it is.
func (b bucket) of(key string, day time.Time) (time.Time, bool) {
	names := strings.Split(key, "/")
	if b.unit == 0 {
		return time.Time{}, matchKey(b.parts, names)
	}
	for t := day; t.Before(day.Add(24 * time.Hour)); t = t.Add(b.unit) {
		parts := make([]string, len(b.parts))
		for i, p := range b.parts {
			parts[i] = at(p, t)
		}
		if matchKey(parts, names) {
			return t, true
		}
	}
	return time.Time{}, false
}

// matchKey is matchParts where nothing is hidden: keys have no such thing.
func matchKey(parts, names []string) bool {
	switch {
	case len(parts) == 0:
		return len(names) == 0
	case parts[0] == "**":
		return len(names) > 0 && (len(parts) == 1 || matchKey(parts[1:], names) || matchKey(parts, names[1:]))
	case len(names) == 0:
		return false
	}
	ok, _ := matchName(parts[0], names[0])
	return ok && matchKey(parts[1:], names[1:])
}

// matchName is path.Match, which says whether the pattern is one.
func matchName(pattern, name string) (fits, isPattern bool) {
	ok, err := path.Match(pattern, name)
	return ok, err == nil
}

// objects reads what the buckets hold of the window.
func (c *collector) objects(ctx context.Context, env source.Env, w evidence.Window, out source.Sink, t *tally) error {
	s, err := c.account.Open(ctx, env, out)
	if err != nil {
		return c.closed(out, err)
	}
	defer s.Close()
	w.To = min(w.To, env.Now())
	var problems []error
	for _, b := range c.buckets {
		found, err := c.listed(ctx, s, b, w, out)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			if err := c.closed(out, err); err != nil {
				problems = append(problems, fmt.Errorf("list s3://%s: %w", b.name, err))
			}
			continue
		}
		for _, o := range found {
			name := s3Scheme + b.name + "/" + o.Key
			env.Query(fmt.Sprintf("GET %s, ETag %s, %d bytes", name, o.ETag, o.Size))
			err := c.one(ctx, env, out, t, name, func(keep bool) (*opened, error) { return fetch(ctx, s, b.name, o, out, keep) })
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				if err = c.closed(out, err); err != nil {
					problems = append(problems, fmt.Errorf("%s: %w", name, err))
				}
			}
		}
	}
	return errors.Join(problems...)
}

// closed turns a bucket or an object that is closed to us, or did not come
// whole, into gaps. Any other error stays one.
func (c *collector) closed(out source.Sink, err error) error {
	return web.Lost(out, err, c.Emits()...)
}

// listed are the objects of the window, by key. A stretch of it without any is
// a gap, unless the configuration says that such stretches are ordinary.
func (c *collector) listed(ctx context.Context, s *aws.Session, b bucket, w evidence.Window, out source.Sink) ([]aws.Object, error) {
	lists, err := b.listings(w)
	if err != nil {
		return nil, err
	}
	var found []aws.Object
	seen := map[int64]bool{}
	for _, l := range lists {
		err := s.List(ctx, b.name, l.prefix, func(o aws.Object) error {
			of, fits := b.of(o.Key, l.from)
			switch {
			case !fits, b.unit > 0 && !b.within(of, w):
				return nil
			case o.Size == 0: // what stands for a folder, or a delivery of nothing
				seen[of.Unix()] = seen[of.Unix()] || !strings.HasSuffix(o.Key, "/")
				return nil
			case o.Size > maxObject:
				return fmt.Errorf("s3://%s/%s has %d bytes, which is more than what is read of one object", b.name, o.Key, o.Size)
			case len(found) == maxFiles:
				return fmt.Errorf("more than %d objects", maxFiles)
			}
			seen[of.Unix()] = true
			found = append(found, o)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(found, func(a, b aws.Object) int { return strings.Compare(a.Key, b.Key) })
	found = slices.CompactFunc(found, func(a, b aws.Object) bool { return a.Key == b.Key })
	switch {
	case b.unit > 0 && !c.cfg.S3.Sparse:
		return found, c.holes(b, w, seen, out)
	case b.unit == 0 && len(found) == 0:
		return nil, fmt.Errorf("nothing in it matches %q: correct 'files:', or look whether anything was delivered", strings.Join(b.parts, "/"))
	}
	return found, nil
}

// within says whether a stretch of time holds something of the window, or may
// hold what was delivered late.
func (b bucket) within(t time.Time, w evidence.Window) bool {
	return t.Add(b.unit).After(w.From.Time()) && t.Before(w.To.Time().Add(lateHours*time.Hour))
}

// holes says the stretches of the window of which there is no object.
func (c *collector) holes(b bucket, w evidence.Window, seen map[int64]bool, out source.Sink) error {
	var from time.Time
	gap := func(to time.Time) error {
		if from.IsZero() {
			return nil
		}
		g := evidence.Gap{
			From: max(w.From, evidence.InstantOf(from)), To: min(w.To, evidence.InstantOf(to)), Reason: evidence.GapDisabled,
			Detail: "s3://" + b.name + "/" + b.prefix(from, "{hh}") + " holds no object of then: nothing was delivered, or nothing happened; where that is ordinary, state sparse: true",
		}
		from = time.Time{}
		for _, k := range c.Emits() {
			g.Kind = k
			if err := out.Gap(g); err != nil {
				return err
			}
		}
		return nil
	}
	t := w.From.Time().UTC().Truncate(b.unit)
	for ; t.Before(w.To.Time()); t = t.Add(b.unit) {
		switch {
		case !seen[t.Unix()]:
			if from.IsZero() {
				from = t
			}
		default:
			if err := gap(t); err != nil {
				return err
			}
		}
	}
	return gap(t)
}

// fetch brings an object into a file that is gone when it is closed, and makes
// it ready to be understood.
func fetch(ctx context.Context, s *aws.Session, bucket string, listed aws.Object, out source.Sink, keep bool) (*opened, error) {
	f, err := os.CreateTemp("", "tieout-*")
	if err != nil {
		return nil, err
	}
	o := &opened{name: s3Scheme + bucket + "/" + listed.Key, file: f, again: sha256.New(), temp: true}
	err = s.Fetch(ctx, bucket, listed, func() (io.Writer, error) {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		return f, f.Truncate(0)
	})
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err == nil {
		err = o.start(out, keep)
	}
	if err == nil && o.size != listed.Size {
		err = fmt.Errorf("%d bytes came of the %d that the list names: collect again", o.size, listed.Size)
	}
	if err != nil {
		return nil, errors.Join(err, o.drop())
	}
	return o, nil
}

// isS3 says whether the configuration's files are in buckets.
func isS3(files strictyaml.Raw) bool {
	var what any
	if files.Decode(&what) != nil {
		return false
	}
	list, ok := what.([]any)
	if !ok {
		list = []any{what}
	}
	return slices.ContainsFunc(list, func(x any) bool { s, _ := x.(string); return strings.HasPrefix(s, s3Scheme) })
}
