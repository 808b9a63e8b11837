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

// makeChroot prepares the directory of the server for chroot, which is used where mounting is not allowed. It copies the
// program, the libraries that it and PAM load, and account files. Inside, the outer path of the directory is a link to
// the root, so that paths in the configuration are the same.
func (s *Server) makeChroot(p program) error {
	if err := s.writeAccounts(); err != nil {
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
		needed, err := sharedLibraries(f, p)
		if err != nil {
			return err
		}
		files = append(files, needed...)
	}
	if s.opts.Zone != "" {
		files = append(files, filepath.Join("/usr/share/zoneinfo", s.opts.Zone))
	}
	for _, f := range files {
		if err := copyBelow(s.state, f); err != nil {
			return err
		}
	}
	inside := filepath.Join(s.state, s.state)
	if err := os.MkdirAll(filepath.Dir(inside), 0o755); err != nil {
		return err
	}
	return os.Symlink("/", inside)
}

// pamModules returns the paths of the modules that the PAM service of the server needs.
func pamModules() ([]string, error) {
	var found []string
	for _, name := range []string{"pam_unix.so", "pam_permit.so"} {
		for _, dir := range []string{"/usr/lib/*-linux-gnu*/security", "/lib/*-linux-gnu*/security", "/usr/lib64/security"} {
			if paths, _ := filepath.Glob(filepath.Join(dir, name)); len(paths) > 0 {
				// PAM looks for them below /lib, which is a link to /usr/lib on current systems.
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

// sharedLibraries returns the libraries that a program or library is linked with, including the loader.
func sharedLibraries(file string, p program) ([]string, error) {
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

// copyBelow copies a file to the same path below root, unless it is there.
func copyBelow(root, file string) error {
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
