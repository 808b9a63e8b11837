package realftp

import (
	"bufio"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Server is a running server. It is stopped when the test ends.
type Server struct {
	Name           string
	Addr           string // host:port of the control connection
	Host           string
	Port           int
	User, Password string
	Root           string // the directory on disk that clients see as "/"
	CertPEM        []byte // nil without TLS
	Fingerprint    string // SHA-256 of the certificate in lower-case hex

	opts    Options
	program program
	state   string // directory of the server's own files
	process *process
}

// startTimeout is the longest time until a server greets.
const startTimeout = 30 * time.Second

// Start runs a server until the test ends. If the server is not available the test is skipped, or fails with
// FERRY_REQUIRE_SERVERS=1. If the server lacks one of the options the test fails.
func Start(t testing.TB, name string, o Options) *Server {
	t.Helper()
	if err := Supports(name, o); err != nil {
		t.Fatalf("realftp: %v", err)
	}
	program, err := find(name)
	if err == nil {
		err = checkPrivileges(name)
	}
	if err != nil {
		skipWithout(t, name, err)
	}
	var s *Server
	for range 3 { // another process may take the port before the server does
		if s, err = start(t, program, o); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatalf("realftp: starting %s: %v", name, err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what %s wrote:\n%s", name, s.Log())
		}
	})
	return s
}

func start(t testing.TB, program program, o Options) (*Server, error) {
	t.Helper()
	host := "127.0.0.1"
	if o.IPv6 {
		host = "::1"
	}
	host = cmp.Or(o.Host, host)
	port, err := freePort(host)
	if err != nil {
		return nil, err
	}
	// Not t.TempDir: other users cannot enter that, and the server runs as another user.
	state, err := os.MkdirTemp("", "ferry-"+program.name+"-")
	if err != nil {
		return nil, err
	}
	s := &Server{
		Name: program.name, Host: host, Port: port, Addr: net.JoinHostPort(host, strconv.Itoa(port)),
		User: User, Password: Password, Root: filepath.Join(state, "root"), opts: o, program: program, state: state,
	}
	t.Cleanup(func() { _ = os.RemoveAll(state) })
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if err := s.startProcess(t); err != nil {
		return nil, err
	}
	return s, nil
}

// startProcess starts the server and waits for its greeting.
func (s *Server) startProcess(t testing.TB) error {
	t.Helper()
	var err error
	if s.process, err = s.run(s.program); err != nil {
		return err
	}
	t.Cleanup(s.process.kill)
	if err := s.waitForGreeting(); err != nil {
		s.process.kill()
		return fmt.Errorf("%w\n%s", err, s.Log())
	}
	return nil
}

// StartAgain stops the server and starts it again at the same port with the same files. The password is Password or
// OtherPassword. Log starts anew.
func (s *Server) StartAgain(t testing.TB, password string) {
	t.Helper()
	if passwordHashes[password] == "" {
		t.Fatalf("realftp: there is no password %q", password)
	}
	s.Stop()
	s.Password = password
	if err := s.startProcess(t); err != nil {
		t.Fatalf("realftp: starting %s again: %v", s.Name, err)
	}
}

// prepare makes the directories and the certificate.
func (s *Server) prepare() error {
	if err := os.Chmod(s.state, 0o755); err != nil {
		return err
	}
	for _, dir := range []string{"root", "empty", "etc", "pam.d"} {
		if err := os.Mkdir(filepath.Join(s.state, dir), 0o755); err != nil {
			return err
		}
	}
	if s.opts.TLS == Plain {
		return s.Own()
	}
	cert, err := certificate()
	if err != nil {
		return err
	}
	s.CertPEM, s.Fingerprint = cert.CertPEM, cert.Fingerprint
	if err := s.write("cert.pem", string(cert.KeyPEM)+string(cert.CertPEM)); err != nil {
		return err
	}
	// pyftpdlib reads the file as the user of the account.
	if err := os.Chmod(s.file("cert.pem"), 0o644); err != nil {
		return err
	}
	return s.Own()
}

// file returns the path of a file of the server itself.
func (s *Server) file(name string) string { return filepath.Join(s.state, name) }

func (s *Server) write(name, content string) error {
	return os.WriteFile(s.file(name), []byte(content), 0o600)
}

// Own makes the user of the account the owner of everything below Root. A test that creates files there calls it, so
// that the server may overwrite them and set their times.
func (s *Server) Own() error {
	if os.Getuid() != 0 {
		return nil
	}
	return filepath.WalkDir(s.Root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, uid)
	})
}

// WriteFile writes a file below Root, and makes missing directories. The user of the account owns them.
func (s *Server) WriteFile(t testing.TB, name, content string) {
	t.Helper()
	path := filepath.Join(s.Root, filepath.FromSlash(name))
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(content), 0o644)
	}
	if err == nil {
		err = s.Own()
	}
	if err != nil {
		t.Fatalf("realftp: %v", err)
	}
}

// Log returns what the server has written so far.
func (s *Server) Log() string {
	var b strings.Builder
	for _, name := range []string{"output", "log"} {
		data, _ := os.ReadFile(s.file(name))
		b.Write(data)
	}
	return b.String()
}

// Stop ends the server and all its sessions before the test does.
func (s *Server) Stop() { s.process.kill() }

// waitForGreeting connects again and again until the server greets or ends.
func (s *Server) waitForGreeting() error {
	end := time.After(startTimeout)
	for {
		err := s.greeting()
		if err == nil {
			return nil
		}
		select {
		case <-s.process.gone:
			return fmt.Errorf("the server ended: %v", s.process.err)
		case <-end:
			return fmt.Errorf("no greeting after %v: %w", startTimeout, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// greeting reads the greeting, quits, and waits until the server has closed the connection, so that it no longer counts.
func (s *Server) greeting() error {
	conn, err := net.DialTimeout("tcp", s.Addr, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if s.opts.TLS == Implicit {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // nothing is sent but QUIT
	}
	r := bufio.NewReader(conn)
	line, err := r.ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(line, "220") {
		return errors.New("the greeting is " + strings.TrimSpace(line))
	}
	if _, err := io.WriteString(conn, "QUIT\r\n"); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, r)
	return nil
}

// freePort returns a port on which nobody listens.
func freePort(host string) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
