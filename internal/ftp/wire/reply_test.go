package wire

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
)

var replyTests = []struct {
	name, in string
	want     Reply
}{
	{"one line", "220 hello\r\n", Reply{220, "hello"}},
	{"bare line feed", "220 hello\n", Reply{220, "hello"}},
	{"code alone", "200\r\n", Reply{200, ""}},
	{"code and space", "200 \r\n", Reply{200, ""}},
	{"several lines", "220-one\r\n220-two\r\n220 three\r\n", Reply{220, "one\ntwo\nthree"}},
	{"lines without a code", "211-Features:\r\n SIZE\r\n MLST type*;\r\n211 End\r\n", Reply{211, "Features:\n SIZE\n MLST type*;\nEnd"}},
	{"another code inside", "230-look\r\n331 not the end\r\n226-nor this\r\n230 in\r\n", Reply{230, "look\n331 not the end\n226-nor this\nin"}},
	{"numbers inside", "230-we have\r\n2300 users\r\n230\r\n", Reply{230, "we have\n2300 users\n"}},
	{"empty lines inside", "214-\r\n\r\n214 \r\n", Reply{214, "\n\n"}},
	{"facts", "250-Listing x\r\n type=file;size=3; /x\r\n250 End\r\n", Reply{250, "Listing x\n type=file;size=3; /x\nEnd"}},
	{"two in a packet: the first", "250 one\r\n350 two\r\n", Reply{250, "one"}},
}

func TestReadReply(t *testing.T) {
	for _, test := range replyTests {
		for how, r := range map[string]io.Reader{
			"at once":      strings.NewReader(test.in),
			"byte by byte": iotest.OneByteReader(strings.NewReader(test.in)),
		} {
			got, err := ReadReply(bufio.NewReaderSize(r, MaxReplyLine))
			if err != nil || got != test.want {
				t.Errorf("%s, %s: got %q, %v; want %q", test.name, how, got, err, test.want)
			}
		}
	}
}

// TestNotDone: 202 is positive in name only.
func TestNotDone(t *testing.T) {
	for code, done := range map[int]bool{200: true, 202: false, 213: true, 250: true, 502: false, 450: false} {
		if r := (Reply{Code: code}); r.OK() != done || r.Refused() == done {
			t.Errorf("%d: OK %v, refused %v", code, r.OK(), r.Refused())
		}
	}
}

func TestReadReplyRefuses(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     error
	}{
		{"nothing", "", io.EOF},
		{"no line end", "220 hel", io.ErrUnexpectedEOF},
		{"no last line", "220-hello\r\n", io.ErrUnexpectedEOF},
		{"no code", "SSH-2.0-OpenSSH_9.6\r\n", ErrProtocol},
		{"HTTP", "HTTP/1.1 400 Bad Request\r\n", ErrProtocol},
		{"short code", "20 ok\r\n", ErrProtocol},
		{"long code", "2000 ok\r\n", ErrProtocol},
		{"code of no meaning", "900 ok\r\n", ErrProtocol},
		{"empty line", "\r\n", ErrProtocol},
		{"endless line", "220 " + strings.Repeat("x", 2*MaxReplyLine), ErrProtocol},
		{"endless reply", strings.Repeat("220-"+strings.Repeat("x", 1000)+"\r\n", 2000), ErrProtocol},
	} {
		if got, err := ReadReply(bufio.NewReaderSize(strings.NewReader(test.in), MaxReplyLine)); !errors.Is(err, test.want) {
			t.Errorf("%s: got %q, %v; want %v", test.name, got, err, test.want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"two\nlines":             "two lines",
		" padded\t":              "padded",
		"\x1b[2Jcleared":         "?[2Jcleared",
		"bad \xff utf-8, good é": "bad ? utf-8, good é",
	} {
		if got := Printable(in); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzReadReply(f *testing.F) {
	for _, test := range replyTests {
		f.Add(test.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		r := bufio.NewReaderSize(strings.NewReader(in), MaxReplyLine)
		got, err := ReadReply(r)
		if err != nil {
			return
		}
		if got.Code < 100 || got.Code > 699 {
			t.Fatalf("code %d", got.Code)
		}
		// What is handed to the library must read as the same reply.
		again, err := ReadReply(bufio.NewReaderSize(strings.NewReader(string(got.Format())), 2*MaxReplyLine))
		if err != nil || again != got {
			t.Fatalf("%q is sent on as %q, which reads as %q, %v", got, got.Format(), again, err)
		}
		if strings.ContainsFunc(Printable(got.Text), unicode.IsControl) {
			t.Fatalf("%q is printed with control characters", got.Text)
		}
	})
}
