//go:build !unix

package cloudtrail

const openFlags = 0
