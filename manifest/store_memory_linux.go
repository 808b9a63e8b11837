package manifest

import (
	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
)

// letGo tells the system that the pages of the file that were read need not stay
// in the memory of this process: a walk over a large store would otherwise end
// with all of it there. What is read again comes from the system's cache. The
// mapping is only read through, and stays where it is as long as tx is open.
func letGo(tx *bolt.Tx) {
	// That this fails says nothing but that the pages stay.
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, tx.DB().Info().Data, uintptr(tx.Size()), unix.MADV_DONTNEED)
}
