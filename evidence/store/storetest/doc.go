// Package storetest tests any journal and any keeper of blobs against what all
// of them promise. An implementation's own tests say only what is its own.
package storetest
