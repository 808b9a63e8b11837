//go:build !linux && !darwin && !freebsd

package owner

// bootID stands for this machine since it was started. Here that is not known.
func bootID() string { return "" }
