// Package evaluate runs the tests of a catalogue on a frozen database and says
// what each came to, per component or for the entity.
//
// The statements decide about items; this package decides about results: what
// was not looked at is never a pass, whatever the statements counted. Run does
// both here, RunSandboxed leaves the statements to a child process that can
// harm nothing.
package evaluate
