//go:build unix

package config

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestFoundBelongsToTheUser checks who may have written a configuration that is found by
// searching: this user or root, and nobody beside them.
func TestFoundBelongsToTheUser(t *testing.T) {
	const stranger = 12345
	root := os.Geteuid() == 0
	for _, c := range []struct {
		name      string
		root      bool // the case needs root
		file, dir os.FileMode
		owner     int
		link      int // 0: no link; else the file is reached through a link of this owner
		group     int // 0: as it is
		want      string
		hint      string
	}{
		{name: "of the user", file: 0o600, dir: 0o755},
		{name: "readable by all", file: 0o644, dir: 0o755},
		{name: "writable by all", file: 0o646, dir: 0o755, want: "every user can change", hint: "chmod go-w"},
		{name: "of another user", root: true, file: 0o600, dir: 0o755, owner: stranger, want: "belongs to another user", hint: "--config"},
		{name: "of another user in the user's directory", root: true, file: 0o644, dir: 0o700, owner: stranger, want: "belongs to another user", hint: "--config"},
		{name: "writable by a group", root: true, file: 0o664, dir: 0o755, group: stranger, want: "the group of the file can change", hint: "chmod go-w"},
		{name: "in a directory for all, as /tmp", file: 0o600, dir: 0o777 | os.ModeSticky},
		{name: "in a directory in which all can replace it", file: 0o600, dir: 0o777, want: "every user can replace", hint: "chmod o-w"},
		{name: "through a link of the user", file: 0o600, dir: 0o755, link: os.Geteuid()},
		{name: "through a link of another user", root: true, file: 0o600, dir: 0o755, link: stranger, want: "belongs to another user", hint: "--config"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.root && !root {
				t.Skip("NOT TESTED: giving a file away needs root")
			}
			dir := filepath.Join(t.TempDir(), "dir")
			path := write(t, "text", dir, FileName)
			at := path
			if c.link != 0 || c.name == "through a link of the user" {
				at = filepath.Join(t.TempDir(), FileName)
				if err := os.Symlink(path, at); err != nil {
					t.Fatal(err)
				}
				if err := os.Lchown(at, c.link, -1); err != nil {
					t.Fatal(err)
				}
			}
			if c.owner != 0 || c.group != 0 {
				if err := os.Chown(path, c.owner, c.group); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(path, c.file); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(dir, c.dir); err != nil {
				t.Fatal(err)
			}
			got, err := ReadFound(at)
			switch {
			case c.want == "" && (err != nil || string(got.Text) != "text"):
				t.Errorf("%v, %v", got, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(Hint(err), c.hint)):
				t.Errorf("%v (%s), want %q (%s)", err, Hint(err), c.want, c.hint)
			}
			if _, err := ReadSource(at); err != nil {
				t.Errorf("as one that an option names: %v", err)
			}
		})
	}
}

// TestPrivateGroup checks that the group of a user's own name is nobody else, unless it
// has other members.
func TestPrivateGroup(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Skipf("NOT TESTED: %v", err)
	}
	g, err := user.LookupGroupId(me.Gid)
	if err != nil || g.Name != me.Username {
		t.Skip("NOT TESTED: this user has no private group")
	}
	uid, _ := strconv.Atoi(me.Uid)
	gid, _ := strconv.Atoi(me.Gid)
	for _, c := range []struct {
		groups string
		want   bool
	}{
		{"other:x:99:a,b\n" + g.Name + ":x:" + g.Gid + ":\n", true},
		{g.Name + ":x:" + g.Gid + ":" + me.Username + "\n", true},
		{g.Name + ":x:" + g.Gid + ":" + me.Username + ",mallory\n", false},
		{g.Name + ":x:" + g.Gid + ":mallory", false},
	} {
		groupsFile = write(t, c.groups, t.TempDir(), "group")
		if got := isPrivateGroup(uint32(uid), uint32(gid)); got != c.want {
			t.Errorf("with %q: %v", c.groups, got)
		}
	}
	groupsFile = "/etc/group"
	if isPrivateGroup(uint32(uid), uint32(gid)+12345) {
		t.Error("another group is private")
	}
}

// TestFoundWaitsForNothing checks that what is no file is not opened: a pipe would wait
// for ever.
func TestFoundWaitsForNothing(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, FileName), 0o600); err != nil {
		t.Skipf("NOT TESTED: %v", err)
	}
	if path, _, err := Find(dir, "", env()); err == nil {
		t.Errorf("found %s", path)
	}
}
