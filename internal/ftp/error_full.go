package ftp

import (
	"errors"
	"regexp"
)

// fullText matches the replies of servers that have no room left, or that let this user
// store no more.
var fullText = regexp.MustCompile(`(?i)no (more )?(free )?space|no (more )?room|(disk|disc|volume|drive|storage|device|file ?system|partition) (is |space )?(full|exhausted|exceeded)|` +
	`(insufficient|not enough|out of|low on|lack of) +((disk|disc|storage|free) )*(space|storage|room)|quota|exceeded (the )?storage|storage allocation|ENOSPC|EDQUOT`)

// IsFull reports whether err says that the server has no room for what was sent: by RFC
// 959 the codes 452 and 552, and in practice any refusal whose text says so.
func IsFull(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Code < 400 {
		return false
	}
	return e.Code == 452 || e.Code == 552 || fullText.MatchString(e.Reply)
}
