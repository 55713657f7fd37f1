// Package statement holds what people state and sign: that a document is what
// it is said to be, that a control is done by hand, that a deviation is one or
// is none, that a weakness was put right. A Book is the statements in their
// order, with the rules for what may follow what.
//
// A signature shows that the holder of a key stated it. Who holds the key, and
// whether what is stated is true, nothing here can know. The package reads and
// writes no file.
package statement
