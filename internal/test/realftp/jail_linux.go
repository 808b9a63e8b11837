package realftp

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// makeJail makes the server's own directory a tree that the server can be started in by chroot, where mounting is not
// allowed: with the program, the libraries that it and PAM load, and account files. Inside, the path that the directory
// has outside leads to the root, so that configuration may name files as everywhere.
func (s *Server) makeJail(p program) error {
	if err := s.account(); err != nil {
		return err
	}
	if err := os.Rename(s.file("pam.d"), s.file("etc/pam.d")); err != nil {
		return err
	}
	modules, err := pamModules()
	if err != nil {
		return err
	}
	files := append(modules, p.path)
	for _, f := range append(modules, p.path) {
		needed, err := needs(f, p)
		if err != nil {
			return err
		}
		files = append(files, needed...)
	}
	if s.opts.Zone != "" {
		files = append(files, filepath.Join("/usr/share/zoneinfo", s.opts.Zone))
	}
	for _, f := range files {
		if err := copyInto(s.state, f); err != nil {
			return err
		}
	}
	inside := filepath.Join(s.state, s.state)
	if err := os.MkdirAll(filepath.Dir(inside), 0o755); err != nil {
		return err
	}
	return os.Symlink("/", inside)
}

// pamModules are the modules that the service of account() names.
func pamModules() ([]string, error) {
	var found []string
	for _, name := range []string{"pam_unix.so", "pam_permit.so"} {
		for _, dir := range []string{"/usr/lib/*-linux-gnu*/security", "/lib/*-linux-gnu*/security", "/usr/lib64/security"} {
			if paths, _ := filepath.Glob(filepath.Join(dir, name)); len(paths) > 0 {
				// PAM asks for them below /lib, which is /usr/lib nowadays.
				found = append(found, paths[0], strings.TrimPrefix(paths[0], "/usr"))
				break
			}
		}
	}
	if len(found) != 4 {
		return nil, errors.New("the modules of PAM were not found")
	}
	return found, nil
}

// needs are the libraries that a program or a library is linked with, the loader among them.
func needs(file string, p program) ([]string, error) {
	cmd := exec.Command("ldd", file)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+p.libraries())
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("ldd %s: %w", file, err)
	}
	var all []string
	for line := range strings.Lines(string(out)) {
		for field := range strings.FieldsSeq(line) {
			if strings.HasPrefix(field, "/") {
				all = append(all, field)
			}
		}
	}
	return all, nil
}

// copyInto copies a file to the same path below another root.
func copyInto(root, file string) error {
	target := filepath.Join(root, file)
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, data, 0o755)
}
