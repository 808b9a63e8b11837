//go:build linux

package transcript

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// A server is one that is recorded.
type server struct {
	name           string
	addr           string
	user, password string
	root           string       // where it lies on disk
	own            func() error // gives what the test wrote there to the server
}

// content never counts as failed, so that the log of the server, which holds all commands of all sections, is not shown
// below the difference.
type content struct{ testing.TB }

func (content) Failed() bool { return false }

func startReal(t *testing.T, name string) *server {
	t.Helper()
	s := realftp.Start(content{t}, name, realftp.Options{})
	return &server{name, s.Addr, s.User, s.Password, s.Root, s.Own}
}

// dialects are the embedded servers that are recorded, by the name of their golden file.
var dialects = map[string]ftpserver.Options{
	"embedded":                    {},
	"embedded-no-mlsd":            {NoMLSD: true},
	"embedded-no-mlsd-hides-dots": {NoMLSD: true, HideDots: true},
	"embedded-no-mlsd-no-dash-a":  {NoMLSD: true, NoDashA: true},
	"embedded-no-mlsd-no-mdtm":    {NoMLSD: true, NoMDTM: true, NoMFMT: true},
	"embedded-dos-listing":        {NoMLSD: true, List: ftpserver.DOS},
	"embedded-no-mfmt":            {NoMFMT: true},
	"embedded-mdtm-sets":          {NoMFMT: true, MDTMSets: true},
	"embedded-no-epsv":            {NoEPSV: true},
	"embedded-no-eprt":            {NoEPRT: true},
	"embedded-no-active":          {NoActive: true},
	"embedded-no-passive":         {NoPassive: true},
	"embedded-no-rest":            {NoREST: true},
	"embedded-no-size":            {NoSIZE: true},
	"embedded-no-utf8":            {NoUTF8: true},
	"embedded-latin1":             {Latin1: true},
	"embedded-hash":               {Hash: true},
	"embedded-cdir":               {CdirInMLSD: true},
	"embedded-no-overwrite":       {NoOverwrite: true},
}

// startEmbedded runs the embedded server as a process of its own, until the test ends.
func startEmbedded(t *testing.T, name string) *server {
	t.Helper()
	root := t.TempDir()
	cmd := exec.Command(os.Args[0], name, root)
	cmd.Env = append(os.Environ(), part+"=server", "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	alive, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		alive.Close()
		_ = cmd.Wait()
	})
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return &server{name, strings.TrimSpace(addr), "ferry", "secret", root, func() error { return nil }}
}

// serve is the process that startEmbedded starts. It ends with its standard input.
func serve(name, root string) int {
	o := dialects[name]
	o.Root = root
	s, err := ftpserver.Start(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer s.Close()
	fmt.Println(s.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

func (s *server) tree() string { return filepath.Join(s.root, root) }
