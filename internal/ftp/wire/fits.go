package wire

import (
	"slices"
	"strings"
)

// ownReplies are the positive replies that belong to one command each (RFC 959,
// section 5.4; RFC 3659). No other command is answered by them.
var ownReplies = map[int]string{
	211: "FEAT", 213: "SIZE MDTM STAT", 214: "HELP", 215: "SYST", 220: "", 221: "QUIT", 225: "", 226: "",
	227: "PASV", 229: "EPSV", 230: "PASS", 257: "PWD MKD", 331: "USER", 332: "USER", 350: "RNFR REST",
}

// onlyReply are the commands that have one positive reply.
var onlyReply = map[string]int{"EPSV": 229, "MLST": 250, "MODE": 200, "RNFR": 350, "SIZE": 213}

// plainCommands are those that are answered by a 2yz which is no command's own.
var plainCommands = []string{"CWD", "DELE", "MKD", "RMD", "RNTO"}

// Fits reports whether r can be the reply to line. A refusal fits every command.
func Fits(line string, r Reply) bool {
	verb := strings.ToUpper(Verb(line))
	if r.Refused() {
		return true
	}
	if code := onlyReply[verb]; code != 0 {
		return r.Code == code
	}
	verbs, owned := ownReplies[r.Code]
	return !owned || slices.Contains(strings.Fields(verbs), verb) || !slices.Contains(plainCommands, verb)
}
