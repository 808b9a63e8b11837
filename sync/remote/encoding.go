package remote

import (
	"fmt"
	"unicode/utf8"

	"ferry/sync"
	"ferry/sync/remote/list"
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

// noteEncoding tells once where names are not UTF-8 and nothing says what they are.
func (srv *server) noteEncoding(dir string, l *list.Listing) {
	if srv.opts.Charset != nil {
		return
	}
	for _, one := range l.Entries {
		if !utf8.ValidString(one.Name) {
			srv.encodingNoted.Do(func() {
				srv.opts.Notice(fmt.Sprintf("names in %s on the server are not UTF-8; \"ferry check\" proposes an encoding, and \"encoding: utf-8\" takes them as they are", dir+"/"))
			})
			return
		}
	}
}
