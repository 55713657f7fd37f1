package cli

import "github.com/spf13/cobra"

// commands returns every command, in the order of the work.
func (e *env) commands() []*cobra.Command {
	return []*cobra.Command{
		e.init(),
		e.key(),
		e.version(),
	}
}
