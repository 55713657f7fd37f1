package cli

import "github.com/spf13/cobra"

// commands returns every command, in the order of the work.
func (e *env) commands() []*cobra.Command {
	return []*cobra.Command{
		e.demo(),
		e.init(),
		e.trust(),
		e.doctor(),
		e.collect(),
		e.verify(),
		e.seal(),
		e.test(),
		e.status(),
		e.deviation(),
		e.deficiency(),
		e.evidence(),
		e.attest(),
		e.sample(),
		e.export(),
		e.run(),
		e.ledger(),
		e.catalog(),
		e.profile(),
		e.config(),
		e.key(),
		e.version(),
		e.man(),
		e.evaluate(),
	}
}
