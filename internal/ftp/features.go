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
	FormLISTAllLong                 // the same, for a directory that holds one called "-a", which ProFTPD lists instead
)

var listCommands = [...]string{"MLSD", "LIST", "LIST -a", "LIST -al"}

func (f ListForm) command() string { return listCommands[f] }

// Names of what is seen in use; the answer is remembered for the server.
const (
	AbilityMDTMSet        = "mdtm-set"    // MDTM YYYYMMDDHHMMSS path sets the time
	AbilitySiteUtime      = "site-utime"  // SITE UTIME path atime mtime ctime UTC
	AbilitySiteUtimeShort = "site-utime2" // SITE UTIME YYYYMMDDhhmm path
	AbilityMFMT           = "mfmt"        // RFC draft-somers-ftp-mfxx
	AbilityRenameOver     = "rename-over" // RNTO replaces a file
	AbilityRestStor       = "rest-stor"   // REST and STOR continue a file
	AbilityDotNames       = "dot-temp"    // names with a leading dot may be stored
	AbilityRenamesEnd     = "rename-ends" // a refused RNTO leaves no RNFR behind
	AbilityBatches        = "batches"     // several commands at a time are answered in order
)

// features is what a server can do: what FEAT says (fixed after the first
// login) and what was seen (behind methods). One value serves all sessions of a
// pool and may be used from several goroutines.
type Features struct {
	Feat map[string]string // upper-case word to the rest of its line

	mlst, mfmt, mff, mdtm, Size, Rest, tvfs, utf8 bool
	// hash are the upper-case commands that hash a file: HASH, XSHA256, MD5 ...
	hash []string

	Vsftpd, Proftpd, Pureftpd, Pyftpdlib bool // from the greeting

	// listForm is the command to list with; dots says that it shows "." or
	// type=cdir, so that a listing without one is no listing of that directory.
	ListForm  ListForm
	ShowsSelf bool
	unsure    bool // it could not be found out from the root: not to be remembered

	mu       stdsync.Mutex
	known    map[string]bool
	stumbled bool            // a batch went wrong: one command at a time
	remember func(*Features) // told of news; may be nil
}

var hashCommands = []string{"HASH", "XSHA256", "XSHA512", "SHA256", "SHA512", "XSHA1", "XSHA", "SHA1", "XMD5", "MD5", "XCRC"}

// parseFeatures reads the reply to FEAT (RFC 2389, section 3). Each feature has
// a line that starts with a space; lines with the code before them are taken as
// well, as some servers send them.
func parseFeatures(greeting string, r Reply) *Features {
	f := &Features{Feat: map[string]string{}, known: map[string]bool{}}
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
	greeting = strings.ToLower(greeting)
	f.Vsftpd = strings.Contains(greeting, "vsftpd")
	f.Proftpd = strings.Contains(greeting, "proftpd")
	f.Pureftpd = strings.Contains(greeting, "pure-ftpd") || has("ESTP") && has("PRET")
	f.Pyftpdlib = strings.Contains(greeting, "pyftpdlib")
	if !f.mlst {
		f.ListForm = FormLIST
	}
	return f
}

// see records that what was seen to work, or not.
func (f *Features) Observe(what string, works bool) {
	f.mu.Lock()
	before, known := f.known[what]
	f.known[what] = works
	remember := f.remember
	f.mu.Unlock()
	if (!known || before != works) && remember != nil {
		remember(f)
	}
}

// seen returns whether what works, and whether that is known.
func (f *Features) Observed(what string) (works, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	works, known = f.known[what]
	return works, known
}

func (f *Features) observedAll() map[string]bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.known)
}

// stumble notes that the server did not answer when it got several commands at
// once: it gets one at a time from now on.
func (f *Features) stopBatching() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stumbled = true
}

// misstep notes that the server answered several commands with what was no
// answer to them. That is remembered.
func (f *Features) stopBatchingForGood() {
	f.stopBatching()
	f.Observe(AbilityBatches, false)
}

func (f *Features) BatchingStopped() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	works, known := f.known[AbilityBatches]
	return f.stumbled || known && !works
}

// words returns the words of FEAT in order.
func (f *Features) words() []string { return slices.Sorted(maps.Keys(f.Feat)) }
