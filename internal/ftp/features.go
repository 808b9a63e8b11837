package ftp

import (
	"maps"
	"slices"
	"strings"
	stdsync "sync"
)

// listForm is the command that lists a directory.
type ListForm uint8

// The forms.
const (
	FormMLSD        ListForm = iota // RFC 3659, section 7
	FormLIST                        // RFC 959
	FormLISTAll                     // LIST -a: where LIST leaves out names with a leading dot
	FormLISTAllLong                 // the same, for a directory that holds one called "-a", which some servers list instead
)

var listCommands = [...]string{"MLSD", "LIST", "LIST -a", "LIST -al"}

func (f ListForm) command() string { return listCommands[f] }

// features is what a server can do: what FEAT says (fixed after the first
// login) and what was seen (behind methods). One value serves all sessions of a
// pool and may be used from several goroutines.
type Features struct {
	Feat map[string]string // upper-case word to the rest of its line

	mlst, mfmt, mff, mdtm, Size, Rest, tvfs, utf8 bool
	// hash are the upper-case commands that hash a file: HASH, XSHA256, MD5 ...
	hash []string

	product product // "": not known

	// listForm is the command to list with; dots says that it shows "." or
	// type=cdir, so that a listing without one is no listing of that directory.
	ListForm  ListForm
	ShowsSelf bool
	unsure    bool // it could not be found out from the root: not to be remembered

	mu       stdsync.Mutex
	observed map[Quirk]bool
	batchingStopped bool            // a batch went wrong: one command at a time
	remember func(*Features) // told of news; may be nil
}

var hashCommands = []string{"HASH", "XSHA256", "XSHA512", "SHA256", "SHA512", "XSHA1", "XSHA", "SHA1", "XMD5", "MD5", "XCRC"}

// parseFeatures reads the reply to FEAT (RFC 2389, section 3). Each feature has
// a line that starts with a space; lines with the code before them are taken as
// well, as some servers send them.
func parseFeatures(greeting string, r Reply) *Features {
	f := &Features{Feat: map[string]string{}, observed: map[Quirk]bool{}}
	lines := strings.Split(r.Text, "\n")
	if r.Code == 211 && len(lines) > 2 {
		for _, line := range lines[1 : len(lines)-1] {
			word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			f.Feat[strings.ToUpper(word)] = strings.TrimSpace(rest)
		}
	}
	has := func(word string) bool { _, ok := f.Feat[word]; return ok }
	f.mlst = has("MLST") || has("MLSD")
	f.mfmt, f.mff, f.mdtm, f.Size, f.tvfs, f.utf8 = has("MFMT"), has("MFF"), has("MDTM"), has("SIZE"), has("TVFS"), has("UTF8")
	f.Rest = strings.Contains(strings.ToUpper(f.Feat["REST"]), "STREAM")
	for _, word := range hashCommands {
		if has(word) {
			f.hash = append(f.hash, word)
		}
	}
	f.product = recognize(greeting, has)
	if !f.mlst {
		f.ListForm = FormLIST
	}
	return f
}

// Observe notes what the server turned out to do. That is remembered, unless the
// quirk is a volatile one.
func (f *Features) Observe(q Quirk, holds bool) {
	f.mu.Lock()
	before, known := f.observed[q]
	f.observed[q] = holds
	remember := f.remember
	f.mu.Unlock()
	if (!known || before != holds) && remember != nil && !rowOf[q].volatile {
		remember(f)
	}
}

// Known returns whether q holds for the server, and whether that is known.
func (f *Features) Known(q Quirk) (holds, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if holds, known = f.observed[q]; known {
		return holds, true
	}
	known = slices.Contains(rowOf[q].yes, f.product)
	return known, known
}

// Has reports whether q holds for the server, as far as is known.
func (f *Features) Has(q Quirk) bool {
	if holds, known := f.Known(q); known {
		return holds
	}
	return rowOf[q].assumed
}

// IgnoreProduct makes f the features of a server that nobody knows by its name, so
// that a test can compare what the table says with what is found out.
func (f *Features) IgnoreProduct() { f.product = "" }

// worthRemembering returns what was observed, without what is volatile.
func (f *Features) worthRemembering() map[Quirk]bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := maps.Clone(f.observed)
	maps.DeleteFunc(kept, func(q Quirk, _ bool) bool { return rowOf[q].volatile })
	return kept
}

// stumble notes that the server did not answer when it got several commands at
// once: it gets one at a time from now on.
func (f *Features) stopBatching() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.batchingStopped = true
}

// misstep notes that the server answered several commands with what was no
// answer to them. That is remembered.
func (f *Features) stopBatchingForGood() {
	f.stopBatching()
	f.Observe(AnswersInOrder, false)
}

func (f *Features) BatchingStopped() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	works, known := f.observed[AnswersInOrder]
	return f.batchingStopped || known && !works
}

// words returns the words of FEAT in order.
func (f *Features) words() []string { return slices.Sorted(maps.Keys(f.Feat)) }
