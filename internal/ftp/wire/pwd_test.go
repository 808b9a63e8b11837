package wire

import "testing"

func TestParsePWD(t *testing.T) {
	tests := []struct{ server, text, want string }{
		{"vsftpd", `"/" is the current directory`, "/"},
		{"vsftpd, doubled", `"/a ""b"" c" is the current directory`, `/a "b" c`},
		{"pure-ftpd, not doubled", `"/a "b"" is your current location`, `/a "b"`},
		{"text behind in quotes", `"/a" is "home"`, "/a"},
		{"no text", `"/a"`, "/a"},
		{"a space at the end", `"/a " is it`, "/a "},
		{"no quotes", `/a is it`, ""},
		{"no end", `"/a`, ""},
		{"Windows", `"C:\a" is it`, ""},
		{"nothing", `"" is it`, ""},
	}
	for _, tt := range tests {
		got, err := ParsePWD(tt.text)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %s is %q, %v, want %q", tt.server, tt.text, got, err, tt.want)
		}
	}
}
