package wire

import "testing"

func TestOtherService(t *testing.T) {
	const tls = TLS
	for _, test := range []struct{ first, want string }{
		{"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "an SSH server"},
		{"SSH-1.99-Cisco", "an SSH server"},
		{"SSH-2", "an SSH server"}, // as many bytes as a TLS record header
		{"220 mail.example.com ESMTP Postfix\r\n", "a mail server (SMTP)"},
		{"220-smtp.example.com ESMTP Exim 4.96\r\n220 no spam\r\n", "a mail server (SMTP)"},
		{"220 example.com Microsoft SMTP MAIL Service ready\r\n", "a mail server (SMTP)"},
		{"554 mx1.example.com ESMTP not accepting messages\r\n", "a mail server (SMTP)"},
		{"HTTP/1.1 400 Bad Request\r\n", "a web server"},
		{"HTTP/", "a web server"},
		{"<!DOCTYPE HTML PUBLIC", "a web server"},
		{"* OK [CAPABILITY IMAP4rev1] ready\r\n", "a mail server (IMAP)"},
		{"+OK POP3 ready\r\n", "a mail server (POP3)"},
		{"\x15\x03\x01\x00\x02\x02\x46", tls},
		{"\x15\x03\x03\x00\x02", tls},
		{"\xff\xfd\x18\xff\xfd\x20", "a telnet server"},
		{"RFB 003.008\n", "a VNC server"},
		{"@RSYNCD: 31.0\n", "an rsync server"},
		{"J\x00\x00\x00\x0a8.0.35\x00", "a database server"},
		{"-ERR unknown command\r\n", "a database server"},
		{"200 news.example.com InterNetNews NNRP server ready (posting ok)\r\n", "a news server (NNTP)"},

		{"220 ProFTPD Server ready.\r\n", ""},
		{"220 smtp.example.com ready\r\n", ""}, // only the host's name
		{"220 mail.example.com FTP server, no SMTP here\r\n", ""},
		{"220 (vsFTPd 3.0.3)\r\n", ""},
		{"220 Welcome", ""},
		{"220 ", ""},
		{"421 Too many users\r\n", ""},
		{"", ""},
		{"hello\r\n", ""},
	} {
		if got := OtherService([]byte(test.first)); got != test.want {
			t.Errorf("%q: %q, want %q", test.first, got, test.want)
		}
	}
}
