package ftp

import (
	"strings"
)

// A Quirk is something that servers do differently. Its text is the name under
// which the answer is remembered for a server.
//
// The table below is the only place in the product that names servers. To teach
// ferry a new one, add a row, or the product to a row; docs/ftp.md explains how.
type Quirk string

// The quirks. What each of them means stands in the table.
const (
	MLSTWorks         Quirk = "mlst"
	SIZEWorks         Quirk = "size"
	MDTMWorks         Quirk = "mdtm"
	MFMTWorks         Quirk = "mfmt"
	MDTMSetsTime      Quirk = "mdtm-set"
	SiteUtimeWorks    Quirk = "site-utime"
	ShortUtimeWorks   Quirk = "site-utime2"
	SiteChmodWorks    Quirk = "site-chmod"
	RenamesOver       Quirk = "rename-over"
	ResumesUploads    Quirk = "rest-stor"
	StoresDotNames    Quirk = "dot-temp"
	TakesSpaces       Quirk = "spaces"
	TakesQuotes       Quirk = "quotes"
	KeepsDotDirs      Quirk = "dot-dir"
	ReachesActivePort Quirk = "active"

	MLSDWorks          Quirk = "mlsd"
	ListsDotNames      Quirk = "dot-names"
	AnnouncesTransfers Quirk = "says-150"

	ShowsChangesAtOnce Quirk = "shows-at-once"
	KeepsRefusals      Quirk = "keeps-refusals"

	RenamesFiles  Quirk = "renames-files"
	RenamesDirs   Quirk = "renames-dirs"
	ReplacesFiles Quirk = "replaces-files"
	DeletesFiles  Quirk = "deletes-files"
	RemovesDirs   Quirk = "removes-dirs"

	TellsRightHash    Quirk = "hash"
	DeflatesDownloads Quirk = "mode-z-down"
	DeflatesListings  Quirk = "mode-z-list"
	DeflatesUploads   Quirk = "mode-z-up"
	LosesDeflated     Quirk = "mode-z-loses"

	AnswersInOrder       Quirk = "batches"
	OverlapIsClear       Quirk = "behind"
	ForgetsRNFR          Quirk = "rename-ends"
	RefusesNonEmptyRMD   Quirk = "rmd-empty-only"
	RequiresParents      Quirk = "mkd-parents"
	KeepsTrailingSpace   Quirk = "trailing-space"
	ReplacesSpaceOnMake  Quirk = "trailing-space-made"
	FindsSplitLineEnds   Quirk = "split-lines"
	LIST_aShowsDotNames  Quirk = "list-a"
	ConfirmsUploadsLate  Quirk = "late-226"
	LosesEarlyData       Quirk = "early-data"
	WaitsForTLSClose     Quirk = "tls-close"
	OneActiveSessionOnly Quirk = "one-active-session"
	AnswersEPRTLate      Quirk = "late-eprt"
	FollowsTelnet        Quirk = "telnet"
)

// A quirkRow says what is known of one quirk.
type quirkRow struct {
	quirk Quirk
	means string // when it holds
	// found says how the answer is found out: by what happens in use, by a probe of
	// ferry's own, or by the product.
	found string
	// yes are the products of which it is known. What was found out about the very
	// server comes first.
	yes []product
	// assumed is the answer as long as nothing is known.
	assumed bool
	// lack is what ferry check says where it does not hold.
	lack string
	// volatile answers are not remembered beyond the process.
	volatile bool
	// promise rows say that a positive reply to a change is true. Nothing but a look at
	// the server finds that out, and another greeting makes ferry look again.
	promise bool
	// test names a test that shows it.
	test string
}

// The products whose ways are known from their code and from the tests against
// them.
const (
	vsftpd    product = "vsftpd"
	proftpd   product = "proftpd"
	pureftpd  product = "pure-ftpd"
	pyftpdlib product = "pyftpdlib"
)

var unixServers = []product{vsftpd, proftpd, pureftpd, pyftpdlib}

var quirks = []quirkRow{
	{quirk: MLSTWorks, means: "MLST answers with facts, as FEAT promises", found: "in use", assumed: true, test: "TestKinds",
		lack: "MLST does not tell of files that are there: SIZE and MDTM, or else listings, are used"},
	{quirk: SIZEWorks, means: "SIZE tells sizes, as FEAT promises", found: "in use", assumed: true, test: "TestKinds",
		lack: "SIZE does not tell of files that are there: listings are used"},
	{quirk: MLSDWorks, means: "MLSD lists directories, as FEAT promises, in lines that tell files from directories", found: "in use", assumed: true, test: "TestKinds"},
	{quirk: ListsDotNames, means: "the listings in use show names with a leading dot", found: "in use", assumed: true, test: "TestKinds",
		lack: "MLSD, or LIST without -a, leaves out names with a leading dot: a form of LIST that shows them is used"},
	{quirk: AnnouncesTransfers, means: "a preliminary reply (150, 125) comes before the data of a transfer", found: "in use", assumed: true, test: "TestKinds",
		lack: "transfers are not announced with 150 or 125: they begin without it"},
	{quirk: MDTMWorks, means: "MDTM tells times, as FEAT promises", found: "in use", assumed: true, test: "TestKinds",
		lack: "MDTM does not tell the times of files that are there: those in listings are used"},
	{quirk: MFMTWorks, means: "MFMT sets times, as FEAT promises", found: "in use", assumed: true, test: "TestQueueSetTime"},
	{quirk: MDTMSetsTime, means: "MDTM with a time before the name sets it", found: "in use", test: "TestRealCheck"},
	{quirk: SiteUtimeWorks, means: "SITE UTIME with three times sets them", found: "in use", test: "TestQueueSetTime"},
	{quirk: ShortUtimeWorks, means: "SITE UTIME with one time before the name sets it", found: "in use", test: "TestQueueSetTime"},
	{quirk: SiteChmodWorks, means: "SITE CHMOD sets the mode of a file", found: "in use", assumed: true, test: "TestPutKeepsMode"},
	{quirk: RenamesOver, means: "RNTO replaces a file", found: "in use", assumed: true, test: "TestPutWithoutRenamingOver"},
	{quirk: ResumesUploads, means: "REST and STOR go on with a file", found: "in use", assumed: true, test: "TestPutResumes"},
	{quirk: StoresDotNames, means: "names with a leading dot may be stored", found: "in use", assumed: true, test: "TestRefusals"},
	{quirk: TakesSpaces, means: "paths with a space are taken as they are", found: "in use", assumed: true, test: "TestKinds",
		lack: "commands are refused for paths with a space: such files are named after CWD to their directory, or in quotes"},
	{quirk: TakesQuotes, means: "paths with a space are taken in quotes, and not otherwise", found: "in use", test: "TestKinds"},
	{quirk: KeepsDotDirs, means: "a directory with a leading dot may be made and used", found: "by making one below the root", assumed: true, test: "TestLockWithoutDots",
		lack: "names with a leading dot are refused: ferry keeps its own files in ferry-data"},
	{quirk: ShowsChangesAtOnce, means: "what was changed shows at once", found: "in use", assumed: true, test: "TestLateServer",
		lack: "changes show only seconds later: ferry waits for them"},
	{quirk: KeepsRefusals, means: "a rename that is refused with 5xx is not carried out later", found: "by waiting for the first one", promise: true, test: "TestRefusedRenameIsWaitedForOnce"},
	{quirk: ReachesActivePort, means: "the server's connections get through to us", found: "by a trial", test: "TestPipelinedActiveIsOffered"},

	// A server app for phones says 250 to RNTO over a file and does nothing.
	{quirk: RenamesFiles, means: "a file has its new name when RNTO is accepted", found: "by a look at the first one", promise: true, test: "TestEmptyPromises"},
	{quirk: RenamesDirs, means: "a directory has its new name when RNTO is accepted", found: "by a look at the first one", promise: true, test: "TestEmptyPromises"},
	{quirk: ReplacesFiles, means: "a file has taken the place of another when RNTO is accepted", found: "by a look at the first one", promise: true, test: "TestEmptyPromises"},
	{quirk: DeletesFiles, means: "a file is gone when DELE is accepted", found: "by a look at the first one", promise: true, test: "TestEmptyPromises"},
	{quirk: RemovesDirs, means: "a directory is gone when RMD is accepted", found: "by a look at the first one", promise: true, test: "TestEmptyPromises"},

	{quirk: TellsRightHash, means: "the hash that is told of a file is that of its content", found: "by reading one file", assumed: true, promise: true,
		test: "TestHashesOfALiar", lack: "a wrong hash was told of a file: contents are read instead"},
	// Some servers say 200 to MODE Z and send what they always sent. ftpserverlib sends deflate
	// without the frame of zlib.
	{quirk: DeflatesDownloads, means: "in MODE Z files come as zlib streams", found: "by the checksum and the size of the first one", test: "TestModeZ",
		lack: "files that come in MODE Z are not what the server has, so they come uncompressed"},
	{quirk: DeflatesListings, means: "in MODE Z listings come as zlib streams, too", found: "in use", assumed: true, test: "TestModeZListings",
		lack: "listings do not come in MODE Z, so they are uncompressed"},
	{quirk: DeflatesUploads, means: "in MODE Z zlib streams become the files that they hold", found: "by reading back what was sent first", promise: true,
		test: "TestPutInModeZ", lack: "files that are sent in MODE Z do not arrive as they were, so they are sent uncompressed"},
	// ProFTPD's mod_deflate 0.5.6 has room for eight times what it reads of an upload at a time. It loses
	// the rest, says 226, and waits for 200 ms after each 16 KiB.
	{quirk: LosesDeflated, means: "in MODE Z an upload may lose some of its bytes", found: "by the product", yes: []product{proftpd}, test: "TestModeZOnRealServer"},

	{quirk: AnswersInOrder, means: "several commands at a time are answered in order", found: "in use", assumed: true, test: "TestBatchThatBreaks"},
	{quirk: OverlapIsClear, means: "the final reply of a transfer can be told from the replies to what goes out behind it", found: "in use", assumed: true,
		test: "TestAheadOvertaken"},
	// A server that keeps the RNFR of a refused RNTO would give that file the next name.
	{quirk: ForgetsRNFR, means: "a refused RNTO leaves no RNFR behind", found: "by a probe below .ferry, or by the product",
		yes: unixServers, test: "TestRenamesEnd"},
	{quirk: RefusesNonEmptyRMD, means: "RMD refuses a directory that holds something", found: "by a probe below .ferry, or by the product",
		yes: unixServers, volatile: true, test: "TestConformanceReal"},
	{quirk: RequiresParents, means: "MKD fails where the directory above is missing", found: "by the product", yes: unixServers, test: "TestConformanceReal"},
	// ftpserverlib takes "x " for "x".
	{quirk: KeepsTrailingSpace, means: "a space at the end of a name belongs to it", found: "by the product", yes: unixServers, test: "TestConformanceReal"},
	// Pure-FTPd makes "x_" of "x ".
	{quirk: ReplacesSpaceOnMake, means: "a new name that ends with a space becomes another one", found: "by the product",
		yes: []product{pureftpd}, test: "TestConformanceReal"},
	// ProFTPD 1.3.8 takes the end of a line for a part of it, and the next line for
	// more of it, where what it reads at a time ends between CR and LF.
	{quirk: FindsSplitLineEnds, means: "a line is read right however it is split on the way", found: "by the product",
		yes: []product{vsftpd, pureftpd, pyftpdlib}, test: "TestRealBatches"},
	{quirk: LIST_aShowsDotNames, means: "LIST leaves out names with a leading dot, and LIST -a shows them", found: "by the product",
		yes: []product{vsftpd}, test: "TestRealCheck"},
	// vsftpd waits until its FIN is acknowledged before it says how an upload went.
	{quirk: ConfirmsUploadsLate, means: "the final reply to an upload comes a round trip after the end of the data connection", found: "by the product",
		yes: []product{vsftpd}, test: "TestEarlyEPSV"},
	// pyftpdlib takes the end of the data connection for the end of the way there.
	{quirk: LosesEarlyData, means: "an upload that is over before its command was read is lost", found: "by the product",
		yes: []product{pyftpdlib}, test: "TestConformanceReal"},
	{quirk: WaitsForTLSClose, means: "under TLS no command is taken before we have closed the data connection", found: "by the product",
		yes: []product{pyftpdlib}, test: "TestConformanceReal"},
	// pyftpdlib serves all sessions from one loop and loses track of several that
	// have it connect to them.
	{quirk: OneActiveSessionOnly, means: "several sessions in active mode stall", found: "by the product", yes: []product{pyftpdlib}, test: "TestConformanceReal"},
	{quirk: AnswersEPRTLate, means: "EPRT is answered after the connection came, and out of turn", found: "by the product",
		yes: []product{pyftpdlib}, test: "TestConformanceReal"},
	// ProFTPD takes some pairs of bytes that begin with 0xFF for Telnet commands, and sends 0xFF
	// as it is.
	{quirk: FollowsTelnet, means: "0xFF in a command begins a Telnet command, and two stand for one", found: "by a probe where `encoding` has the byte",
		test: "TestTelnetByte"},
}

var rowOf = func() map[Quirk]*quirkRow {
	rows := make(map[Quirk]*quirkRow, len(quirks))
	for i := range quirks {
		rows[quirks[i].quirk] = &quirks[i]
	}
	return rows
}()

// A product is a server program.
type product string

// recognize returns the product by the greeting and by the words of FEAT, which a
// changed greeting does not hide; "" where it is not known.
func recognize(greeting string, offers func(word string) bool) product {
	greeting = strings.ToLower(greeting)
	for _, p := range unixServers {
		if strings.Contains(greeting, string(p)) {
			return p
		}
	}
	if offers("ESTP") && offers("PRET") {
		return pureftpd
	}
	return ""
}

// IsServersOwn reports whether name is one under which servers keep uploads that
// are not complete, and their accounts of space.
func IsServersOwn(name string) bool {
	return name == ".ftpquota" || // Pure-FTPd
		strings.HasPrefix(name, ".pureftpd-upload.") ||
		strings.HasPrefix(name, ".in.") && strings.HasSuffix(name, ".") && len(name) > len(".in..") // ProFTPD's HiddenStores
}
