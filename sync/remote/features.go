package remote

import (
	"maps"
	"slices"
	"strings"
	stdsync "sync"
)

// listForm is the command that lists a directory.
type listForm uint8

// The forms.
const (
	formMLSD   listForm = iota // RFC 3659, section 7
	formLIST                   // RFC 959
	formLISTa                  // LIST -a: where LIST leaves out names with a leading dot
	formLISTal                 // the same, for a directory that holds one called "-a", which ProFTPD lists instead
)

var listCommands = [...]string{"MLSD", "LIST", "LIST -a", "LIST -al"}

func (f listForm) command() string { return listCommands[f] }

// Names of what is seen in use; the answer is remembered for the server.
const (
	seenMDTMSet    = "mdtm-set"    // MDTM YYYYMMDDHHMMSS path sets the time
	seenSiteUtime  = "site-utime"  // SITE UTIME path atime mtime ctime UTC
	seenSiteUtime2 = "site-utime2" // SITE UTIME YYYYMMDDhhmm path
	seenMFMT       = "mfmt"        // RFC draft-somers-ftp-mfxx
	seenOverwrite  = "rename-over" // RNTO replaces a file
	seenRestStor   = "rest-stor"   // REST and STOR continue a file
	seenHidden     = "dot-temp"    // names with a leading dot may be stored
	seenRenames    = "rename-ends" // a refused RNTO leaves no RNFR behind
	seenBatches    = "batches"     // several commands at a time are answered in order
)

// features is what a server can do: what FEAT says (fixed after the first
// login) and what was seen (behind methods). One value serves all sessions of a
// pool and may be used from several goroutines.
type features struct {
	feat map[string]string // upper-case word to the rest of its line

	mlst, mfmt, mff, mdtm, size, rest, tvfs, utf8 bool
	// hash are the upper-case commands that hash a file: HASH, XSHA256, MD5 ...
	hash []string

	vsftpd, proftpd, pureftpd, pyftpdlib bool // from the greeting

	// listForm is the command to list with; dots says that it shows "." or
	// type=cdir, so that a listing without one is no listing of that directory.
	listForm listForm
	dots     bool
	unsure   bool // it could not be found out from the root: not to be remembered

	mu       stdsync.Mutex
	known    map[string]bool
	stumbled bool            // a batch went wrong: one command at a time
	remember func(*features) // told of news; may be nil
}

var hashCommands = []string{"HASH", "XSHA256", "XSHA512", "SHA256", "SHA512", "XSHA1", "XSHA", "SHA1", "XMD5", "MD5", "XCRC"}

// parseFeatures reads the reply to FEAT (RFC 2389, section 3). Each feature has
// a line that starts with a space; lines with the code before them are taken as
// well, as some servers send them.
func parseFeatures(greeting string, r reply) *features {
	f := &features{feat: map[string]string{}, known: map[string]bool{}}
	lines := strings.Split(r.text, "\n")
	if r.code == 211 && len(lines) > 2 {
		for _, line := range lines[1 : len(lines)-1] {
			word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			f.feat[strings.ToUpper(word)] = strings.TrimSpace(rest)
		}
	}
	has := func(word string) bool { _, ok := f.feat[word]; return ok }
	f.mlst = has("MLST") || has("MLSD")
	f.mfmt, f.mff, f.mdtm, f.size, f.tvfs, f.utf8 = has("MFMT"), has("MFF"), has("MDTM"), has("SIZE"), has("TVFS"), has("UTF8")
	f.rest = strings.Contains(strings.ToUpper(f.feat["REST"]), "STREAM")
	for _, word := range hashCommands {
		if has(word) {
			f.hash = append(f.hash, word)
		}
	}
	greeting = strings.ToLower(greeting)
	f.vsftpd = strings.Contains(greeting, "vsftpd")
	f.proftpd = strings.Contains(greeting, "proftpd")
	f.pureftpd = strings.Contains(greeting, "pure-ftpd") || has("ESTP") && has("PRET")
	f.pyftpdlib = strings.Contains(greeting, "pyftpdlib")
	if !f.mlst {
		f.listForm = formLIST
	}
	return f
}

// see records that what was seen to work, or not.
func (f *features) see(what string, works bool) {
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
func (f *features) seen(what string) (works, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	works, known = f.known[what]
	return works, known
}

func (f *features) allSeen() map[string]bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.known)
}

// stumble notes that the server did not answer when it got several commands at
// once: it gets one at a time from now on.
func (f *features) stumble() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stumbled = true
}

// misstep notes that the server answered several commands with what was no
// answer to them. That is remembered.
func (f *features) misstep() {
	f.stumble()
	f.see(seenBatches, false)
}

func (f *features) stumbles() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	works, known := f.known[seenBatches]
	return f.stumbled || known && !works
}

// words returns the words of FEAT in order.
func (f *features) words() []string { return slices.Sorted(maps.Keys(f.feat)) }
