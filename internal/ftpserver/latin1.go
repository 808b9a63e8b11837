package ftpserver

import "strings"

// decode turns a line from the client into UTF-8, and encode does the reverse.
func (s *session) decode(line string) string {
	if !s.srv.opts.Latin1 {
		return line
	}
	runes := make([]rune, len(line))
	for i := range len(line) {
		runes[i] = rune(line[i])
	}
	return string(runes)
}

func (s *session) encode(line string) string {
	if !s.srv.opts.Latin1 {
		return line
	}
	var b strings.Builder
	for _, r := range line {
		if r > 0xFF {
			r = '?'
		}
		b.WriteByte(byte(r))
	}
	return b.String()
}
