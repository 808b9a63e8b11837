package manifest

import "strings"

// oldTempMark returns the mark of a temporary file as versions before the check digits
// named them: .ferry-MARK-NAME.part, with a mark of 24 hex digits and up to 80 plain
// letters of the name. Users give their files names like that, too. So only a name with
// the leading dot counts, and only one whose mark has letters and digits. The form
// without the dot, for servers that refuse it, is left to the users.
func oldTempMark(name string) (string, bool) {
	const most = 80
	rest, ok := strings.CutPrefix(name, ".ferry-")
	if !ok {
		return "", false
	}
	rest, ok = strings.CutSuffix(rest, ".part")
	if !ok {
		return "", false
	}
	mark, of, ok := strings.Cut(rest, "-")
	if !ok || len(mark) != fingerprintDigits+uniqueDigits || !isHex(mark) || len(of) > most {
		return "", false
	}
	if !strings.ContainsAny(mark, "abcdef") || !strings.ContainsAny(mark, "0123456789") {
		return "", false
	}
	for _, c := range []byte(of) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return "", false
		}
	}
	return mark, true
}
