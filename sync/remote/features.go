package remote

// features is what a server can do: what FEAT says (fixed after the first
// login) and what was seen (behind methods). One value serves all sessions of a
// pool and may be used from several goroutines.
type features struct {
	feat map[string]string // upper-case word to the rest of its line

	mlst, mfmt, mff, mdtm, size, rest, tvfs, utf8, epsv bool
	hash                                                []string // upper-case names of the commands: HASH, XSHA256, MD5 ...

	vsftpd, proftpd, pureftpd, pyftpdlib bool // from the greeting

	listForm listForm // the command to list with
	dots     bool     // the root's listing in listForm has ".", or type=cdir
}

// Names of what is seen in use; the answer is remembered for the server.
const (
	seenMDTMSet    = "mdtm-set"    // MDTM YYYYMMDDHHMMSS path sets the time
	seenSiteUtime  = "site-utime"  // SITE UTIME path atime mtime ctime UTC
	seenSiteUtime2 = "site-utime2" // SITE UTIME YYYYMMDDhhmm path
	seenMFMT       = "mfmt"
	seenOverwrite  = "rename-over"
	seenRestStor   = "rest-stor"
	seenHidden     = "dot-temp" // names with a leading dot may be stored
)

// see records that what was seen to work, or not.
func (f *features) see(what string, works bool) {}

// seen returns whether what works, and whether that is known.
func (f *features) seen(what string) (works, known bool) { return false, false }
