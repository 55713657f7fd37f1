// Package exporttest holds a dossier of a fictional lender, in which every
// state, register and oddity occurs, for the tests of whatever prints one.
package exporttest
