//go:build unix

package config

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// groupsFile lists the groups of this machine with their members.
var groupsFile = "/etc/group"

// checkFound returns an error if somebody else than this user and root could have
// written the open file f at path, or put it there.
func checkFound(path string, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("looking at the configuration: %w", err)
	}
	link, err := os.Lstat(path)
	if err != nil {
		return fmt.Errorf("looking at the configuration: %w", err)
	}
	if !ours(info) || !ours(link) {
		return withHint(fmt.Errorf("%s belongs to another user", path), "to use it anyway: --config "+path)
	}
	if why := writableByOthers(info); why != "" {
		return withHint(fmt.Errorf("%s can change %s", why, path), "chmod go-w "+path+"; or to use it anyway: --config "+path)
	}
	for _, dir := range dirsOf(path) {
		info, err := os.Stat(dir)
		if err != nil {
			return fmt.Errorf("looking at the configuration: %w", err)
		}
		if info.Mode().Perm()&0o002 != 0 && info.Mode()&fs.ModeSticky == 0 {
			return withHint(fmt.Errorf("every user can replace %s: all may write to %s", path, dir), "chmod o-w "+dir+"; or to use it anyway: --config "+path)
		}
	}
	return nil
}

// dirsOf returns the directory of the file at path and, if that is a link, the directory
// of the file itself.
func dirsOf(path string) []string {
	dirs := []string{filepath.Dir(path)}
	if real, err := filepath.EvalSymlinks(path); err == nil && filepath.Dir(real) != dirs[0] {
		dirs = append(dirs, filepath.Dir(real))
	}
	return dirs
}

// ours reports whether a file belongs to this user or to root.
func ours(info fs.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && (owner.Uid == 0 || owner.Uid == uint32(os.Geteuid()))
}

// writableByOthers says who else than its owner may write to a file, or "". The private
// group of its owner, which many systems give to each user, is nobody else.
func writableByOthers(info fs.FileInfo) string {
	switch mode := info.Mode().Perm(); {
	case mode&0o002 != 0:
		return "every user"
	case mode&0o020 == 0:
		return ""
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if ok && isPrivateGroup(owner.Uid, owner.Gid) {
		return ""
	}
	return "the group of the file"
}

// isPrivateGroup reports whether the group is the one that has only this user in it, and
// the user's name.
func isPrivateGroup(uid, gid uint32) bool {
	u, err := user.LookupId(strconv.Itoa(int(uid)))
	if err != nil || u.Gid != strconv.Itoa(int(gid)) {
		return false
	}
	g, err := user.LookupGroupId(u.Gid)
	return err == nil && g.Name == u.Username && !hasOtherMembers(g.Gid, u.Username)
}

// hasOtherMembers reports whether the group with this ID lists another member than name.
func hasOtherMembers(gid, name string) bool {
	f, err := os.Open(groupsFile)
	if err != nil {
		return false
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Split(strings.TrimSpace(lines.Text()), ":")
		if len(fields) != 4 || fields[2] != gid {
			continue
		}
		for member := range strings.SplitSeq(fields[3], ",") {
			if member != "" && member != name {
				return true
			}
		}
	}
	return lines.Err() != nil
}
