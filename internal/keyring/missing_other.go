//go:build !unix || darwin

package keyring

// missing says why there is no keyring, or "": these systems have one.
func missing() string { return "" }
