//go:build !linux && !darwin && !freebsd

package local_test

import "os"

func ownerOf(os.FileInfo) (uid, gid int) { return 0, 0 }
