package workspace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Workspace is a workspace file that was read and checked.
type Workspace struct {
	Dir     string // absolute
	File    File
	Zone    *time.Location
	Window  evidence.Window // what is looked at; of type 1 it begins some days before the day itself
	Within  int             // days on either side of the day of type 1
	Sources []Source
	Digest  evidence.Digest // of the file's bytes
}

// Source is one entry of sources:, of whatever type.
type Source struct {
	Common
	Raw strictyaml.Raw // the whole entry; the source's own package decodes it
}

// IntegrityOf returns how the log behind the source protects itself, nil where
// the entry says nothing of it.
func (s Source) IntegrityOf() (*Integrity, error) {
	var i *Integrity
	if err := s.Raw.Part("integrity").Decode(&i); err != nil {
		return nil, err
	}
	return i, nil
}

// ErrNone is the error of a directory without a workspace.
var ErrNone = errors.New("no " + FileName + " here or above: make one with 'tieout init', or name a directory with -C")

// Load reads dir/tieout.yaml.
func Load(dir string) (*Workspace, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find the workspace %s: %w", dir, err)
	}
	path := filepath.Join(abs, FileName)
	if err := checkMode(path); err != nil {
		return nil, err
	}
	src, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", abs, ErrNone)
	}
	if err != nil {
		return nil, fmt.Errorf("read the workspace: %w", err)
	}
	return Parse(abs, src)
}

// Parse reads a workspace file's text as that of the directory.
func Parse(dir string, src []byte) (*Workspace, error) {
	w := &Workspace{Dir: dir, Digest: evidence.DigestOf(src)}
	if err := strictyaml.Load(FileName, src, &w.File); err != nil {
		return nil, err
	}
	var problems []error
	wrong := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf(FileName+": "+format, args...))
	}
	w.checkHead(wrong)
	w.checkComponents(wrong)
	for _, raw := range w.File.Sources {
		s := Source{Raw: raw}
		s.ID, s.Type = raw.Text("id"), raw.Text("type")
		switch {
		case !plainID(s.ID):
			problems = append(problems, raw.Problem("a source needs an id of letters, digits, '-', '_' and '.'"))
		case s.Type == "":
			problems = append(problems, raw.Problem("source %s needs a type, such as table", s.ID))
		case slices.ContainsFunc(w.Sources, func(o Source) bool { return o.ID == s.ID }):
			problems = append(problems, raw.Problem("source id %s stands twice", s.ID))
		}
		w.Sources = append(w.Sources, s)
	}
	w.addReferences(wrong)
	w.checkReliesOn(wrong)
	w.checkRecords(wrong)
	w.checkSigning(wrong)
	w.checkNotYet(wrong)
	return w, errors.Join(problems...)
}

func (w *Workspace) checkHead(wrong func(string, ...any)) {
	f := &w.File
	if f.Schema != SchemaID {
		wrong("schema is %q, want %s", f.Schema, SchemaID)
	}
	if f.Entity.Name == "" {
		wrong("entity.name is missing: the name of the service organisation")
	}
	e := &f.Engagement
	zone, err := time.LoadLocation(e.Zone)
	switch {
	case e.Zone == "":
		wrong("engagement.zone is missing: the time zone in which the period's days are meant, such as America/New_York")
		return
	case err != nil || e.Zone == "Local":
		wrong("engagement.zone %q is no time zone that is known: use a name such as Europe/Berlin or UTC", e.Zone)
		return
	}
	w.Zone = zone
	if err := w.checkEngagement(); err != nil {
		wrong("engagement: %v", err)
	}
	for _, c := range e.Categories {
		if !slices.Contains(Categories, c) {
			wrong("engagement.categories: %q is no category%s", c, strictyaml.Nearest(c, Categories))
		}
	}
	if len(e.Categories) == 0 {
		e.Categories = []string{"security"}
	}
	if !slices.Contains(e.Categories, "security") {
		wrong("engagement.categories: security belongs to every SOC 2 examination")
	}
}

// Categories are the trust services categories by the names that files use.
var Categories = []string{"security", "availability", "processing_integrity", "confidentiality", "privacy"}

func (w *Workspace) checkComponents(wrong func(string, ...any)) {
	seen := map[string]bool{}
	for _, c := range w.File.Components {
		if !plainID(c.ID) || c.ID == controls.EntityComponent {
			wrong("component id %q: use letters, digits, '-', '_' and '.', and not the word %s", c.ID, controls.EntityComponent)
		}
		if seen[c.ID] {
			wrong("component %s stands twice", c.ID)
		}
		seen[c.ID] = true
		oneOf := func(key, value string, list []string) {
			if !slices.Contains(list, value) {
				wrong("component %s: %s is %q, want one of %s", c.ID, key, value, strings.Join(list, ", "))
			}
		}
		oneOf("kind", c.Kind, controls.ComponentKinds)
		oneOf("deployment", c.Deployment, controls.Deployments)
		oneOf("decision_effect", c.Effect, controls.Effects)
	}
	for _, x := range w.File.Exclude {
		if x.Reason == "" || x.ApprovedBy == "" {
			wrong("exclude %s: a reason and approved_by are needed", x.Component)
		}
		if seen[x.Component] {
			wrong("component %s is both listed and excluded", x.Component)
		}
	}
}

// checkNotYet refuses keys whose work this version does not do: a setting that
// is read and ignored would be a promise broken in silence.
func (w *Workspace) checkNotYet(wrong func(string, ...any)) {
	f := &w.File
	for _, k := range []struct {
		name string
		set  bool
	}{
		{"schedule", len(f.Schedule) > 0},
		{"deliver", len(f.Deliver) > 0},
	} {
		if k.set {
			wrong("%s is not supported by this version: remove it", k.name)
		}
	}
	if f.Store.Journal != "" && f.Store.Journal != "sqlite" {
		wrong("store.journal: this version keeps its journal in sqlite only")
	}
	if f.Store.Blobs != "" && f.Store.Blobs != "dir" {
		wrong("store.blobs: this version keeps blobs in a dir only")
	}
	for _, format := range f.Export.Formats {
		if !slices.Contains(Formats, format) {
			wrong("export.formats: %q is not written by this version (known: %s)", format, strings.Join(Formats, ", "))
		}
	}
	for _, to := range f.Export.To {
		if !strings.HasPrefix(to, "age1") {
			wrong("export.to: %.80q is no age recipient, which begins with age1", to)
		}
	}
	if p := f.Export.Paper; p != "" && p != "A4" && p != "Letter" {
		wrong("export.paper is %q, want A4 or Letter", p)
	}
}

// Formats are the document formats that this version writes.
var Formats = []string{"pdf", "xlsx", "csv", "html"}

// PlainComponents returns the components as the catalogue's values, by id.
func (w *Workspace) PlainComponents() []controls.Component {
	out := make([]controls.Component, 0, len(w.File.Components))
	for _, c := range w.File.Components {
		name := c.Name
		if name == "" {
			name = c.ID
		}
		out = append(out, controls.Component{
			ID: c.ID, Name: name, Kind: c.Kind, Function: c.Function, Owner: c.Owner, Deployment: c.Deployment,
			Data: c.Data, Effect: c.Effect, Vendors: c.Vendors, Since: c.Since, Retired: c.Retired,
		})
	}
	slices.SortFunc(out, func(a, b controls.Component) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// StateDir is where the workspace keeps its store and runs.
func (w *Workspace) StateDir() string { return filepath.Join(w.Dir, ".tieout") }

// OutDir is where packages go.
func (w *Workspace) OutDir() string {
	if w.File.Export.Out == "" {
		return filepath.Join(w.Dir, "packages")
	}
	if filepath.IsAbs(w.File.Export.Out) {
		return w.File.Export.Out
	}
	return filepath.Join(w.Dir, w.File.Export.Out)
}

func plainID(s string) bool {
	return s != "" && len(s) <= 64 && s[0] != '.' && s[0] != '-' &&
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
}
