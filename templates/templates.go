// Package templates holds the texts that tieout writes for its users: the
// starter workspace of `tieout init`. It imports nothing of ours.
package templates

import _ "embed" // the texts are part of the binary

// Workspace is the starter tieout.yaml. Its placeholders stand in angle
// brackets and are filled by the caller.
//
//go:embed workspace.yaml
var Workspace string
