package cli

import "testing"

func TestClean(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"plain", "css/new.css", "css/new.css"},
		{"blanks and letters of all kinds", "Grüße an 東京.txt", "Grüße an 東京.txt"},
		{"control character", "b\x01ad", `b\x01ad`},
		{"escape sequence of a terminal", "\x1b[2Jgone", `\x1b[2Jgone`},
		{"line end", "a\nb\r", `a\x0ab\x0d`},
		{"no UTF-8", "caf\xe9", `caf\xe9`},
		{"a replacement character that is meant", "a\uFFFDb", "a\uFFFDb"},
		{"text that runs backwards", "exe.\u202Etxt", `exe.\u202etxt`},
		{"C1 control", "a\u009bm", `a\u009bm`},
		{"empty", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := clean(test.in); got != test.want {
				t.Errorf("clean(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}
