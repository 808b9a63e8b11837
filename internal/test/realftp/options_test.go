package realftp

import (
	"fmt"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSupports checks that an option that a server lacks is refused with its name.
func TestSupports(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"vsftpd", Options{TLS: Implicit, NoMDTMWrite: true}, ""},
		{"pureftpd", Options{TLS: Implicit}, "implicit TLS"},
		{"pureftpd", Options{NoActive: true}, "NoActive"},
		{"vsftpd", Options{NoMFMT: true}, "NoMFMT"},
		{"proftpd", Options{PassiveLow: 2}, "not a range"},
		{"wuftpd", Options{}, "no server"},
		{"goftp", Options{}, ""},
		{"goftp", Options{TLS: Explicit}, "TLS"},
		{"busybox", Options{ReadOnly: true}, "ReadOnly"},
	} {
		err := Supports(c.name, c.o)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %+v: %v", c.name, c.o, err)
		}
	}
}

// session is a control connection on which a test sends single commands.
type session struct {
	t *testing.T
	*textproto.Conn
}

func connect(t *testing.T, s *Server) *session {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return &session{t, textproto.NewConn(conn)}
}

func enter(t *testing.T, s *Server) *session {
	t.Helper()
	c := connect(t, s)
	c.read()
	c.do("USER " + s.User)
	if code, text := c.do("PASS " + s.Password); code != 230 {
		t.Fatalf("login: %d %s", code, text)
	}
	return c
}

func (c *session) read() (int, string) {
	c.t.Helper()
	code, text, err := c.ReadResponse(0)
	if err != nil {
		c.t.Fatal(err)
	}
	return code, text
}

func (c *session) do(line string) (int, string) {
	c.t.Helper()
	if err := c.PrintfLine("%s", line); err != nil {
		c.t.Fatal(err)
	}
	return c.read()
}

// TestOptions checks the effect of each option on each server that has it.
func TestOptions(t *testing.T) {
	for _, c := range []struct {
		name  string
		o     Options
		check func(t *testing.T, s *Server, c *session)
	}{
		{"NoActive", Options{NoActive: true}, refuses("PORT 127,0,0,1,200,1", 500, 501, 502, 550)},
		{"NoPassive", Options{NoPassive: true}, refuses("EPSV", 500, 501, 502, 550)},
		{"NoMFMT", Options{NoMFMT: true}, refuses("MFMT 20200101000000 file", 500, 502, 550)},
		{"NoMDTMWrite", Options{NoMDTMWrite: true}, refuses("MDTM 20200101000000 file", 550)},
		{"ReadOnly", Options{ReadOnly: true}, refuses("DELE file", 550)},
		{"NoMLSD", Options{NoMLSD: true}, lacksMLST},
		{"NoOverwrite", Options{NoOverwrite: true}, refusesOverwriting},
		{"PassiveLow", Options{PassiveLow: 23900, PassiveHigh: 23910}, listensInRange},
		{"MaxConnections", Options{MaxConnections: 2}, refusesTheThird},
		{"ShowDots", Options{ShowDots: true}, listed("", ".dot", true)},
		{"Zone", Options{Zone: "Asia/Tokyo"}, measuresInUTC},
		{"LocalTime", Options{Zone: "Asia/Tokyo", LocalTime: true}, listed("", "Jul 15  2020", true)},
		{"UTC", Options{}, listed("", "Jul 14  2020", true)},
	} {
		for _, name := range Names() {
			if Supports(name, c.o) != nil {
				continue
			}
			t.Run(c.name+"/"+name, func(t *testing.T) {
				s := Start(t, name, c.o)
				s.WriteFile(t, "file", "x")
				s.WriteFile(t, "other", "y")
				s.WriteFile(t, ".dot", "z")
				when := time.Date(2020, 7, 14, 22, 0, 0, 0, time.UTC)
				if err := os.Chtimes(filepath.Join(s.Root, "file"), when, when); err != nil {
					t.Fatal(err)
				}
				c.check(t, s, enter(t, s))
			})
		}
	}
}

// refuses checks that the reply to a command has one of the given codes.
func refuses(line string, codes ...int) func(*testing.T, *Server, *session) {
	return func(t *testing.T, _ *Server, c *session) {
		got, text := c.do(line)
		for _, code := range codes {
			if got == code {
				return
			}
		}
		t.Errorf("%s: %d %s", line, got, text)
	}
}

func lacksMLST(t *testing.T, _ *Server, c *session) {
	if _, text := c.do("FEAT"); strings.Contains(text, "MLST") {
		t.Error(text)
	}
}

func refusesOverwriting(t *testing.T, s *Server, c *session) {
	c.do("RNFR other")
	if got, text := c.do("RNTO file"); got != 550 {
		t.Errorf("RNTO: %d %s", got, text)
	}
	if data, _ := os.ReadFile(filepath.Join(s.Root, "file")); string(data) != "x" {
		t.Errorf("the file holds %q", data)
	}
}

func listensInRange(t *testing.T, s *Server, c *session) {
	_, text := c.do("EPSV")
	var port int
	_, rest, _ := strings.Cut(text, "|||")
	if _, err := fmt.Sscanf(rest, "%d|", &port); err != nil || port < s.opts.PassiveLow || port > s.opts.PassiveHigh {
		t.Errorf("EPSV: %s", text)
	}
}

func refusesTheThird(t *testing.T, s *Server, _ *session) {
	enter(t, s)
	c := connect(t, s)
	code, text, err := c.ReadResponse(0)
	if err != nil {
		return // vsftpd may be gone before its 421 is read
	}
	if code == 220 { // ProFTPD refuses the login only
		c.do("USER " + s.User)
		code, text = c.do("PASS " + s.Password)
	}
	if code != 421 && code != 530 {
		t.Errorf("the third connection: %d %s", code, text)
	}
}

// listed checks whether LIST sends a text.
func listed(flags, want string, is bool) func(*testing.T, *Server, *session) {
	return func(t *testing.T, _ *Server, c *session) {
		if got := c.list("LIST" + flags); strings.Contains(got, want) != is {
			t.Errorf("%q in %q: %v", want, got, !is)
		}
	}
}

// measuresInUTC checks that MDTM does not depend on the time zone.
func measuresInUTC(t *testing.T, _ *Server, c *session) {
	if _, text := c.do("MDTM file"); text != "20200714220000" {
		t.Errorf("MDTM: %s", text)
	}
}

// list returns a listing, which it gets in passive mode.
func (c *session) list(line string) string {
	c.t.Helper()
	_, text := c.do("EPSV")
	_, rest, _ := strings.Cut(text, "|||")
	port, _, _ := strings.Cut(rest, "|")
	data, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		c.t.Fatal(err)
	}
	defer data.Close()
	_ = data.SetDeadline(time.Now().Add(20 * time.Second))
	if err := c.PrintfLine("%s", line); err != nil {
		c.t.Fatal(err)
	}
	var b strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := data.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			break
		}
	}
	data.Close()
	c.read()
	c.read()
	return b.String()
}
