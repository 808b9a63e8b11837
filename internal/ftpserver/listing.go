package ftpserver

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// listingRequest says what listing a client asked for, if any.
type listingRequest struct {
	isListing bool // false for the transfer of a file
	verb      string
	all       bool // LIST -a
}

// listingDialects lists the options that change the lines of a listing. The changes
// are made in this order.
var listingDialects = []struct {
	set    func(o *Options) bool
	verbs  []string
	change func(s *session, lines []string, list listingRequest) []string
}{
	{func(o *Options) bool { return o.HideDots }, []string{"LIST", "NLST"}, (*session).hideDots},
	{func(o *Options) bool { return o.List == DOS }, []string{"LIST"}, (*session).dosLines},
	{func(o *Options) bool { return o.CdirInMLSD }, []string{"MLSD"}, (*session).addCdir},
}

// backendCommand returns the command for the library. A listing in the form of DOS
// is made from an MLSD.
func (s *session) backendCommand(verb, arg string) (listingRequest, string) {
	line := verb + " " + arg
	list := listingRequest{verb: verb}
	switch verb {
	case "LIST", "NLST":
		list.isListing = true
		list.all, arg = s.listFlags(arg)
		line = verb + " " + arg
		if verb == "LIST" && s.srv.opts.List == DOS {
			line = "MLSD " + arg
		}
	case "MLSD":
		list.isListing = true
	}
	return list, strings.TrimSuffix(line, " ")
}

// listFlags removes the flags of ls from the argument of LIST.
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

// renderListing turns the listing of the library into the one for the client.
func (s *session) renderListing(data string, list listingRequest, hits effects) string {
	lines := strings.Split(strings.TrimSuffix(data, "\r\n"), "\r\n")
	if data == "" {
		lines = nil
	}
	for _, dialect := range listingDialects {
		if slices.Contains(dialect.verbs, list.verb) && dialect.set(&s.srv.opts) {
			lines = dialect.change(s, lines, list)
		}
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

// addCdir puts the directory itself and its parent before the other entries.
func (s *session) addCdir(lines []string, _ listingRequest) []string {
	return slices.Insert(lines, 0, "Type=cdir;Modify=20200101000000; .", "Type=pdir;Modify=20200101000000; ..")
}

// hideDots leaves out names with a leading dot, as ls does, or adds "." and "..", as ls -a does.
func (s *session) hideDots(lines []string, list listingRequest) []string {
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

// dosNameColumn is the column at which names begin in the form of DOS.
const dosNameColumn = 39

// dosLines turns lines of an MLSD into the form of DOS.
func (s *session) dosLines(lines []string, _ listingRequest) []string {
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

// nameInLine returns the name in a line of any form that this server sends.
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
	case len(line) > dosNameColumn && len(fields[0]) == 8 && fields[0][2] == '-':
		return line[dosNameColumn:]
	}
	return line // NLST
}

// afterFields returns what follows n fields and one space. Its own spaces are kept.
func afterFields(line string, n int) string {
	for range n {
		line = strings.TrimLeft(line, " ")
		_, line, _ = strings.Cut(line, " ")
	}
	return line
}
