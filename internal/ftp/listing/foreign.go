package listing

import "regexp"

// foreign are the formats that are refused, since a line can have several meanings or
// stand for no file at all, and how they are recognized.
var foreign = []struct {
	system string
	line   *regexp.Regexp
}{
	{"VMS", regexp.MustCompile(`^(\S+;\d+(\s|$)|(?i:directory)\s+\S+:\[)`)},
	{"NetWare", regexp.MustCompile(`^[-d]\s*\[[-A-Z]{6,8}\]`)},
	{"EPLF (publicfile, anonftpd)", regexp.MustCompile(`^\+[a-z0-9.,/]+.*,\s`)},
	{"z/VM", regexp.MustCompile(`^\S+\s+\S+\s+[FV]\s+\d+\s+\d+\s+\d+\s+\d{4}-\d\d-\d\d`)},
	{"MVS", regexp.MustCompile(`^(Volume\s+Unit|\S+\s+\d{4}\s+\d{4}/\d\d/\d\d\s)`)},
	{"OS/2", regexp.MustCompile(`\s\d\d-\d\d-1\d\d\s`)},
	{"NonStop", regexp.MustCompile(`^File\s+Code\s+EOF|\s"[A-Z-]{4}"\s*$`)},
	{"Unix with numbers for modes", regexp.MustCompile(`^0[0-7]{5,6}\s`)},
	{"VxWorks", regexp.MustCompile(`^\d+\s+[A-Z][a-z]{2}-\d\d-\d{4}\s`)},
}

// foreignSystem returns the kind of server that line is from, "" if that is not known.
func foreignSystem(line string) string {
	for _, f := range foreign {
		if f.line.MatchString(line) {
			return f.system
		}
	}
	return ""
}
