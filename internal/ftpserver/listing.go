package ftpserver

import (
	"fmt"
	"slices"
	"strconv"
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
	{(*Options).ownLines, []string{"LIST"}, (*session).listLines},
	{func(o *Options) bool { return o.Facts != nil }, []string{"MLSD"}, (*session).factLines},
	{func(o *Options) bool { return o.CdirInMLSD }, []string{"MLSD"}, (*session).addCdir},
}

// backendCommand returns the command for the library. A listing in another form
// is made from an MLSD.
func (s *session) backendCommand(verb, arg string) (listingRequest, string) {
	line := verb + " " + arg
	list := listingRequest{verb: verb}
	switch verb {
	case "LIST", "NLST":
		list.isListing = true
		list.all, arg = s.listFlags(arg)
		line = verb + " " + arg
		if verb == "LIST" && s.srv.opts.ownLines() {
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

// Listed is a file or directory in a listing.
type Listed struct {
	Name     string
	Dir      bool
	Size     int64
	Modified time.Time // in the zone of the server
}

// ownLines reports whether the lines of LIST are others than those of the library.
func (o *Options) ownLines() bool { return o.Line != nil || o.List == DOS }

// listLines turns lines of an MLSD into lines of LIST.
func (s *session) listLines(lines []string, _ listingRequest) []string {
	line := s.srv.opts.Line
	if line == nil {
		line = dosLine
	}
	out := make([]string, 0, len(lines))
	for _, text := range lines {
		out = append(out, line(s.listed(text)))
	}
	return out
}

// factLines gives lines of an MLSD other facts.
func (s *session) factLines(lines []string, _ listingRequest) []string {
	out := make([]string, 0, len(lines))
	for _, text := range lines {
		l := s.listed(text)
		out = append(out, s.srv.opts.Facts(l)+" "+l.Name)
	}
	return out
}

// listed reads a line of an MLSD of the library.
func (s *session) listed(line string) Listed {
	facts, name, _ := strings.Cut(line, " ")
	l := Listed{Name: name}
	for fact := range strings.SplitSeq(facts, ";") {
		key, value, _ := strings.Cut(fact, "=")
		switch strings.ToLower(key) {
		case "type":
			l.Dir = value == "dir"
		case "size":
			l.Size, _ = strconv.ParseInt(value, 10, 64)
		case "modify":
			l.Modified, _ = time.ParseInLocation("20060102150405", value, time.UTC)
		}
	}
	l.Modified = l.Modified.In(s.srv.opts.Zone)
	return l
}

// dosLine is a line in the form of DOS.
func dosLine(l Listed) string { return l.Modified.Format("01-02-06  03:04PM") + dosColumns(l) }

// dosColumns holds what follows the time in the form of DOS.
func dosColumns(l Listed) string {
	if l.Dir {
		return "       <DIR>          " + l.Name
	}
	return fmt.Sprintf(" %20d %s", l.Size, l.Name)
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
