package ftpserver

import "strings"

const iac = "\xff" // begins a Telnet command (RFC 854)

// decode turns a line from the client into UTF-8, and encode does the reverse.
func (s *session) decode(line string) string {
	if s.srv.opts.Telnet {
		line = readTelnet(line)
	}
	if s.srv.opts.Encoding == nil {
		return line
	}
	text, err := s.srv.opts.Encoding.NewDecoder().String(line)
	if err != nil {
		return line
	}
	return text
}

func (s *session) encode(line string) string {
	if s.srv.opts.Encoding == nil {
		return line
	}
	var b strings.Builder
	encoder := s.srv.opts.Encoding.NewEncoder()
	for _, r := range line {
		char, err := encoder.String(string(r))
		if err != nil {
			char = "?"
		}
		b.WriteString(char)
	}
	return b.String()
}

// encodeReply is encode for the control connection.
func (s *session) encodeReply(line string) string {
	line = s.encode(line)
	if s.srv.opts.Telnet || s.srv.opts.TelnetReplies {
		line = strings.ReplaceAll(line, iac, iac+iac)
	}
	return line
}

// readTelnet removes the Telnet commands of two bytes from a line. Two IAC stand for one.
func readTelnet(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		if line[i] == iac[0] && i+1 < len(line) {
			if i++; line[i] != iac[0] {
				continue
			}
		}
		b.WriteByte(line[i])
	}
	return b.String()
}
