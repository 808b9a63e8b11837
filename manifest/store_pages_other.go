//go:build !linux

package manifest

import bolt "go.etcd.io/bbolt"

// releasePages does nothing on this system.
func releasePages(*bolt.Tx) {}
