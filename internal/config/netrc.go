package config

import (
	"fmt"
	"strings"
)

// A login is one entry of a netrc file.
type login struct {
	Host     string // "": the default entry
	User     string // "": none named
	Password Secret // zero: none named
}

// parseNetrc reads the text of a netrc file: machine or default, then login,
// password and account. Words may be in double quotes, with \" and \\ inside. "#"
// starts a comment in place of a keyword, and is an ordinary character in a value.
// A macdef reaches to the next empty line and is skipped. Errors name the file and
// line but quote nothing, since that could be a password.
func parseNetrc(name, text string) ([]login, error) {
	s := &netrcScanner{name: name, text: strings.TrimPrefix(text, "\ufeff"), line: 1}
	var logins []login
	for {
		word, ok, err := s.keyword()
		if err != nil {
			return nil, err
		}
		if !ok {
			return logins, nil
		}
		if word == "macdef" {
			s.skipMacro()
			continue
		}
		if word == "default" {
			logins = append(logins, login{})
			continue
		}
		line := s.line
		value, err := s.value(word)
		if err != nil {
			return nil, err
		}
		if word == "machine" {
			if value == "" {
				return nil, s.fail(line, "the name of the machine is empty")
			}
			logins = append(logins, login{Host: value})
			continue
		}
		if len(logins) == 0 {
			return nil, s.fail(line, word+" comes before any machine")
		}
		switch l := &logins[len(logins)-1]; word {
		case "login":
			l.User = value
		case "password":
			l.Password = Literal(value)
		}
	}
}

// A netrcScanner reads the words of a netrc file.
type netrcScanner struct {
	name string
	text string // what is left to read
	line int
}

func (s *netrcScanner) fail(line int, text string) error {
	return fmt.Errorf("%s:%d: %s", s.name, line, text)
}

// skipSpace drops spaces and line breaks.
func (s *netrcScanner) skipSpace() {
	rest := strings.TrimLeft(s.text, " \t\r\n")
	s.drop(len(s.text) - len(rest))
}

// drop drops n bytes and counts the lines in them.
func (s *netrcScanner) drop(n int) {
	s.line += strings.Count(s.text[:n], "\n")
	s.text = s.text[n:]
}

// keyword returns the next keyword, or false at the end.
func (s *netrcScanner) keyword() (string, bool, error) {
	for s.skipSpace(); strings.HasPrefix(s.text, "#"); s.skipSpace() {
		end := strings.IndexByte(s.text, '\n')
		if end < 0 {
			end = len(s.text)
		}
		s.drop(end)
	}
	if s.text == "" {
		return "", false, nil
	}
	line := s.line
	word, err := s.word()
	if err != nil {
		return "", false, err
	}
	switch word {
	case "machine", "default", "login", "password", "account", "macdef":
		return word, true, nil
	case "user":
		return "login", true, nil
	}
	return "", false, s.fail(line, "expected machine, default, login, password, account or macdef here (put a value that contains a space in double quotes)")
}

// value returns the word after a keyword.
func (s *netrcScanner) value(keyword string) (string, error) {
	line := s.line
	s.skipSpace()
	if s.text == "" {
		return "", s.fail(line, keyword+" has no value")
	}
	return s.word()
}

// word returns the next word, without its quotes.
func (s *netrcScanner) word() (string, error) {
	if s.text[0] == '"' {
		return s.quoted()
	}
	end := strings.IndexAny(s.text, " \t\r\n")
	if end < 0 {
		end = len(s.text)
	}
	word := s.text[:end]
	s.drop(end)
	return word, nil
}

func (s *netrcScanner) quoted() (string, error) {
	var b strings.Builder
	for i := 1; i < len(s.text) && s.text[i] != '\n'; i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.drop(i + 1)
			return b.String(), nil
		case c == '\\' && i+1 < len(s.text) && s.text[i+1] != '\n':
			i++
			b.WriteByte(s.text[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", s.fail(s.line, `a value starts with " but does not end with it on the same line`)
}

// skipMacro drops a macro: its name, and everything up to the next empty line.
func (s *netrcScanner) skipMacro() {
	for s.text != "" {
		end := strings.IndexByte(s.text, '\n') + 1
		if end == 0 {
			end = len(s.text)
		}
		s.drop(end)
		if strings.HasPrefix(s.text, "\n") || strings.HasPrefix(s.text, "\r\n") {
			return
		}
	}
}
