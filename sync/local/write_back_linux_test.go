package local_test

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"ferry/sync/local"
)

// A program that has stored something through a memory map, and stores again after the
// file was read, sets the times of the file.
func TestStoreThroughMemoryMap(t *testing.T) {
	d, h := open(t, local.Options{})
	var fs unix.Statfs_t
	h.must(unix.Statfs(h.root, &fs))
	if fs.Type == unix.TMPFS_MAGIC || fs.Type == unix.OVERLAYFS_SUPER_MAGIC {
		t.Skip("this file system does not set times for memory maps")
	}
	h.Write("f", string(make([]byte, 8192)), fixedTime)
	f, err := os.OpenFile(h.at("f"), os.O_RDWR, 0)
	h.must(err)
	defer f.Close()
	m, err := unix.Mmap(int(f.Fd()), 0, 8192, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	h.must(err)
	defer unix.Munmap(m)
	m[0] = 'a'
	waitForChangeTime(t, h)
	entry := readThrough(t, d, "f", func() {})
	waitForChangeTime(t, h)
	m[1] = 'b'
	if now := scan(t, d).At("f"); now.Changed == entry.Changed {
		t.Error("the second store does not show")
	}
}
