package remote

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"ferry/internal/ftp/listing"
	"ferry/manifest"
	"ferry/sync"
)

// newName returns how the new name of a step is spelled on the server: as the source spells
// it, or in normal form where the encoding of the server has only that.
func (srv *server) newName(step sync.Step) string {
	name := step.Want.Spelled(step.Path)
	if _, err := srv.opts.Charset.Encode(name); err != nil {
		return step.Path.Base()
	}
	return name
}

// checkListedName refuses a name in a listing that no path can hold.
func checkListedName(line listing.Entry) error {
	if line.Undecoded {
		return errUndecoded
	}
	return manifest.CheckName(line.Name)
}

var errUndecoded = errors.New("its bytes are not a name in the encoding of the server, or not the one that the encoding would use; is `encoding` right?")

// noteEncoding tells once where names are not UTF-8 and nothing says what they are.
func (srv *server) noteEncoding(dir string, l *dirListing) {
	if srv.opts.Charset != nil {
		return
	}
	for _, one := range l.entries {
		if !utf8.ValidString(one.name) {
			srv.encodingNoted.Do(func() {
				srv.opts.Notice(fmt.Sprintf("names in %s on the server are not UTF-8; \"ferry check\" proposes an encoding, and \"encoding: utf-8\" takes them as they are", dir+"/"))
			})
			return
		}
	}
}
