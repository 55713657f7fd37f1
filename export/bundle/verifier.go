package bundle

import _ "embed" // the text is part of the binary

// Verifier is verify.py: a small verifier in plain Python that travels in
// every package. It is a convenience. Whoever checks a package takes it from
// elsewhere.
//
//go:embed verify.py
var Verifier []byte
