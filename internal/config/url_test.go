package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/ftp"
)

// remoteParts is a Remote with its password in the open.
type remoteParts struct {
	Security       ftp.Security
	User, Password string
	Host           string
	Port           int
	Path           string
	Absolute       bool
}

func partsOf(r Remote) remoteParts {
	p := remoteParts{Security: r.Security, User: r.User, Host: r.Host, Port: r.Port, Path: r.Path, Absolute: r.Absolute}
	if !r.Password.IsZero() {
		p.Password = r.Password.reveal().text
	}
	return p
}

func TestParseURL(t *testing.T) {
	for _, c := range []struct {
		url    string
		want   remoteParts
		string string // "" where it is the URL itself
	}{
		{"ftp://example.com", remoteParts{Host: "example.com"}, ""},
		{"ftp://example.com/", remoteParts{Host: "example.com"}, "ftp://example.com"},
		{"ftpes://deploy@example.com/htdocs", remoteParts{Security: ftp.Explicit, User: "deploy", Host: "example.com", Path: "htdocs"}, ""},
		{"ftps://example.com/a/b", remoteParts{Security: ftp.Implicit, Host: "example.com", Path: "a/b"}, ""},
		{"ftp://example.com//srv/www", remoteParts{Host: "example.com", Path: "srv/www", Absolute: true}, ""},
		{"ftp://example.com//", remoteParts{Host: "example.com", Absolute: true}, ""},
		{"ftp://example.com/%2Fsrv", remoteParts{Host: "example.com", Path: "srv", Absolute: true}, "ftp://example.com//srv"},
		{"ftp://example.com/a//b/./c/", remoteParts{Host: "example.com", Path: "a/b/c"}, "ftp://example.com/a/b/c"},
		{"FTPES://Example.COM:2121/A", remoteParts{Security: ftp.Explicit, Host: "example.com", Port: 2121, Path: "A"}, "ftpes://example.com:2121/A"},
		{"ftps://example.com:990/", remoteParts{Security: ftp.Implicit, Host: "example.com", Port: 990}, "ftps://example.com"},
		{"ftps://example.com:21/", remoteParts{Security: ftp.Implicit, Host: "example.com", Port: 21}, "ftps://example.com:21"},
		{"ftp://u:secret@h/p", remoteParts{User: "u", Password: "secret", Host: "h", Path: "p"}, "ftp://u@h/p"},
		{"ftp://u:@h/p", remoteParts{User: "u", Host: "h", Path: "p"}, "ftp://u@h/p"},
		{"ftp://me@example.org:pa:ss@h", remoteParts{User: "me@example.org", Password: "pa:ss", Host: "h"}, "ftp://me%40example.org@h"},
		{"ftp://me%40example.org:p%2Fq%25@h", remoteParts{User: "me@example.org", Password: "p/q%", Host: "h"}, "ftp://me%40example.org@h"},
		{"ftp://u@h/%40a/b@c", remoteParts{User: "u", Host: "h", Path: "@a/b@c"}, "ftp://u@h/%40a/b%40c"},
		{"ftp://h/a%20b/%C3%A9/x%25y", remoteParts{Host: "h", Path: "a b/é/x%y"}, "ftp://h/a%20b/é/x%25y"},
		{"ftp://h/a b?c#d;e", remoteParts{Host: "h", Path: "a b?c#d;e"}, "ftp://h/a%20b?c#d;e"},
		{"ftp://192.0.2.7:21/x", remoteParts{Host: "192.0.2.7", Port: 21, Path: "x"}, "ftp://192.0.2.7/x"},
		{"ftp://[::1]/x", remoteParts{Host: "::1", Path: "x"}, ""},
		{"ftp://u@[2001:DB8::1]:2121/x", remoteParts{User: "u", Host: "2001:db8::1", Port: 2121, Path: "x"}, "ftp://u@[2001:db8::1]:2121/x"},
		{"ftp://[fe80::1%25eth0]:2121", remoteParts{Host: "fe80::1%eth0", Port: 2121}, "ftp://[fe80::1%25eth0]:2121"},
		{"ftp://my_nas.local./x", remoteParts{Host: "my_nas.local.", Path: "x"}, ""},
	} {
		got, err := ParseURL(c.url)
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if diff := cmp.Diff(c.want, partsOf(got)); diff != "" {
			t.Errorf("%s: %s", c.url, diff)
		}
		want := c.string
		if want == "" {
			want = c.url
		}
		if got.String() != want {
			t.Errorf("%s is shown as %s, want %s", c.url, got, want)
		}
	}
}

func TestParseURLErrors(t *testing.T) {
	for _, c := range []struct{ url, want, hint string }{
		{"", "is not a URL", "ftp://user@host/path"},
		{"./public", "is not a URL", "ftp://user@host/path"},
		{"example.com/htdocs", "is not a URL", "ftp://user@host/path"},
		{"://h", "is not a URL", "ftp://user@host/path"},
		{"sftp://u@h/p", "sftp:// is file transfer over SSH, which ferry does not support", "ftpes://"},
		{"https://example.com", "https:// is not an FTP URL", "ftpes://"},
		{"ftpe://h", "unknown scheme ftpe://", "ftpes://"},
		{"foo://h", `unknown scheme "foo"`, "ftpes://"},
		{"ftp://", "the URL names no host", "ftp://user@host/path"},
		{"ftp:///path", "the URL names no host", "ftp://user@host/path"},
		{"ftp://user@/path", "the URL names no host", "ftp://user@host/path"},
		{"ftp://:21/path", "the URL names no host", "ftp://user@host/path"},
		{"ftp://:secret@h", "the URL has a password but no user name", ""},
		{"ftp://h:0", `the port after host "h" is not a number from 1 to 65535`, `before the "@"`},
		{"ftp://h:65536", `the port after host "h" is not a number from 1 to 65535`, `before the "@"`},
		{"ftp://h:", `the port after host "h" is not a number from 1 to 65535`, `before the "@"`},
		{"ftp://h:+21", `the port after host "h" is not a number from 1 to 65535`, `before the "@"`},
		{"ftp://deploy:secret/h", `the port after host "deploy" is not a number from 1 to 65535`, `before the "@"`},
		{"ftp://deploy:sec/ret@h/p", "host or port of the URL cannot be read", "%2F"},
		{"ftp://deploy:sec@ret/secret@h/p", `the URL has an "@" after the "/", so the "/" may be part of a password`, "%2F"},
		{"ftp://deploy:123/secret@h/p", `the URL has an "@" after the "/", so the "/" may be part of a password`, "%2F"},
		{"ftp://u:se%ZZcret@h", `the password of the URL has a "%" without two hex digits after it`, "%25"},
		{"ftp://u:secret%@h", `the password of the URL has a "%" without two hex digits after it`, "%25"},
		{"ftp://u:secret%2@h", `the password of the URL has a "%" without two hex digits after it`, "%25"},
		{"ftp://u:secret%0D@h", "the password of the URL contains a control character", ""},
		{"ftp://u%00@h", "the user name of the URL contains a control character", ""},
		{"ftp://h/a%0Ab", "the path of the URL contains a control character", ""},
		{"ftp://h/a\x7fb", "the path of the URL contains a control character", ""},
		{"ftp://h/a\xffb", `path of the URL: name not allowed: "a\xffb" contains "\xff"`, ""},
		{"ftp://h/a/../b", `the path of the URL contains ".."`, "root"},
		{"ftp://h/%2e%2E/b", `the path of the URL contains ".."`, "root"},
		{"ftp://2001:db8::1/x", "an IPv6 address in a URL needs brackets", "[2001:db8::1]"},
		{"ftp://[fe80::1%25a\n]/x", `"fe80::1%25a\n" is not an IPv6 address`, ""},
		{"ftp://fe80::1%\nx/x", "an IPv6 address in a URL needs brackets", "[fe80::1]"},
		{"ftp://[::1/x", `the URL has a "[" without "]" in its host`, ""},
		{"ftp://[::g]/x", `"::g" is not an IPv6 address`, ""},
		{"ftp://[192.0.2.1]/x", `"192.0.2.1" is not an IPv6 address`, ""},
		{"ftp://[::1]x/", `only ":" and a port may follow the "]" of an IPv6 address`, ""},
		{"ftp://exam ple.com", `host "exam ple.com" contains ' '`, ""},
		{"ftp://h\r\nDELE x/", `host "h\r\nDELE x" contains '\r'`, ""},
		{"ftp://bücher.example", `host "bücher.example" contains 'ü'`, "xn--"},
		{"ftp://a..b", `"a..b" is not a valid host name`, ""},
		{"ftp://-a", `"-a" is not a valid host name`, ""},
	} {
		got, err := ParseURL(c.url)
		if err == nil {
			t.Errorf("%q is %+v, want an error", c.url, partsOf(got))
			continue
		}
		if err.Error() != c.want {
			t.Errorf("%q: %s\nwant %s", c.url, err, c.want)
		}
		if hint := Hint(err); !strings.Contains(hint, c.hint) || (c.hint == "") != (hint == "") {
			t.Errorf("%q: hint is %q", c.url, hint)
		}
		if strings.Contains(err.Error()+Hint(err), "secret") {
			t.Errorf("%q: the error shows the password: %v", c.url, err)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"ftp://u:p@h:21/a/b", "ftps://[::1%25x]//a", "ftpes://h/%2F%41", "sftp://x", "ftp://a@b:c/d@e", "ftp://:@:/:@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseURL(s)
		if err != nil {
			if strings.ContainsAny(err.Error()+Hint(err), "\r\n\x00") {
				t.Errorf("ParseURL(%q): the error holds control characters: %q", s, err)
			}
			return
		}
		shown := r.String()
		again, err := ParseURL(shown)
		if err != nil {
			t.Fatalf("%q is shown as %q, which is no URL: %v", s, shown, err)
		}
		want, got := partsOf(r), partsOf(again)
		want.Password, got.Password = "", ""
		if want.Port == want.Security.Port() {
			want.Port = 0
		}
		if want != got {
			t.Errorf("%q is shown as %q: %+v, want %+v", s, shown, got, want)
		}
	})
}
