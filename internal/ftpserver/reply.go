package ftpserver

import (
	"strconv"
	"strings"
)

// reply is a reply on the control connection. Its lines have no line ends.
type reply []string

// code returns the reply code, or 0 if there is none.
func (r reply) code() int {
	if len(r) == 0 || len(r[0]) < 3 {
		return 0
	}
	n, _ := strconv.Atoi(r[0][:3])
	return n
}

func (r reply) good() bool { c := r.code(); return c >= 200 && c < 300 }

// replyOf returns a text as a reply. Lines are separated by "\n".
func replyOf(text string) reply { return strings.Split(text, "\n") }
