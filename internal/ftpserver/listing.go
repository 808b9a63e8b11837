package ftpserver

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// listing says how a listing is shown.
type listing struct {
	is   bool // not a file
	verb string
	all  bool // LIST -a
}

// transferLine is the command for the library. A listing in another form is made of an MLSD.
func (s *session) transferLine(verb, arg string) (listing, string) {
	line := verb + " " + arg
	list := listing{verb: verb}
	switch verb {
	case "LIST", "NLST":
		list.is = true
		list.all, arg = s.listFlags(arg)
		line = verb + " " + arg
		if verb == "LIST" && s.srv.opts.List == DOS {
			line = "MLSD " + arg
		}
	case "MLSD":
		list.is = true
	}
	return list, strings.TrimSuffix(line, " ")
}

// listFlags takes the flags of ls off the argument of LIST.
func (s *session) listFlags(arg string) (all bool, name string) {
	if s.srv.opts.NoDashA {
		return false, arg
	}
	for strings.HasPrefix(arg, "-") {
		flags, rest, _ := strings.Cut(arg, " ")
		all = all || strings.Contains(flags, "a")
		arg = rest
	}
	return all, arg
}

// render turns the library's listing into the one that the client gets.
func (s *session) render(data string, list listing, hits effects) string {
	lines := strings.Split(strings.TrimSuffix(data, "\r\n"), "\r\n")
	if data == "" {
		lines = nil
	}
	if list.verb != "MLSD" && s.srv.opts.HideDots {
		lines = s.hideDots(lines, list)
	}
	if list.verb == "LIST" && s.srv.opts.List == DOS {
		lines = s.dosLines(lines)
	}
	if list.verb == "MLSD" && s.srv.opts.CdirInMLSD {
		lines = slices.Insert(lines, 0, "Type=cdir;Modify=20200101000000; .", "Type=pdir;Modify=20200101000000; ..")
	}
	for _, f := range hits {
		if f.Listing != nil {
			lines = f.Listing(lines)
		}
	}
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(s.encode(line) + "\r\n")
	}
	return b.String()
}

// hideDots leaves out names with a leading dot, as ls does, or adds "." and "..", as ls -a does.
func (s *session) hideDots(lines []string, list listing) []string {
	if list.all && list.verb == "LIST" {
		stamp := time.Now().In(s.srv.opts.Zone).Format("Jan _2 15:04")
		dot := "drwxr-xr-x    2 ftp      ftp          4096 " + stamp + " "
		return slices.Concat([]string{dot + ".", dot + ".."}, lines)
	}
	return slices.DeleteFunc(lines, func(line string) bool {
		if list.verb == "NLST" {
			return strings.HasPrefix(line[strings.LastIndex(line, "/")+1:], ".")
		}
		return strings.HasPrefix(nameInLine(line), ".")
	})
}

// dosName is the column of the name in a line of IIS.
const dosName = 39

// dosLines turns lines of the library's MLSD into those of IIS.
func (s *session) dosLines(lines []string) []string {
	out := make([]string, 0, len(lines))
	for _, line := range lines {
		facts, name, _ := strings.Cut(line, " ")
		var size, what string
		var when time.Time
		for fact := range strings.SplitSeq(facts, ";") {
			key, value, _ := strings.Cut(fact, "=")
			switch strings.ToLower(key) {
			case "type":
				what = value
			case "size":
				size = value
			case "modify":
				when, _ = time.ParseInLocation("20060102150405", value, time.UTC)
			}
		}
		column := fmt.Sprintf("%20s", size)
		if what == "dir" {
			column = "      <DIR>         "
		}
		out = append(out, when.In(s.srv.opts.Zone).Format("01-02-06  03:04PM")+" "+column+" "+name)
	}
	return out
}

// nameInLine is the name in a line of any form that this server sends.
func nameInLine(line string) string {
	fields := strings.Fields(line)
	switch {
	case len(fields) == 0:
		return ""
	case strings.Contains(fields[0], "=") && strings.HasSuffix(fields[0], ";"): // MLSD
		_, name, _ := strings.Cut(line, " ")
		return name
	case len(fields) >= 9 && len(fields[0]) >= 10: // Unix: mode links owner group size month day time name
		return afterFields(line, 8)
	case len(line) > dosName && len(fields[0]) == 8 && fields[0][2] == '-':
		return line[dosName:]
	}
	return line // NLST
}

// afterFields is what follows n fields and one space, spaces in it kept.
func afterFields(line string, n int) string {
	for range n {
		line = strings.TrimLeft(line, " ")
		_, line, _ = strings.Cut(line, " ")
	}
	return line
}
