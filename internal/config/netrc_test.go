package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// loginParts is a login with its password in the open, "none" where there is
// none.
type loginParts struct{ Host, User, Password string }

func partsOfLogin(l login) loginParts {
	if l.Password.IsZero() {
		return loginParts{l.Host, l.User, "none"}
	}
	return loginParts{l.Host, l.User, l.Password.reveal().text}
}

func TestParseNetrc(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []loginParts
	}{
		{"nothing", "", nil},
		{"comments only", "# a\n   # b machine x\n", nil},
		{"one line", "machine h login u password p", []loginParts{{"h", "u", "p"}}},
		{"one word a line", "machine\nh\nlogin\n\tu\npassword\np\n", []loginParts{{"h", "u", "p"}}},
		{"CRLF and a byte order mark", "\ufeffmachine h\r\nlogin u\r\npassword p\r\n", []loginParts{{"h", "u", "p"}}},
		{"two, and a default", "machine a password 1\nmachine b login u\ndefault login anonymous password x@y", []loginParts{{"a", "", "1"}, {"b", "u", "none"}, {"", "anonymous", "x@y"}}},
		{"an account is left out", "machine h account acc login u", []loginParts{{"h", "u", "none"}}},
		{"user means login", "machine h user u", []loginParts{{"h", "u", "none"}}},
		{"quotes", `machine h login "a b" password "p \"q\" \\ #"`, []loginParts{{"h", "a b", `p "q" \ #`}}},
		{"an empty password", `machine h password ""`, []loginParts{{"h", "", ""}}},
		{"a quote inside is ordinary", `machine h password p"q"`, []loginParts{{"h", "", `p"q"`}}},
		{"a backslash outside quotes is ordinary", `machine h password p\q\\`, []loginParts{{"h", "", `p\q\\`}}},
		{"a comment behind values", "machine h login u # not password x\npassword p", []loginParts{{"h", "u", "p"}}},
		{"a password of number signs", "machine h password #1# login #u", []loginParts{{"h", "#u", "#1#"}}},
		{"a password that is a keyword", "machine h password machine login u", []loginParts{{"h", "u", "machine"}}},
		{"a macro reaches to the empty line", "machine h login u\nmacdef init\nmachine x\npassword y\n\nmachine i password p", []loginParts{{"h", "u", "none"}, {"i", "", "p"}}},
		{"a macro reaches to the end", "machine h login u\nmacdef init\npassword y", []loginParts{{"h", "u", "none"}}},
		{"a macro in CRLF", "macdef init\r\npassword y\r\n\r\nmachine i\r\n", []loginParts{{"i", "", "none"}}},
	} {
		logins, err := parseNetrc("netrc", c.text)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		var got []loginParts
		for _, l := range logins {
			got = append(got, partsOfLogin(l))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestParseNetrcErrors(t *testing.T) {
	const keyword = "expected machine, default, login, password, account or macdef here (put a value that contains a space in double quotes)"
	for _, c := range []struct{ text, want string }{
		{"machine", "netrc:1: machine has no value"},
		{"machine h\nlogin u\npassword", "netrc:3: password has no value"},
		{"machine \"\"", "netrc:1: the name of the machine is empty"},
		{"login u", "netrc:1: login comes before any machine"},
		{"machine h\npassword two secret words", "netrc:2: " + keyword},
		{"machine h\n\nsecret", "netrc:3: " + keyword},
		{"machine h\npassword \"secret\nlogin u", `netrc:2: a value starts with " but does not end with it on the same line`},
		{`machine h password "secret\`, `netrc:1: a value starts with " but does not end with it on the same line`},
	} {
		got, err := parseNetrc("netrc", c.text)
		if err == nil {
			t.Errorf("%q is %v, want an error", c.text, got)
			continue
		}
		if err.Error() != c.want {
			t.Errorf("%q: %s\nwant %s", c.text, err, c.want)
		}
	}
}

func TestFindLogin(t *testing.T) {
	logins, err := parseNetrc("netrc", `
		default login anonymous password d
		machine a login u1 password 1
		machine a login u2 password 2
		machine b password 3
		machine c login u4`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ host, user, want string }{
		{"a", "", "1"},
		{"a", "u1", "1"},
		{"a", "u2", "2"},
		{"A", "u2", "2"},
		{"a", "u3", "no entry"},
		{"b", "anyone", "3"},
		{"c", "u4", "none"},
		{"d", "", "d"},
		{"d", "anonymous", "d"},
		{"d", "u1", "no entry"},
	} {
		got, found := findLogin(logins, c.host, c.user)
		if !found && c.want == "no entry" {
			continue
		}
		if !found || partsOfLogin(got).Password != c.want {
			t.Errorf("%s@%s: %v %v, want %q", c.user, c.host, got, found, c.want)
		}
	}
}

func FuzzParseNetrc(f *testing.F) {
	f.Add("machine h login u password \"p\\\"\"\nmacdef x\n\ndefault")
	f.Fuzz(func(t *testing.T, text string) {
		logins, err := parseNetrc("netrc", text)
		if err != nil && (logins != nil || !strings.HasPrefix(err.Error(), "netrc:")) {
			t.Errorf("%q: %v, %v", text, logins, err)
		}
	})
}
