//go:build !windows

package local

// impossibleNames are errors of this system that say that no file can have the name.
var impossibleNames []error
