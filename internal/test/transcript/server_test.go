//go:build linux

package transcript

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/text/encoding/charmap"

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

// A dialect is an embedded server that is recorded, by the name of its golden file.
type dialect struct {
	name       string
	options    ftpserver.Options
	recordings []recording
}

// dialects are the embedded servers, with the recordings that show what is different with each.
var dialects = []dialect{
	{"embedded", ftpserver.Options{}, everything},
	{"embedded-no-mlsd", ftpserver.Options{NoMLSD: true}, auto},
	{"embedded-no-mlsd-hides-dots", ftpserver.Options{NoMLSD: true, HideDots: true}, auto},
	{"embedded-no-mlsd-no-dash-a", ftpserver.Options{NoMLSD: true, NoDashA: true}, auto},
	{"embedded-no-mlsd-no-mdtm", ftpserver.Options{NoMLSD: true, NoMDTM: true, NoMFMT: true}, auto},
	{"embedded-dos-listing", ftpserver.Options{NoMLSD: true, List: ftpserver.DOS}, auto},
	{"embedded-cdir", ftpserver.Options{CdirInMLSD: true}, names},
	{"embedded-no-mfmt", ftpserver.Options{NoMFMT: true}, auto},
	{"embedded-mdtm-sets", ftpserver.Options{NoMFMT: true, MDTMSets: true}, auto},
	{"embedded-no-size", ftpserver.Options{NoSIZE: true}, auto},
	{"embedded-no-overwrite", ftpserver.Options{NoOverwrite: true}, []recording{{"commands", commands, nil}}},
	{"embedded-no-epsv", ftpserver.Options{NoEPSV: true}, auto},
	{"embedded-no-passive", ftpserver.Options{NoPassive: true}, auto},
	{"embedded-no-eprt", ftpserver.Options{NoEPRT: true}, []recording{{"active", life, []string{"--mode", "active"}}}},
	{"embedded-no-active", ftpserver.Options{NoActive: true}, []recording{{"small files", small, nil}}},
	{"embedded-no-rest", ftpserver.Options{NoREST: true}, []recording{{"resumed by the next pass", nextPassResumes, nil}}},
	{"embedded-hash", ftpserver.Options{Hash: true}, names},
	{"embedded-no-utf8", ftpserver.Options{NoUTF8: true}, names},
	{"embedded-latin1", ftpserver.Options{Encoding: charmap.ISO8859_1}, names},
}

var (
	auto  = []recording{{"auto", life, nil}}
	names = []recording{{"two sides", twoSides, nil}}
)

// startEmbedded runs the embedded server as a process of its own, until the test ends.
func startEmbedded(t *testing.T, name string) *server {
	t.Helper()
	root := t.TempDir()
	cmd := exec.Command(os.Args[0], name, root)
	cmd.Env = append(os.Environ(), served+"=1", "GOMAXPROCS=1")
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
	o := dialects[slices.IndexFunc(dialects, func(d dialect) bool { return d.name == name })].options
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
