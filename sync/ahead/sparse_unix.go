//go:build unix

package ahead

import (
	"errors"
	"os"
	"syscall"
)

// probeBytes is by how much a file is made longer to see whether it can have holes.
const probeBytes = 4 << 20

// checkSparse finds out whether a file can have holes. Where it cannot, as on FAT, the first
// byte at the end of a large file would have the system fill all that lies before.
func checkSparse(file File) error {
	f, ok := file.(*os.File)
	if !ok {
		return nil
	}
	before, err := f.Stat()
	if err != nil {
		return err
	}
	// A resume compares the end of what is there. If ferry is killed here, this mark shows that
	// the hole is no content, also where the content has zeros.
	if _, err := f.WriteAt([]byte{holeMark}, before.Size()+probeBytes-1); err != nil {
		return err
	}
	after, err := f.Stat()
	if err := errors.Join(err, f.Truncate(before.Size())); err != nil {
		return err
	}
	if blocks(after)-blocks(before) >= probeBytes/blockBytes/2 {
		return errNotSparse
	}
	return nil
}

// holeMark is a byte that is hardly ever the only one among zeros.
const holeMark = 0xa7

// blockBytes is the unit in which the size of a file on disk is told.
const blockBytes = 512

func blocks(info os.FileInfo) int64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int64(s.Blocks)
	}
	return 0
}
