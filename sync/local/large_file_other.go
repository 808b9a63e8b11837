//go:build !linux

package local

const largeFile = 0
