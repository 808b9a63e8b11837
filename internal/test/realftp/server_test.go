package realftp

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

// login opens a session with the library that the project uses.
func login(t *testing.T, s *Server) *ftp.ServerConn {
	t.Helper()
	options := []ftp.DialOption{ftp.DialWithTimeout(10 * time.Second)}
	// The library loses data under TLS 1.3 and knows no session reuse; the tests here are about the servers.
	config := &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, VerifyConnection: func(c tls.ConnectionState) error {
		sum := sha256.Sum256(c.PeerCertificates[0].Raw)
		if got := hex.EncodeToString(sum[:]); got != s.Fingerprint {
			t.Errorf("fingerprint %s, want %s", got, s.Fingerprint)
		}
		return nil
	}}
	switch s.opts.TLS {
	case Explicit:
		options = append(options, ftp.DialWithExplicitTLS(config))
	case Implicit:
		options = append(options, ftp.DialWithTLS(config))
	}
	c, err := ftp.Dial(s.Addr, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Quit() })
	if err := c.Login(s.User, s.Password); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestServers checks that every server starts, accepts its account, and shares Root with the test.
func TestServers(t *testing.T) {
	for _, name := range Names() {
		for security, what := range map[Security]string{Plain: "plain", Explicit: "explicit", Implicit: "implicit"} {
			o := Options{TLS: security}
			if Supports(name, o) != nil {
				continue
			}
			t.Run(name+"/"+what, func(t *testing.T) {
				s := Start(t, name, o)
				s.WriteFile(t, "dir/here", "from the test")
				c := login(t, s)
				r, err := c.Retr("/dir/here")
				if err != nil {
					t.Fatal(err)
				}
				var b strings.Builder
				buf := make([]byte, 100)
				n, _ := r.Read(buf)
				b.Write(buf[:n])
				if err := r.Close(); err != nil || b.String() != "from the test" {
					t.Errorf("read %q, %v", b.String(), err)
				}
				if err := c.Stor("/dir/here", strings.NewReader("from the client")); err != nil {
					t.Errorf("replacing a file of the test: %v", err)
				}
				if err := c.Rename("/dir", "/moved"); err != nil {
					t.Errorf("renaming a directory of the test: %v", err)
				}
				if got, err := os.ReadFile(filepath.Join(s.Root, "moved", "here")); string(got) != "from the client" {
					t.Errorf("the disk holds %q, %v", got, err)
				}
			})
		}
	}
}

// TestStop checks that a server ends its sessions when it is stopped.
func TestStop(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			s := Start(t, name, Options{IPv6: true})
			c := login(t, s)
			s.Stop()
			if err := c.NoOp(); err == nil {
				t.Error("the session lives on")
			}
		})
	}
}

func TestWrongPassword(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Start(t, name, Options{})
			c, err := ftp.Dial(s.Addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Quit()
			if err := c.Login(s.User, "wrong"); err == nil {
				t.Error("logged in with a wrong password")
			}
		})
	}
}

func TestStartAgain(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Start(t, name, Options{})
			s.WriteFile(t, "kept", "still there")
			s.StartAgain(t, OtherPassword)
			c := login(t, s)
			if size, err := c.FileSize("kept"); err != nil || size != 11 {
				t.Errorf("%d bytes: %v", size, err)
			}
			other, err := ftp.Dial(s.Addr)
			if err != nil {
				t.Fatal(err)
			}
			defer other.Quit()
			if err := other.Login(s.User, Password); err == nil {
				t.Error("logged in with the password of before")
			}
		})
	}
}
