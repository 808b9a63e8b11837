package manifest

import (
	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
)

// releasePages tells the system that the pages of the file need not stay in the
// memory of this process. Without it, a walk over a large store ends with all of
// it there. What is read again comes from the system's cache. The mapping is
// read-only, and stays in place as long as tx is open.
func releasePages(tx *bolt.Tx) {
	// If this fails, the pages stay, and nothing else happens.
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, tx.DB().Info().Data, uintptr(tx.Size()), unix.MADV_DONTNEED)
}
