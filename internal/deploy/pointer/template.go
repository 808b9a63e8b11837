package pointer

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
)

// Mark stands in a template for the slot: its path relative to the directory of the pointer.
const Mark = "{slot}"

// named finds the files of a slot that a template names.
var named = regexp.MustCompile(regexp.QuoteMeta(Mark) + `/([A-Za-z0-9._/-]*[A-Za-z0-9_-])`)

// CheckTemplate returns why a file cannot be a template.
func CheckTemplate(content []byte) error {
	switch {
	case !bytes.Contains(content, []byte(Mark)):
		return errors.New("it does not have " + Mark + ", which stands for the directory of the release")
	case slotPath.Match(content):
		return errors.New("it names a slot itself: write " + Mark + " instead")
	}
	return nil
}

// fill puts the path of a slot into the template.
func (f *File) fill(slot string) []byte {
	above := strings.Repeat("../", strings.Count(string(f.Path), "/"))
	return bytes.ReplaceAll(f.Template, []byte(Mark), []byte(above+slot))
}
