package ftpserver

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if t.Failed() {
			t.Logf("transcript:\n%s", strings.Join(s.Transcript(), "\n"))
		}
	})
	return s
}

// dial logs in with the library that the project uses.
func dial(t *testing.T, s *Server, options ...ftp.DialOption) *ftp.ServerConn {
	t.Helper()
	c, err := ftp.Dial(s.Addr(), append([]ftp.DialOption{ftp.DialWithTimeout(5 * time.Second)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Quit() })
	if err := c.Login(s.opts.User, s.opts.Password); err != nil {
		t.Fatal(err)
	}
	return c
}

func store(t *testing.T, c *ftp.ServerConn, name, content string) {
	t.Helper()
	if err := c.Stor(name, strings.NewReader(content)); err != nil {
		t.Fatalf("STOR %s: %v", name, err)
	}
}

func retrieve(t *testing.T, c *ftp.ServerConn, name string) string {
	t.Helper()
	r, err := c.Retr(name)
	if err != nil {
		t.Fatalf("RETR %s: %v", name, err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("RETR %s: %v", name, err)
	}
	if err := r.Close(); err != nil {
		t.Fatalf("RETR %s: %v", name, err)
	}
	return string(data)
}

func names(t *testing.T, c *ftp.ServerConn, dir string) []string {
	t.Helper()
	entries, err := c.List(dir)
	if err != nil {
		t.Fatalf("listing %s: %v", dir, err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name)
	}
	return out
}

func code(err error) int {
	var e *textproto.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// tlsFor returns a TLS configuration that trusts only the certificate of the server.
func tlsFor(s *Server) *tls.Config {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.CertPEM())
	return &tls.Config{RootCAs: pool, ServerName: "localhost", ClientSessionCache: tls.NewLRUClientSessionCache(8)}
}

// exerciseSession does what usual sessions do.
func exerciseSession(t *testing.T, c *ftp.ServerConn) {
	t.Helper()
	big := strings.Repeat("0123456789abcdef", 64<<10)
	if err := c.MakeDir("/dir with space"); err != nil {
		t.Fatal(err)
	}
	store(t, c, "/dir with space/übung.txt", "hello")
	store(t, c, "/big", big)
	store(t, c, "/empty", "")
	if got := retrieve(t, c, "/dir with space/übung.txt"); got != "hello" {
		t.Errorf("content %q", got)
	}
	if got := retrieve(t, c, "/big"); got != big {
		t.Errorf("the big file has %d bytes", len(got))
	}
	if got := retrieve(t, c, "/empty"); got != "" {
		t.Errorf("the empty file has %q", got)
	}
	when := time.Date(2021, 8, 1, 12, 34, 56, 0, time.UTC)
	if err := c.SetTime("/big", when); err != nil {
		t.Errorf("MFMT: %v", err)
	}
	if got, err := c.GetTime("/big"); err != nil || !got.Equal(when) {
		t.Errorf("MDTM: %v, %v", got, err)
	}
	if err := c.Rename("/big", "/empty"); err != nil {
		t.Errorf("rename over a file: %v", err)
	}
	if got := names(t, c, "/"); !slices.Equal(got, []string{"dir with space", "empty"}) {
		t.Errorf("listing: %q", got)
	}
	if n, err := c.FileSize("/empty"); err != nil || n != int64(len(big)) {
		t.Errorf("SIZE: %d, %v", n, err)
	}
	if err := c.RemoveDir("/dir with space"); code(err) != 550 {
		t.Errorf("RMD of a directory that is not empty: %v", err)
	}
	if err := c.RemoveDir("/empty"); code(err) != 550 {
		t.Errorf("RMD of a file: %v", err)
	}
	if err := c.Delete("/dir with space"); code(err) != 550 {
		t.Errorf("DELE of a directory: %v", err)
	}
	if err := c.MakeDir("/a/b"); code(err) != 550 {
		t.Errorf("MKD below nothing: %v", err)
	}
	if err := c.Stor("/a/b", strings.NewReader("x")); code(err) != 550 {
		t.Errorf("STOR below nothing: %v", err)
	}
	if err := c.Delete("/dir with space/übung.txt"); err != nil {
		t.Error(err)
	}
	if err := c.RemoveDir("/dir with space"); err != nil {
		t.Error(err)
	}
}

func TestSession(t *testing.T) {
	for _, c := range []struct {
		name string
		opts Options
		disk bool
	}{
		{name: "memory"},
		{name: "disk", disk: true},
		{name: "without MLSD", opts: Options{NoMLSD: true}},
		{name: "without EPSV", opts: Options{NoEPSV: true}},
		{name: "explicit TLS", opts: Options{TLS: Explicit, ForceTLS: true}},
		{name: "implicit TLS", opts: Options{TLS: Implicit}, disk: true},
		{name: "explicit TLS 1.2", opts: Options{TLS: Explicit, TLSMax: tls.VersionTLS12}},
		{name: "IIS", opts: Options{NoMLSD: true, List: DOS}},
		{name: "IPv6", opts: Options{Addr: "[::1]:0"}},
		{name: "three passive ports", opts: Options{PassiveLow: 23990, PassiveHigh: 23992}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.disk {
				c.opts.Root = t.TempDir()
			}
			s := start(t, c.opts)
			var options []ftp.DialOption
			switch c.opts.TLS {
			case Explicit:
				options = append(options, ftp.DialWithExplicitTLS(withoutTickets(tlsFor(s))))
			case Implicit:
				options = append(options, ftp.DialWithTLS(withoutTickets(tlsFor(s))))
			}
			exerciseSession(t, dial(t, s, options...))
		})
	}
}

// withoutTickets works around a bug of the client's library: with TLS 1.3 data is lost if a connection is closed while a
// ticket of the server is unread.
func withoutTickets(c *tls.Config) *tls.Config {
	c.ClientSessionCache = nil
	c.SessionTicketsDisabled = true
	c.MaxVersion = tls.VersionTLS12
	return c
}

func TestCertificate(t *testing.T) {
	s := start(t, Options{TLS: Implicit})
	block, _ := pem.Decode(s.CertPEM())
	sum := sha256.Sum256(block.Bytes)
	if got := hex.EncodeToString(sum[:]); got != s.Fingerprint() {
		t.Errorf("fingerprint %s, certificate %s", s.Fingerprint(), got)
	}
	plain := start(t, Options{})
	if plain.CertPEM() != nil || plain.Fingerprint() != "" {
		t.Error("a certificate without TLS")
	}
}

func TestLogin(t *testing.T) {
	s := start(t, Options{User: "anna", Password: "geheim"})
	c, err := ftp.Dial(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Quit()
	if err := c.Login("anna", "falsch"); code(err) != 530 {
		t.Errorf("wrong password: %v", err)
	}
	dial(t, s)
	for _, line := range s.Transcript() {
		if strings.Contains(line, "geheim") || strings.Contains(line, "falsch") {
			t.Errorf("the transcript holds a password: %s", line)
		}
	}
}

func TestOnlyLoopback(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:2121", "localhost:0", "nonsense"} {
		if s, err := Start(Options{Addr: addr}); err == nil {
			s.Close()
			t.Errorf("listens on %s", addr)
		}
	}
}

// TestRoot checks that links on disk do not lead outside the root.
func TestRoot(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(outside, "secret"), "not for you")
	writeFile(t, filepath.Join(root, "file"), "yes")
	for link, target := range map[string]string{
		"dir": outside, "link": filepath.Join(outside, "secret"), "up": "..", "inside": "file",
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Skip("no symbolic links here: " + err.Error())
		}
	}
	c := dial(t, start(t, Options{Root: root}))
	for _, name := range []string{"/link", "/dir/secret", "/up/x", "../../../etc/passwd"} {
		if r, err := c.Retr(name); err == nil {
			r.Close()
			t.Errorf("RETR %s works", name)
		}
		if err := c.Stor(name, strings.NewReader("overwritten")); err == nil {
			t.Errorf("STOR %s works", name)
		}
	}
	if err := c.ChangeDir("/dir"); err == nil {
		t.Error("CWD through a link to the outside works")
	}
	if got := retrieve(t, c, "/inside"); got != "yes" {
		t.Errorf("a link inside the root gives %q", got)
	}
	if got, _ := os.ReadFile(filepath.Join(outside, "secret")); string(got) != "not for you" {
		t.Errorf("the file outside holds %q", got)
	}
	if err := c.Delete("/link"); err != nil {
		t.Errorf("DELE of a link: %v", err)
	}
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestReadOnly(t *testing.T) {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "a"), "1")
	c := dial(t, start(t, Options{Root: root, ReadOnly: true}))
	for what, err := range map[string]error{
		"STOR":   c.Stor("/b", strings.NewReader("x")),
		"DELE":   c.Delete("/a"),
		"MKD":    c.MakeDir("/d"),
		"RENAME": c.Rename("/a", "/b"),
		"MFMT":   c.SetTime("/a", time.Unix(0, 0)),
	} {
		if code(err) != 550 {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got := retrieve(t, c, "/a"); got != "1" {
		t.Errorf("a holds %q", got)
	}
}

// rawClient is a control connection on which a test sends single commands.
type rawClient struct {
	t *testing.T
	*textproto.Conn
	sock net.Conn
}

func dialRaw(t *testing.T, s *Server) *rawClient {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	return newRawClient(t, conn)
}

func newRawClient(t *testing.T, conn net.Conn) *rawClient {
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	return &rawClient{t, textproto.NewConn(conn), conn}
}

// login is dialRaw that also reads the greeting, logs in and sets the binary type.
func login(t *testing.T, s *Server) *rawClient {
	t.Helper()
	r := dialRaw(t, s)
	r.wantReply(220)
	r.command(331, "USER "+s.opts.User)
	r.command(230, "PASS "+s.opts.Password)
	r.command(200, "TYPE I")
	return r
}

// wantReply reads one reply, which must have the given code, and returns its text.
func (r *rawClient) wantReply(code int) string {
	r.t.Helper()
	_, text, err := r.ReadResponse(code)
	if err != nil {
		r.t.Fatalf("reply %d expected: %v", code, err)
	}
	return text
}

func (r *rawClient) command(code int, line string) string {
	r.t.Helper()
	if err := r.PrintfLine("%s", line); err != nil {
		r.t.Fatal(err)
	}
	return r.wantReply(code)
}

// wantClosed fails the test unless the connection ends without another reply.
func (r *rawClient) wantClosed() {
	r.t.Helper()
	if line, err := r.ReadLine(); err == nil {
		r.t.Fatalf("%q instead of the end of the connection", line)
	} else if errors.Is(err, os.ErrDeadlineExceeded) {
		r.t.Fatal("the connection is still open")
	}
}

// openPassive sends EPSV and returns the address of the data port.
func (r *rawClient) openPassive() string {
	r.t.Helper()
	text := r.command(229, "EPSV")
	host, _, _ := net.SplitHostPort(r.sock.RemoteAddr().String())
	_, rest, _ := strings.Cut(text, "|||")
	port, _, _ := strings.Cut(rest, "|")
	return net.JoinHostPort(host, port)
}

// download sends a command that returns data, in passive mode. It returns the data and the code of the final reply.
func (r *rawClient) download(line string) (string, int) {
	r.t.Helper()
	data, err := net.Dial("tcp", r.openPassive())
	if err != nil {
		r.t.Fatal(err)
	}
	defer data.Close()
	_ = data.SetDeadline(time.Now().Add(10 * time.Second))
	if err := r.PrintfLine("%s", line); err != nil {
		r.t.Fatal(err)
	}
	if code, text, err := r.ReadResponse(150); err != nil {
		r.t.Logf("%s: %d %s", line, code, text)
		return "", code
	}
	all, err := io.ReadAll(data)
	if err != nil {
		r.t.Logf("%s: data: %v", line, err)
	}
	code, _, err := r.ReadResponse(0)
	if err != nil {
		r.t.Logf("%s: final reply: %v", line, err)
	}
	return string(all), code
}

// upload is download for a command that takes data.
func (r *rawClient) upload(line, content string) int {
	r.t.Helper()
	data, err := net.Dial("tcp", r.openPassive())
	if err != nil {
		r.t.Fatal(err)
	}
	defer data.Close()
	_ = data.SetDeadline(time.Now().Add(10 * time.Second))
	if err := r.PrintfLine("%s", line); err != nil {
		r.t.Fatal(err)
	}
	if code, _, err := r.ReadResponse(150); err != nil {
		return code
	}
	_, _ = io.WriteString(data, content)
	data.Close()
	code, _, _ := r.ReadResponse(0)
	return code
}
