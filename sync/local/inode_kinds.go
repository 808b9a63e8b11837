package local

import "strings"

// keepsInodes reports whether a file on a file system of that kind, as statfs(2) of macOS and
// FreeBSD names it, keeps its inode number while it exists. Those that have no such numbers
// make them up.
func keepsInodes(kind string) bool {
	switch kind {
	case "msdos", "msdosfs", "exfat", "lifs", "smbfs", "cifs", "afpfs", "webdav", "ftp", "virtiofs", "p9fs":
		return false
	}
	return !strings.Contains(kind, "fuse") // macfuse, osxfuse, fusefs, fusefs.sshfs
}
