package shell

import (
	"runtime"
	"strings"
	"testing"
)

// A line reaches the shell as it stands, with all its quotes.
func TestQuotesStay(t *testing.T) {
	cases := map[string]string{`echo "a  b"`: "a  b", `"echo" 'c  d' "e"`: "c  d e", "echo x && echo y": "x\ny"}
	if runtime.GOOS == "windows" {
		cases = map[string]string{`echo "a  b"`: `"a  b"`, `"cmd" /C echo "c  d"`: `"c  d"`, "echo x&& echo y": "x\r\ny", `echo \"x\"`: `\"x\"`}
	}
	for line, want := range cases {
		out, err := Command(t.Context(), line).Output()
		if got := strings.TrimRight(string(out), "\r\n"); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", line, got, err, want)
		}
	}
}
