//go:build !linux && !darwin && !freebsd

package local

// keepOwner does nothing: Go cannot set owners on this system.
func (w *fileWriter) keepOwner() (sameGroup bool) { return true }
