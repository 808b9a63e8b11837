package manifest

import "fmt"

// A Problem is something of one side that could not be read, or that a tree cannot
// have. It is unknown, which is not the same as gone.
type Problem struct {
	// Path is the file or directory that is unknown, with everything below it.
	Path Path
	// Name is set if a tree cannot have one name inside Path. Then only that name is
	// unknown, and Path cannot be removed.
	Name string
	// Why tells the user what happened.
	Why string
}

// Unnameable reports whether the problem is only a name that no path can have, such as one
// with a line break, which ends a command of FTP.
func (p Problem) Unnameable() bool { return p.Name != "" && CheckName(p.Name) != nil }

func (p Problem) String() string {
	where := string(p.Path)
	if p.Name != "" {
		where = string(p.Path.Join(fmt.Sprintf("%q", p.Name)))
	}
	if where == "" {
		where = "."
	}
	return where + ": " + p.Why
}
