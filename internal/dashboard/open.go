package dashboard

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"ferry/internal/app"
)

// wayIn leads a browser to the page. The token is in a file that only the user can read,
// and not in the arguments of a program, which all users can.
var wayIn = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>ferry</title><meta http-equiv="refresh" content="0; url={{.}}"></head>
<body><p><a href="{{.}}" rel="noreferrer">Open the dashboard of ferry</a></p></body></html>
`))

// WayIn writes a file that leads a browser of this user to the page, and returns its path.
// remove removes it.
func (s *Server) WayIn() (path string, remove func(), err error) {
	var b bytes.Buffer
	if err := wayIn.Execute(&b, s.URL()); err != nil {
		return "", nil, err
	}
	dir := filepath.Join(s.o.StateDir, "dashboard")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, fmt.Errorf("making the directory for the way in: %w", err)
	}
	sweep(dir)
	path = filepath.Join(dir, fmt.Sprintf("%d.html", os.Getpid()))
	if err := app.WritePrivate(path, b.Bytes()); err != nil {
		return "", nil, fmt.Errorf("writing the way in: %w", err)
	}
	return path, func() { _ = os.Remove(path) }, nil
}

// sweep removes the files of processes that were killed: they lead nowhere.
func sweep(dir string) {
	files, _ := filepath.Glob(filepath.Join(dir, "*.html"))
	for _, file := range files {
		if pid, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(file), ".html")); err == nil && !alive(pid) {
			_ = os.Remove(file)
		}
	}
}

// alive reports whether a process runs.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer func() { _ = p.Release() }()
	if runtime.GOOS == "windows" { // it was found
		return true
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}

// OpenBrowser has the system open a file in the browser of the user, and reports whether
// that was possible.
func OpenBrowser(path string, getenv func(string) string) bool {
	var cmd *exec.Cmd
	switch {
	case runtime.GOOS == "windows":
		cmd = exec.Command("rundll32", "url.dll,FileProtocolHandler", path)
	case runtime.GOOS == "darwin":
		cmd = exec.Command("open", path)
	case getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "":
		return false
	default:
		cmd = exec.Command("xdg-open", path)
	}
	if cmd.Start() != nil {
		return false
	}
	go func() { _ = cmd.Wait() }()
	return true
}
