// Package pointer reads and writes the pointer of a site: the one file that says in which
// directory, its slot, the release is that visitors see.
package pointer

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"ferry/manifest"
)

// Dir is the directory of the site that holds the slots.
const Dir = "slots"

// A File is the pointer of a site: its .htaccess, in which one block is ferry's, or a file that is
// made of a template. Methods may be called from several goroutines.
type File struct {
	Path manifest.Path // in the site
	// Template is the whole file, with [Mark] in place of the slot; nil: Path is a .htaccess.
	Template []byte
	// Base is the path of the site in its address, with a slash at both ends.
	Base string
	// Shared are paths that are shown as they are in the site, for a .htaccess.
	Shared []manifest.Path
}

// Htaccess is the name of the file in which Apache reads rules.
const Htaccess = ".htaccess"

// Slot returns the path of the slot with a number, relative to the site. All have one length.
func Slot(number int) string { return fmt.Sprintf("%s/%07d", Dir, number) }

// IsSlot reports whether a directory in [Dir] has the name of a slot.
func IsSlot(name string) bool {
	n, err := strconv.Atoi(name)
	return err == nil && n >= 0 && Slot(n) == Dir+"/"+name
}

var slotPath = regexp.MustCompile(Dir + `/[0-9]{7}\b`)

// errSlots means that a pointer names more than one slot.
var errSlots = errors.New("it names more than one slot")

// Write returns the pointer to a slot. was is what stands in its place; nil: nothing. The error
// says why that cannot be told from the pointer, or why no rule can be written.
func (f *File) Write(was []byte, slot string) ([]byte, error) {
	if f.Template != nil {
		return f.fill(slot), nil
	}
	block, err := f.block(slot)
	if err != nil {
		return nil, err
	}
	return insert(was, block)
}

// Slot returns the slot that a pointer names; "": it names none, and is somebody else's.
func (f *File) Slot(content []byte) (string, error) {
	if f.Template == nil {
		begin, end, err := find(content)
		if err != nil {
			return "", err
		}
		content = content[begin:end]
	}
	slot := string(slotPath.Find(content))
	for _, other := range slotPath.FindAll(content, -1) {
		if string(other) != slot {
			return "", errSlots
		}
	}
	return slot, nil
}
