// Package sample holds what is computed about samples: exact bounds of a share
// from how many of a sample were right.
//
// It draws nothing and reads nothing.
package sample
