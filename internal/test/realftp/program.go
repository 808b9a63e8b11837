package realftp

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// program is a server program on this machine.
type program struct {
	name string
	root string // directory that its packages were unpacked to, "" if it is installed
	path string // what to run
}

// binaries holds the main file of each server, below the root of its packages.
var binaries = map[string]string{
	"vsftpd":    "usr/sbin/vsftpd",
	"proftpd":   "usr/sbin/proftpd",
	"pureftpd":  "usr/sbin/pure-ftpd",
	"pyftpdlib": "usr/lib/python3/dist-packages/pyftpdlib/__init__.py",
}

// find looks for a server in the cache that .ci/servers fills, and then among the installed programs.
func find(name string) (program, error) {
	if runtime.GOOS != "linux" {
		return program{}, fmt.Errorf("it runs on Linux only")
	}
	cache, err := cacheDir()
	if err != nil {
		return program{}, err
	}
	file := cmp.Or(binaries[name], others[name].file)
	for _, root := range []string{filepath.Join(cache, name), "/"} {
		path := filepath.Join(root, file)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		p := program{name: name, root: root, path: path}
		if root == "/" {
			p.root = ""
		}
		if name == "pyftpdlib" {
			p.path, err = python(root)
		}
		return p, err
	}
	return program{}, fmt.Errorf("it is not in %s and not installed", cache)
}

// cacheDir returns the directory that .ci/servers unpacks the servers to.
func cacheDir() (string, error) {
	if dir := os.Getenv("FERRY_SERVERS"); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "ferry", "servers"), nil
}

// python returns the interpreter for the Debian packages below root: their own if they have one, or that of the system.
func python(root string) (string, error) {
	found, _ := filepath.Glob(filepath.Join(root, "usr/bin/python3.*"))
	for _, path := range append(found, "/usr/bin/python3") {
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 && !strings.HasSuffix(path, "-config") {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no Python")
}

// libraries returns the value of LD_LIBRARY_PATH for an unpacked program, or "" if it is installed.
func (p program) libraries() string {
	if p.root == "" {
		return ""
	}
	var dirs []string
	for _, pattern := range []string{"usr/lib/*-linux-gnu*", "lib/*-linux-gnu*"} {
		found, _ := filepath.Glob(filepath.Join(p.root, pattern))
		dirs = append(dirs, found...)
	}
	return strings.Join(dirs, ":")
}

// installedPath returns where a path of the packages, such as "usr/lib/proftpd", is on this machine.
func (p program) installedPath(path string) string { return filepath.Join("/", p.root, path) }
