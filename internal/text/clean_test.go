package text

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
			if got := Clean(test.in); got != test.want {
				t.Errorf("Clean(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestCleanLines(t *testing.T) {
	const in = "550 no\x1b\tsuch\r\nfile\n"
	if got, want := CleanLines(in), "550 no\\x1b\\x09such\nfile\n"; got != want {
		t.Errorf("CleanLines(%q) = %q, want %q", in, got, want)
	}
	if got, want := CleanContent(in), "550 no\\x1b\tsuch\\x0d\nfile\n"; got != want {
		t.Errorf("CleanContent(%q) = %q, want %q", in, got, want)
	}
}

func TestCount(t *testing.T) {
	for want, got := range map[string]string{
		"0 files": Count(0, "file"), "1 file": Count(1, "file"), "2 files": Count(2, "file"),
		"1 directory": Count(1, "directory"), "12 directories": Count(12, "directory"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
