package deploy

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"ferry/internal/test/realftp"
)

// TestModesOfDirectories deploys to a server with a umask of its own, into a directory with a setgid bit and a group of its
// own. Directories and files that were there stay as they were, and what is new is as that server makes it.
func TestModesOfDirectories(t *testing.T) {
	for name, extra := range map[string][]string{
		"vsftpd": {"local_umask=027"}, "proftpd": {"<Directory />", "Umask 027 027", "</Directory>"}, "pureftpd": {"-U", "137:027"}, "pyftpdlib": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startWith(t, name, realftp.Options{Extra: extra})
			s.put(tree{"index.html": "1", "css/s.css": "1", "css/t.css": "1"})
			css := filepath.Join(s.disk, "css")
			const group = 2199
			must(t, os.Chown(css, -1, group))
			must(t, os.Chmod(css, 0o775|fs.ModeSetgid))
			s.mode("css/s.css", 0o644)
			s.put(tree{"index.html": "2", "css/s.css": "2", "css/t.css": "1", "css/new.css": "new", "js/a.js": "new"})
			info, err := os.Stat(css)
			must(t, err)
			if info.Mode() != fs.ModeDir|fs.ModeSetgid|0o775 || info.Sys().(*syscall.Stat_t).Gid != group {
				t.Errorf("css has the mode %v and the group %d", info.Mode(), info.Sys().(*syscall.Stat_t).Gid)
			}
			made := fs.FileMode(0o640)
			if extra == nil {
				made = 0o644
			}
			for file, mode := range map[string]fs.FileMode{"css/s.css": 0o644, "css/new.css": made, "js/a.js": made, "js": fs.ModeDir | made | 0o110 | made&0o004>>2} {
				info, err := os.Stat(filepath.Join(s.disk, file))
				must(t, err)
				if info.Mode() != mode {
					t.Errorf("%s has the mode %v, want %v", file, info.Mode(), mode)
				}
			}
		})
	}
}
