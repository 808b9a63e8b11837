package wire

import "regexp"

// fullText matches the replies of servers that have no room left, or that let this user
// store no more.
var fullText = regexp.MustCompile(`(?i)no (more )?(free )?space|no (more )?room|(disk|disc|volume|drive|storage|device|file ?system|partition) (is |space )?(full|exhausted|exceeded)|` +
	`(insufficient|not enough|out of|low on|lack of) +((disk|disc|storage|free) )*(space|storage|room)|quota|exceeded (the )?storage|storage allocation|ENOSPC|EDQUOT`)

// SaysFull reports whether the text of a refusal says that there is no room.
func SaysFull(text string) bool { return fullText.MatchString(text) }
