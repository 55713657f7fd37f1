// Command tieout collects evidence about AI components, tests controls over
// whole populations, and writes packages that an auditor checks offline.
package main

import (
	"os"

	"github.com/tieout/tieout/cmd/tieout/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
