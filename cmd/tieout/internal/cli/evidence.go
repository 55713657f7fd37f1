package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/export"
)

func (e *env) evidence() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "evidence",
		Short: "Add documents for what no system records, list them, review them, withdraw them",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(e.evidenceAdd(), e.evidenceList(), e.evidenceWithdraw(), e.review("a document, an attestation"))
	return cmd
}

func (e *env) evidenceAdd() *cobra.Command {
	p := &person{work: work{e: e}}
	n := app.NewDocument{}
	cmd := &cobra.Command{
		Use:   "add FILE",
		Short: "Keep a document for a control or a manual point, and sign what it is",
		Long: "Keeps the file as it is, by its digest, and what you state of it, signed with your key. Taken are documents that\n" +
			"people read: pdf, docx, xlsx, csv, txt, md, json, png, jpg, eml. Pages, scripts and files with macros are refused.\n" +
			"A document is evidence to read and no result: it never makes a test pass.",
		Example: "  tieout evidence add policy.pdf --control AI-CHG-02.M1 --version 4 --from 2026-01-01 --approved-by 'Rosa Ibarra'\n" +
			"  tieout evidence add restore.xlsx --control AI-AVL-02 --title 'Restore test of May' --expires 2027-05-31",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n.Path, n.Text, n.Role = args[0], p.text, p.role
			return p.state(cmd.Context(), "evidence add", func(d *app.Desk) error { return d.AddDocument(cmd.Context(), n) }, func(a *app.App, made []statement.Signed) error {
				for _, s := range made {
					e.sayDocument(a, s)
				}
				return nil
			})
		},
	}
	p.flags(cmd, "what there is to say about it, in your words", false)
	f := cmd.Flags()
	f.StringSliceVar(&n.Concerns, "control", nil, "control or manual point `ID` that it is for, such as AI-CHG-02.M1; may be repeated")
	f.StringVar(&n.File.Title, "title", "", "its title (default: the file's name)")
	f.StringVar(&n.File.Version, "version", "", "its version")
	f.StringVar(&n.File.From, "from", "", "first `DAY` on which it is in force, YYYY-MM-DD")
	f.StringVar(&n.File.To, "to", "", "last `DAY` on which it is in force (default: still)")
	f.StringVar(&n.File.Expires, "expires", "", "last `DAY` on which it counts")
	f.StringVar(&n.File.ApprovedBy, "approved-by", "", "`NAME` of who approved it")
	f.StringVar(&n.File.ApprovedOn, "approved-on", "", "`DAY` on which it was approved")
	f.StringVar(&n.File.DateSource, "date-source", "typed", "where the days come from: typed, document, system")
	if err := cmd.MarkFlagRequired("control"); err != nil {
		panic(err) // a flag that was added above
	}
	return cmd
}

func (e *env) evidenceWithdraw() *cobra.Command {
	p := &person{work: work{e: e}}
	cmd := &cobra.Command{
		Use:   "withdraw ID",
		Short: "State that a document counts no more, and why",
		Long: "The document and all that was stated of it stay where they are and stay listed, with the reason, who withdrew it and\n" +
			"when. From then on it stands for no manual point, nothing new can rest on it, and a deviation that was rebutted by\n" +
			"withdrawn documents alone is open again. 'tieout evidence review ID' by somebody else is then a review of the withdrawal.",
		Example: "  tieout evidence withdraw DOC-0003 --text 'The draft; the version that was approved is DOC-0004.'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.state(cmd.Context(), "evidence withdraw", func(d *app.Desk) error { return d.WithdrawDocument(cmd.Context(), args[0], p.text, p.role) }, nil)
		},
	}
	p.flags(cmd, "`WHY` it counts no more", true)
	return cmd
}

// sayDocument says how far the document covers the period, and whether it
// stands for something that is owed.
func (e *env) sayDocument(a *app.App, s statement.Signed) {
	_, words := export.CoverageOf(s.File, a.Engagement())
	e.say("%s: %s (%s dates)", s.Subject, words, s.File.DateSource)
	for _, c := range a.Catalog.Controls {
		if !slices.Contains(s.Concerns, c.ID) || len(c.Manual) == 0 {
			continue
		}
		for _, m := range c.Manual {
			if !slices.Contains(s.Concerns, m.ID) {
				e.say("%s still asks for %s, %s: name the point with --control %s if this is it", c.ID, m.ID, m.Words, m.ID)
			}
		}
	}
}

type evidenceDoc struct {
	Schema       string                   `json:"schema"`
	Documents    []export.DocumentLine    `json:"documents"`
	Attestations []export.AttestationLine `json:"attestations"`
	Manual       []export.ManualLine      `json:"manual"`
}

func (e *env) evidenceList() *cobra.Command {
	w := &work{e: e}
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List documents and attestations, and the manual points that are open",
		Example: "  tieout evidence list\n  tieout evidence list --json | jq '.manual[] | select(.status!=\"provided\")'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.do(cmd.Context(), "", func(a *app.App) error {
				d, err := a.People(cmd.Context())
				if err != nil {
					return err
				}
				if w.json {
					return e.json(evidenceDoc{"tieout/evidence/v1", listed(d.Documents), listed(d.Attestations), listed(d.Manual)})
				}
				e.printEvidence(d)
				return nil
			})
		},
	}
	w.flags(cmd)
	return cmd
}

// listed is the list itself, or an empty one, so that JSON shows a list.
func listed[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func (e *env) printEvidence(d *export.Dossier) {
	withdrawn := 0
	for _, x := range d.Documents {
		e.line("%s %-28s %s", x.ID, plain(strings.Join(x.Concerns, ", ")), plain(x.Title))
		words := oneLine(x.CoverWords)
		if x.WithdrawnBy != "" {
			withdrawn++
			words = strings.ToUpper(string(x.Coverage)) + strings.TrimPrefix(words, string(x.Coverage)) + ", " + reviewedWords(x.WithdrawalReviewedBy)
		}
		e.line("         %s; dates %s; added by %s, %s", words, x.DateSource, x.AddedBy, reviewedWords(x.ReviewedBy))
	}
	for _, x := range d.Attestations {
		e.line("%s %-28s %s", x.ID, plain(strings.Join(x.Concerns, ", ")), oneLine(x.Text))
		e.line("         manual (statement provided) by %s, %s", x.By, reviewedWords(x.ReviewedBy))
	}
	open, half := 0, 0
	for _, m := range d.Manual {
		switch m.Status {
		case export.ProvidedStatus:
		case export.StatementStatus:
			half++
		default:
			open++
		}
	}
	gone := ""
	if withdrawn > 0 {
		gone = fmt.Sprintf(" (%d withdrawn)", withdrawn)
	}
	e.line("\n%d documents%s, %d attestations; of %d manual points %d are provided, %d have a statement and no document, %d are open",
		len(d.Documents), gone, len(d.Attestations), len(d.Manual), len(d.Manual)-open-half, half, open)
}

func reviewedWords(by string) string {
	if by == "" {
		return "not reviewed"
	}
	return "reviewed by " + by
}

// oneLine shows the beginning of a text on one line of a terminal.
func oneLine(s string) string {
	s = plain(strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > 100 {
		return fmt.Sprintf("%s … (%d more characters)", string(r[:100]), len(r)-100)
	}
	return s
}
