package third

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool"
	"ferry/internal/test/realftp"
)

func TestMain(m *testing.M) { os.Exit(realftp.Main(m)) }

// realSession logs in over TLS.
func realSession(t *testing.T, s *realftp.Server) *ftp.Session {
	t.Helper()
	p := pool.New(ftp.Options{Security: ftp.Explicit, Insecure: true, Host: s.Host, Port: s.Port, User: s.User, Password: func() (string, error) { return s.Password, nil }, Timeout: 20 * time.Second})
	t.Cleanup(func() { p.Close() })
	session, err := p.Borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Return(session) })
	return session
}

// TestRealServersOverTLS sends between real servers. ProFTPD has SSCN. By default it checks the certificate of the other
// server then, and 1.3.8 loses its session where it does not know it. vsftpd and ProFTPD as TLS servers want the session
// of the control connection again by default, which only the client has. Where ProFTPD is the TLS client and sends, it
// resets the connection at the end, so that it is a matter of time whether all of it arrives.
func TestRealServersOverTLS(t *testing.T) {
	const may = "may"
	type server struct {
		name            string
		reuse, verifies bool
	}
	proftpd, reusing := server{name: "proftpd"}, server{name: "proftpd", reuse: true}
	for _, c := range []struct {
		name     string
		from, to server
		told     string // "": it goes directly; may: or not
	}{
		{"ProFTPD to ProFTPD", proftpd, proftpd, ""},
		{"ProFTPD to Pure-FTPd", reusing, server{name: "pureftpd"}, may},
		{"Pure-FTPd to ProFTPD", server{name: "pureftpd"}, reusing, ""},
		{"ProFTPD to vsftpd", proftpd, server{name: "vsftpd"}, may},
		{"vsftpd to ProFTPD", server{name: "vsftpd"}, proftpd, ""},
		{"the target wants reuse", proftpd, reusing, ""},
		{"the source wants reuse", reusing, proftpd, may},
		{"both want reuse", reusing, reusing, "broke off"},
		{"vsftpd wants reuse", server{name: "vsftpd", reuse: true}, proftpd, "session reuse required"},
		{"ProFTPD does not know the certificate", server{name: "proftpd", verifies: true}, server{name: "pureftpd"}, "do not come to terms"},
		{"neither has SSCN", server{name: "vsftpd"}, server{name: "pureftpd"}, "neither server has SSCN or CPSV"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := func(s server, host string) *realftp.Server {
				o := realftp.Options{Host: host, Foreign: true, TLS: realftp.Explicit, ForceTLS: true, RequireReuse: s.reuse}
				if s.name == "proftpd" && !s.verifies {
					o.Extra = []string{"TLSVerifyServer off"}
				}
				return realftp.Start(t, s.name, o)
			}
			source, target := start(c.from, "127.0.0.2"), start(c.to, "127.0.0.3")
			source.WriteFile(t, "a", string(content))
			told := []string{}
			l := &Link{Mode: On, Tell: func(why string) { told = append(told, why) }}
			for err := errors.New("not begun"); err != nil && l.Open(); {
				tr := Transfer{From: realSession(t, source), FromPath: "/a", To: realSession(t, target), ToPath: "/b"}
				if err = l.Run(t.Context(), tr, int64(len(content))); err != nil {
					continue
				}
				got, readErr := os.ReadFile(filepath.Join(target.Root, "b"))
				if readErr != nil || !bytes.Equal(got, content) || tr.From.Dead() || tr.To.Dead() {
					t.Errorf("%d bytes of %d, dead: %v %v, %v", len(got), len(content), tr.From.Dead(), tr.To.Dead(), readErr)
				}
				serves(t, tr.From, "/a")
				serves(t, tr.To, "/b")
			}
			t.Logf("told %q", told)
			if c.told == may && len(told) <= 1 {
				return
			}
			if c.told == "" && len(told) > 0 || c.told != "" && (len(told) != 1 || !strings.Contains(told[0], c.told)) {
				t.Errorf("told %q, want %q", told, c.told)
			}
		})
	}
}
