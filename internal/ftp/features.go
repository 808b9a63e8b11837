package ftp

import (
	"maps"
	"slices"
	"strings"
	stdsync "sync"

	"ferry/internal/ftp/deflate"
	"ferry/internal/ftp/wire"
)

// ListForm is the command that lists a directory.
type ListForm uint8

// The forms. They list the working directory; no path is sent with them.
const (
	FormMLSD        ListForm = iota // RFC 3659, section 7
	FormLIST                        // RFC 959
	FormLISTAll                     // LIST -a: where LIST leaves out names with a leading dot
	FormLISTAllLong                 // the same, for a directory that holds one called "-a", which some servers list instead
)

var listCommands = [...]string{"MLSD", "LIST", "LIST -a", "LIST -al"}

// Command returns the line that lists the working directory.
func (f ListForm) Command() string { return listCommands[f] }

// Features is what a server can do: what FEAT says, which is fixed after the first
// login, and what was observed, which only methods read and change. All sessions of
// a pool share one value; it may be used from several goroutines.
type Features struct {
	feat map[string]string // what follows each upper-case word of FEAT on its line

	mlst, mfmt, mdtm, size, rest, utf8, symlink bool
	// showModes is the command after which listings show permission bits, or "".
	showModes string

	product  product // "": not known
	greeting string  // without its digits

	line deflate.Line // how fast the connections to the server are

	mu              stdsync.Mutex
	home            string   // the login directory; "": nobody has asked
	listForm        ListForm // see the methods of these names
	showsSelf       bool
	unsure          bool   // listForm is a guess that must not be remembered
	listNote        string // why listForm is not MLSD, although FEAT lists it; may be empty
	observed        map[Quirk]bool
	spaced          map[string]bool // see noteSpaced
	batchingStopped bool            // the server gets one command at a time
	remember        func(*Features) // called when something new was observed; may be nil
}

// parseFeatures reads the reply to FEAT (RFC 2389, section 3.2). Each feature stands
// on a line that starts with a space; some servers send the code before it instead,
// and those lines count as well.
func parseFeatures(greeting string, r Reply) *Features {
	f := &Features{feat: map[string]string{}, observed: map[Quirk]bool{}, greeting: withoutDigits(greeting)}
	lines := strings.Split(r.Text, "\n")
	if r.Code == 211 && len(lines) > 2 {
		for _, line := range lines[1 : len(lines)-1] {
			word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			f.feat[strings.ToUpper(word)] = strings.TrimSpace(rest)
			f.symlink = f.symlink || strings.EqualFold(word, "SITE") && slices.Contains(siteCommands(rest), "SYMLINK")
		}
	}
	f.mlst = f.Offers("MLST") || f.Offers("MLSD")
	f.mfmt, f.mdtm, f.size, f.utf8 = f.Offers("MFMT"), f.Offers("MDTM"), f.Offers("SIZE"), f.Offers("UTF8")
	f.rest = strings.Contains(strings.ToUpper(f.feat["REST"]), "STREAM")
	f.showModes = wire.ShowModesBy(f.feat["MLST"])
	f.product = recognize(greeting, f.Offers)
	if !f.mlst {
		f.listForm = FormLIST
	}
	return f
}

// siteCommands returns the commands that a line of FEAT about SITE names, in upper case.
func siteCommands(rest string) []string {
	return strings.FieldsFunc(strings.ToUpper(rest), func(r rune) bool { return r == ' ' || r == ';' })
}

// HasSymlink reports whether FEAT lists SITE SYMLINK, which makes symbolic links.
func (f *Features) HasSymlink() bool { return f.symlink }

// Offers reports whether FEAT lists word, which must be in upper case.
func (f *Features) Offers(word string) bool {
	_, ok := f.feat[word]
	return ok
}

// HasMLST reports whether the server has MLST: FEAT lists it, and it has not failed.
func (f *Features) HasMLST() bool { return f.mlst && f.Has(MLSTWorks) }

// HasMDTM reports whether the server has MDTM: FEAT lists it, and it has not failed.
func (f *Features) HasMDTM() bool { return f.mdtm && f.Has(MDTMWorks) }

// HasSIZE reports whether the server has SIZE: FEAT lists it, and it has not failed.
func (f *Features) HasSIZE() bool { return f.size && f.Has(SIZEWorks) }

// HasREST reports whether FEAT lists REST STREAM, so that transfers may begin at an
// offset (RFC 3659, section 5).
func (f *Features) HasREST() bool { return f.rest }

// CanStat reports whether the server can say enough about one name to tell whether a
// file has changed. Otherwise only a listing can.
func (f *Features) CanStat() bool { return f.HasMLST() || f.HasSIZE() && f.HasMDTM() }

// Observe notes whether q holds for the server. It is remembered in the state
// directory, unless the quirk is volatile.
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

// Known returns whether q holds for the server, and whether that is known: from what
// was observed, or else from the product.
func (f *Features) Known(q Quirk) (holds, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if holds, known = f.observed[q]; known {
		return holds, true
	}
	known = slices.Contains(rowOf[q].yes, f.product)
	return known, known
}

// Lacks returns in words what the server was seen not to do, although most servers do it.
func (f *Features) Lacks() (words []string) {
	for _, row := range quirks {
		if holds, known := f.Known(row.quirk); row.lack != "" && known && !holds {
			words = append(words, row.lack)
		}
	}
	return words
}

// Has reports whether q holds for the server. What is not known is assumed as the
// table of quirks says.
func (f *Features) Has(q Quirk) bool {
	if holds, known := f.Known(q); known {
		return holds
	}
	return rowOf[q].assumed
}

// IgnoreProduct forgets which product the server is, so that a test can compare what
// the table of quirks says with what is observed. It must not be called while other
// goroutines use f.
func (f *Features) IgnoreProduct() { f.product = "" }

// worthRemembering returns what was observed, without volatile quirks.
func (f *Features) worthRemembering() map[Quirk]bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := maps.Clone(f.observed)
	maps.DeleteFunc(kept, func(q Quirk, _ bool) bool { return rowOf[q].volatile })
	return kept
}

// stopBatching notes that the server did not reply when it got several commands at
// once. It gets one at a time for the rest of the process.
func (f *Features) stopBatching() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.batchingStopped = true
}

// stopBatchingForGood notes that the server's replies did not fit several commands
// that it got at once. It gets one at a time from now on, also in later runs.
func (f *Features) stopBatchingForGood() {
	f.stopBatching()
	f.Observe(AnswersInOrder, false)
}

// BatchingStopped reports whether the server gets one command at a time because of what
// was observed.
func (f *Features) BatchingStopped() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	works, known := f.observed[AnswersInOrder]
	return f.batchingStopped || known && !works
}

// Words returns the words of FEAT, sorted.
func (f *Features) Words() []string { return slices.Sorted(maps.Keys(f.feat)) }
