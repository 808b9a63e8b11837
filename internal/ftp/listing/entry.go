package listing

import "time"

// A Kind is what an entry is.
type Kind uint8

// The kinds. The zero kind belongs to lines that stand for no entry.
const (
	None       Kind = iota
	File            // a regular file
	Dir             // a directory in the one that is listed
	CurrentDir      // the listed directory itself: type=cdir, or "."
	ParentDir       // a directory above it: type=pdir, or ".."
	Link            // a symbolic link or junction
	Other           // a device, pipe or socket, or something of a type that is not known
)

var kindNames = [...]string{"none", "file", "dir", "cdir", "pdir", "link", "other"}

// String returns the kind as RFC 3659 calls it, where it has a word for it.
func (k Kind) String() string { return kindNames[k] }

// A Precision is how exact a modification time is.
type Precision uint8

// The precisions, coarsest first.
const (
	NoTime Precision = iota
	Day
	Minute
	Second // or finer
)

// An Entry is what one line says.
type Entry struct {
	Kind Kind
	// Name is exactly as sent. That of a CurrentDir or ParentDir may be a path;
	// all other names hold no "/".
	Name string
	// Undecoded says that Name is bytes that are no text in the encoding of the server, or
	// not the bytes that the text would be sent as.
	Undecoded bool

	Size int64 // in bytes; 0 for all kinds but File
	// NoSize says that the line does not tell the size of a File, or not exactly.
	NoSize bool

	// ModTime is the modification time, or the zero time if Precision is NoTime.
	// Only MLSD and MLST say it in UTC. LIST does not tell its time zone: without
	// UTC set, ModTime is the date and clock of the line, read as if it were UTC.
	ModTime   time.Time
	Precision Precision
	UTC       bool

	// Mode holds the permission bits that the line shows, at most 0777, or 0 if it shows
	// none.
	Mode uint16
	// Setgid says that what is made in a Dir gets its group, as far as the line shows that.
	Setgid bool

	// Unique is the value of the unique fact, which identifies the file whatever
	// its name is. "" if unknown.
	Unique string
	// Target is what a Link leads to, "" if unknown.
	Target string
}
