package local_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// openExFAT returns an empty directory on an exFAT file system in user space (FUSE), which
// takes names that differ only in case for one, and has an inode number for each spelling.
func openExFAT(t *testing.T) (*local.Directory, otherUser) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can mount")
	}
	format, libraries := realftp.Tool(t, "exfat", "usr/sbin/mkfs.exfat")
	mount := filepath.Join(filepath.Dir(format), "mount.exfat-fuse")
	if _, err := os.Stat(mount); err != nil {
		mount = filepath.Join(filepath.Dir(format), "../../sbin/mount.exfat-fuse") // of Debian 12
	}
	image, dir := filepath.Join(t.TempDir(), "image"), t.TempDir()
	h := otherUser{t, filepath.Join(dir, "root")}
	h.must(os.WriteFile(image, nil, 0o600))
	h.must(os.Truncate(image, 16<<20))
	run := func(name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+libraries)
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	_, err := run(format, image)
	h.must(err)
	device, err := run("losetup", "--find", "--show", image)
	if err != nil {
		realftp.Impossible(t, "exFAT: there is no loop device: "+err.Error())
	}
	t.Cleanup(func() { run("losetup", "--detach", device) })
	if _, err := run(mount, device, dir); err != nil {
		realftp.Impossible(t, "exFAT: FUSE cannot mount here: "+err.Error())
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	h.Mkdir("")
	return reopen(t, h, local.Options{}), h
}

// A side in user space that folds case says so, and renames in case only.
func TestCaseOnExFAT(t *testing.T) {
	d, h := openExFAT(t)
	h.Write("dir/read", "one", fixedTime)
	h.Write("dir/\u00e4", "two", fixedTime)
	tree := scan(t, d)
	for path, other := range map[manifest.Path]string{"dir": "DIR", "dir/read": "READ", "dir/\u00e4": "\u00c4"} {
		same, err := d.SameInOtherCase(t.Context(), []sync.OtherCase{{Path: path, Entry: tree.At(path), Other: other}})
		if err != nil || !same {
			t.Errorf("%s and %s are one name: %v, %v", path, other, same, err)
		}
	}
	for _, step := range []sync.Step{
		{Op: sync.Move, From: "dir/read", Path: "dir/READ", Expect: tree.At("dir/read")},
		{Op: sync.Move, From: "dir/\u00e4", Path: "dir/\u00c4", Expect: tree.At("dir/\u00e4")},
		{Op: sync.Move, From: "dir", Path: "Dir", Expect: tree.At("dir")},
	} {
		if outs := apply(t, d, step); outs[0].Err != nil {
			t.Errorf("%s: %v", step.Path, outs[0].Err)
		}
	}
	h.wantContent("Dir/READ", "one")
	h.wantFiles("Dir/", "Dir/READ", "Dir/\u00c4")
}

// Two files, of which one is a hard link to the other, are no two spellings of one name.
func TestHardLinksInTwoCases(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("read", "one", fixedTime)
	h.must(os.Link(h.at("read"), h.at("READ")))
	same, err := d.SameInOtherCase(t.Context(), []sync.OtherCase{{Path: "read", Entry: scan(t, d).At("read"), Other: "READ"}})
	if err != nil || same {
		t.Errorf("%v, %v", same, err)
	}
}
