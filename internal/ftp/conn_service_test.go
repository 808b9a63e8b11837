package ftp

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// listenAndSay listens, sends what to each connection, and keeps it open until the client
// goes away.
func listenAndSay(t *testing.T, what string) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.WriteString(conn, what)
				_, _ = io.Copy(io.Discard, conn)
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// TestOtherServices connects to servers of other protocols, with all kinds of security. Each
// is named at once, and none gets the password.
func TestOtherServices(t *testing.T) {
	for _, test := range []struct {
		says     string
		security Security
		want     string // in the error
		hint     string
	}{
		{"SSH-2.0-OpenSSH_9.2p1\r\n", Plain, "an SSH server answers on this port", "SFTP"},
		{"SSH-2.0-OpenSSH_9.2p1\r\n", Explicit, "an SSH server answers on this port", "SFTP"},
		{"SSH-2.0-OpenSSH_9.2p1\r\n", Implicit, "an SSH server answers on this port", "SFTP"},
		{"220 mail.example.com ESMTP Postfix\r\n", Plain, "a mail server (SMTP)", "is the port right?"},
		{"220 mail.example.com ESMTP Postfix\r\n", Explicit, "a mail server (SMTP)", "is the port right?"},
		{"* OK [CAPABILITY IMAP4rev1] ready.\r\n", Plain, "a mail server (IMAP)", "is the port right?"},
		{"+OK ready\r\n", Plain, "a mail server (POP3)", "is the port right?"},
		{"HTTP/1.1 400 Bad Request\r\n\r\n", Plain, "a web server", "is the port right?"},
		{"HTTP/1.1 400 Bad Request\r\n\r\n", Implicit, "a web server", "is the port right?"},
		{"\x15\x03\x01\x00\x02\x02\x46", Plain, "expects TLS from the first byte", "use ftps://127.0.0.1:"},
		{"\x15\x03\x01\x00\x02\x02\x46", Explicit, "expects TLS from the first byte", "use ftps://127.0.0.1:"},
		{"J\x00\x00\x00\x0a8.0.35\x00", Plain, "a database server", "is the port right?"},
		{"220 FTP server ready\r\n", Implicit, "does not answer with TLS", "use ftpes://127.0.0.1:"},
		{"421 cleartext sessions are not accepted on this server\r\n", Plain, "cleartext", "use ftpes://127.0.0.1:"},
	} {
		o := Options{Host: "127.0.0.1", Port: listenAndSay(t, test.says), Security: test.security, User: "u", Timeout: 20 * time.Second,
			Password: func() (string, error) { return "secret", nil }, Backoff: func(int) time.Duration { return 0 }}
		_, err := newLender(t, o).Borrow(t.Context())
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), test.want) || !strings.Contains(e.Hint, test.hint) {
			t.Errorf("%q, security %v: %v (%+v)", test.says, test.security, err, e)
		}
	}
}

func TestSilenceHint(t *testing.T) {
	for _, test := range []struct {
		port     int
		security Security
		want     string
	}{
		{80, Plain, "web server"}, {8443, Implicit, "web server"}, {990, Plain, "use ftps://example.com"}, {990, Explicit, "use ftps://example.com"},
		{21, Plain, "use ftps://"}, {2121, Explicit, "web servers"}, {2121, Implicit, "web server"},
	} {
		if got := silenceHint(&Options{Host: "example.com", Port: test.port, Security: test.security}); !strings.Contains(got, test.want) {
			t.Errorf("port %d, %v: %q", test.port, test.security, got)
		}
	}
}
