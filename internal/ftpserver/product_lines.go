package ftpserver

import (
	"fmt"
	"time"
)

// How the listings of products look.

// lsLine returns a function for lines as ls prints them, with fixed modes and with columns between mode and size.
func lsLine(dirMode, fileMode, columns string) func(Listed) string {
	return func(l Listed) string {
		mode := fileMode
		if l.Dir {
			mode = dirMode
		}
		when := l.Modified.Format("Jan _2  2006")
		if age := time.Since(l.Modified); age > -time.Hour && age < 180*24*time.Hour {
			when = l.Modified.Format("Jan _2 15:04")
		}
		return fmt.Sprintf("%s%s%12d %s %s", mode, columns, l.Size, when, l.Name)
	}
}

func (l Listed) kind() string {
	if l.Dir {
		return "dir"
	}
	return "file"
}

func (l Listed) stamp() string { return l.Modified.UTC().Format("20060102150405") }

// perm returns one text for directories and another for files.
func (l Listed) perm(dir, file string) string {
	if l.Dir {
		return dir
	}
	return file
}

// sizeOfFile formats the size of a file, and returns "" for a directory.
func (l Listed) sizeOfFile(format string) string {
	if l.Dir {
		return ""
	}
	return fmt.Sprintf(format, l.Size)
}
