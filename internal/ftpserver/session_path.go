package ftpserver

import (
	"path"
	"strings"
)

// pathOf returns the absolute path that a command names, or "" if it names none.
func (s *session) pathOf(verb, arg string) string {
	switch verb {
	case "LIST", "NLST":
		_, name := s.listFlags(arg)
		return s.absolute(name)
	case "MLSD", "MLST", "CWD", "MKD", "RMD", "DELE", "RNFR", "RNTO", "RETR", "STOR", "APPE", "SIZE", "HASH",
		"XCRC", "XMD5", "XSHA1", "XSHA256", "XSHA512", "MD5", "STAT":
		return s.absolute(arg)
	case "MDTM", "MFMT":
		if stamp, name, ok := strings.Cut(arg, " "); ok && len(stamp) >= 14 && (verb == "MFMT" || s.srv.opts.MDTMSets) {
			return s.absolute(name)
		}
		return s.absolute(arg)
	case "CDUP":
		return s.absolute("..")
	}
	return ""
}

// unquote removes the quotes around the path in an argument.
func unquote(arg string) string {
	if i := strings.IndexByte(arg, '"'); i >= 0 && len(arg) > i+1 && strings.HasSuffix(arg, `"`) {
		return arg[:i] + arg[i+1:len(arg)-1]
	}
	return arg
}

// absolute returns the absolute path of a name in the current directory.
func (s *session) absolute(name string) string {
	if strings.HasPrefix(name, "/") {
		return path.Clean(name)
	}
	return path.Join(s.cwd, name)
}
