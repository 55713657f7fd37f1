package readonly

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"modernc.org/sqlite"

	"github.com/tieout/tieout/controls"
)

// Functions are what a test may call. None of them knows the clock, chance,
// the engine's version or a file.
var Functions = []string{
	"abs", "avg", "coalesce", "count", "json_array_length", "json_each", "json_extract", "json_type",
	"lag", "lead", "max", "min", "round", "row_number", "substr", "sum",
}

// readable are tables that are no tables of the database.
var readable = []string{"json_each"}

// guard decides what a statement may do, and notes what it reads.
type guard struct {
	tables map[string]bool
	seen   map[controls.Read]bool
	denied string
	open   bool // our own statement: everything is allowed
}

func newGuard() *guard {
	g := &guard{tables: map[string]bool{}}
	g.begin()
	return g
}

func (g *guard) begin() { g.seen, g.denied = map[controls.Read]bool{}, "" }

func (g *guard) decide(action sqlite.AuthorizerActionCode, arg1, arg2, database, _ string) sqlite.AuthorizerReturnCode {
	if g.open {
		return sqlite.AuthorizerOK
	}
	why := ""
	switch action {
	case sqlite.AuthSelect, sqlite.AuthRecursive:
	case sqlite.AuthFunction:
		if !slices.Contains(Functions, strings.ToLower(arg2)) {
			why = fmt.Sprintf("function %s is not allowed (allowed: %s)", arg2, strings.Join(Functions, ", "))
		}
	case sqlite.AuthRead:
		switch {
		case g.tables[arg1] && (database == "main" || database == ""):
			g.seen[controls.Read{Table: arg1, Column: arg2}] = true
		case slices.Contains(readable, arg1):
		default:
			why = fmt.Sprintf("table %s is not one of the frozen tables", arg1)
		}
	default:
		why = fmt.Sprintf("only SELECT is allowed (action %d on %q)", action, arg1)
	}
	if why == "" {
		return sqlite.AuthorizerOK
	}
	if g.denied == "" {
		g.denied = why
	}
	return sqlite.AuthorizerDeny
}

// explain says why the guard refused, where it did.
func (g *guard) explain(err error) error {
	if g.denied != "" {
		return fmt.Errorf("%s: %w", g.denied, err)
	}
	return err
}

func (g *guard) reads() []controls.Read {
	var out []controls.Read
	for r := range g.seen {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b controls.Read) int {
		return cmp.Or(strings.Compare(a.Table, b.Table), strings.Compare(a.Column, b.Column))
	})
	return out
}
