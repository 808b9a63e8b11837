package local

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// listMounts reads what is mounted below root from the kernel's table. A file system on a
// disk is identified by its UUID, because the names of disks change; others, as on another
// machine, by what was mounted. The mount point of an automounter counts as not mounted.
func listMounts(root string) (mounts, error) {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	return parseMounts(root, string(table), diskUUID)
}

// parseMounts reads a table as in proc(5): number, parent, device, the directory of the file
// system that is mounted, the mount point, options, "-", type, source, more options.
func parseMounts(root, table string, uuid func(source string) string) (mounts, error) {
	found := make(mounts)
	for line := range strings.Lines(table) {
		before, after, ok := strings.Cut(line, " - ")
		place, what := strings.Fields(before), strings.Fields(after)
		if !ok || len(place) < 5 || len(what) < 2 {
			return nil, fmt.Errorf("not a mount: %q", line)
		}
		at, kind, source := unescape(place[4]), what[0], unescape(what[1])
		if kind == "autofs" || !strings.HasPrefix(at, strings.TrimSuffix(root, "/")+"/") {
			continue
		}
		if strings.HasPrefix(source, "/dev/") {
			source = uuid(source)
		}
		found.add(root, at, mountIdentity(kind, unescape(place[3]), source))
	}
	return found, nil
}

// unescape replaces the octal escapes of the table, as \040 for a space.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+4 <= len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// diskUUID returns the UUID of the file system on a block device, or "" if the system does
// not tell.
func diskUUID(source string) string {
	var disk unix.Stat_t
	if unix.Stat(source, &disk) != nil {
		return ""
	}
	names, _ := filepath.Glob("/dev/disk/by-uuid/*")
	for _, name := range names {
		var named unix.Stat_t
		if unix.Stat(name, &named) == nil && named.Rdev == disk.Rdev {
			return filepath.Base(name)
		}
	}
	return ""
}
