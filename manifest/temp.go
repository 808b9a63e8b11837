package manifest

import "strings"

// Own is the directory at the root of either side that belongs to ferry, with the
// trash. It is in no tree, at whatever depth.
const Own = ".ferry"

// TempName returns the name of the temporary file that will be renamed to name, in
// the same directory: ASCII, without "~", at most 255 bytes. mark is 8 to 32 hex
// digits and starts with the fingerprint of the source, by which a later attempt
// finds the file to go on with. With plain set the name has no leading dot, for
// servers that refuse one.
func TempName(mark, name string, plain bool) string {
	const room = 255 - len(".ferry-") - 32 - len("-.part")
	var b strings.Builder
	if !plain {
		b.WriteByte('.')
	}
	b.WriteString("ferry-" + mark + "-")
	kept := 0
	for i := 0; i < len(name) && kept < min(room, 80); i++ {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
			b.WriteByte(c)
			kept++
		}
	}
	b.WriteString(".part")
	return b.String()
}

// TempMark returns the mark that [TempName] put into name, or false if name is not
// that of a temporary file of ferry.
func TempMark(name string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(name, "."), "ferry-")
	if !ok || !strings.HasSuffix(rest, ".part") {
		return "", false
	}
	mark, _, ok := strings.Cut(rest, "-")
	if !ok || len(mark) < 8 || len(mark) > 32 || strings.Trim(mark, "0123456789abcdef") != "" {
		return "", false
	}
	return mark, true
}

// IsOwn reports whether name in directory dir belongs to this pair: ferry's directory at
// the root, or a temporary file anywhere. [Path.HasOwn] knows the directories of other
// pairs.
func IsOwn(dir Path, name string) bool {
	if dir == Root && isOwnDir(name) {
		return true
	}
	_, temp := TempMark(name)
	return temp
}
