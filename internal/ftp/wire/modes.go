package wire

import "strings"

// modeFact is the fact of MLSD and MLST that shows the permission bits of a file.
const modeFact = "unix.mode"

// ShowModesBy returns the command after which MLSD and MLST show permission bits, too, or
// "" where the server shows them unasked or cannot. facts is what FEAT says of MLST. It
// marks those with a star that are shown (RFC 3659, section 7.8).
func ShowModesBy(facts string) string {
	var shown []string
	can := false
	for fact := range strings.SplitSeq(facts, ";") {
		name, isShown := strings.CutSuffix(strings.TrimSpace(fact), "*")
		switch isMode := strings.EqualFold(name, modeFact); {
		case isMode && isShown:
			return ""
		case isMode || isShown:
			can = can || isMode
			shown = append(shown, name)
		}
	}
	if !can {
		return ""
	}
	return "OPTS MLST " + strings.Join(shown, ";") + ";"
}
