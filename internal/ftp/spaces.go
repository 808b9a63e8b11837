package ftp

import (
	"slices"

	"ferry/internal/ftp/wire"
)

// Some servers refuse a path with a space in it: all of them, or only those of several
// components. There a file is named by its bare name, after its directory was made the
// working directory, component by component. Where that is refused as well, the path goes
// out in quotes. What such a server wants is found out when it first refuses a path with a
// space that it takes in another form.

// A spaceForm is how paths with a space are sent.
type spaceForm uint8

const (
	wholePaths spaceForm = iota
	bareNames
	quotedPaths
)

// otherForms are tried in this order where a whole path is refused.
var otherForms = []spaceForm{bareNames, quotedPaths}

// spaceForm returns the form that the server is known to take, or as yet assumed to.
func (f *Features) spaceForm() spaceForm {
	switch {
	case f.Has(TakesSpaces):
		return wholePaths
	case f.Has(TakesQuotes):
		return quotedPaths
	}
	return bareNames
}

// observeSpaceForm notes in which form the server took a path that it had refused.
func (f *Features) observeSpaceForm(form spaceForm) {
	f.Observe(TakesQuotes, form == quotedPaths)
	f.Observe(TakesSpaces, false)
}

// What the paths in commands become.
var (
	isSpaced, anySpaced = wire.IsSpaced, wire.AnySpaced
	quoted              = wire.Quoted
	bare, bareRenaming  = wire.Bare, wire.BareRenaming
)

// noteSpaced notes whether the server took a path with a space after a verb, or may have
// refused it for the space.
func (f *Features) noteSpaced(verb string, taken bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.spaced == nil {
		f.spaced = map[string]bool{}
	}
	f.spaced[verb] = f.spaced[verb] || taken
}

// knownSpaced returns what noteSpaced noted.
func (f *Features) knownSpaced(verb string) (taken, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	taken, known = f.spaced[verb]
	return taken, known
}

// mayRefuseSpaces reports whether r, a reply to line, which held a whole path, may mean that
// the server does not take the space in it. Another session may have learned that meanwhile.
// To a question 550 usually means that nothing is there, so it
// counts only with isThere, if the path should be there.
func (f *Features) mayRefuseSpaces(line string, r Reply, isThere bool) bool {
	if taken, _ := f.knownSpaced(wire.Verb(line)); taken || !isSpaced(line) {
		return false
	}
	switch r.Code {
	case 500, 501, 504, 553:
		return true
	case 550:
		return isThere || !slices.Contains([]string{"MLST", "SIZE", "MDTM", "CWD"}, wire.Verb(line))
	}
	return false
}

// isTaken reports whether r says that the server took the command.
func isTaken(r Reply) bool { return r.OK() || r.Code == 350 }
