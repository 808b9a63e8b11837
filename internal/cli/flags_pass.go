package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"ferry/internal/app"
	"ferry/internal/config"

	"github.com/spf13/pflag"
)

// rates are the speed limits of both ways, in bytes per second; 0: none.
type rates struct{ up, down int64 }

// connectFlags are the options about the server.
type connectFlags struct {
	connections   value[int]
	mode          value[app.DataMode]
	activePorts   value[[2]int]
	activeAddress value[string]
	trustPASV     value[bool]
	pipeline      value[app.Pipeline]
	compress      value[config.Compress]
	encoding      value[string]
	listFormat    value[app.ListFormat]
	timeout       value[time.Duration]
	retries       value[int]
	ca            value[string]
	fingerprint   value[string]
	insecure      value[bool]
}

func (f *connectFlags) register(flags *pflag.FlagSet) {
	f.connections.add(flags, "connections", "use at most `N` connections, or auto: as many as pay, up to 10 (default auto)", config.ParseConnections)
	f.mode.add(flags, "mode", "data connections: `MODE` is auto, passive or active (default auto)", parseText[app.DataMode])
	f.activePorts.add(flags, "active-ports", "listen on ports `FIRST-LAST` in active mode", config.ParsePorts)
	f.activeAddress.add(flags, "active-address", "name `ADDRESS` to the server in active mode", parseAddress)
	addBool(flags, &f.trustPASV, "trust-pasv", "trust a PASV reply that names another address")
	f.pipeline.add(flags, "pipeline", "send several commands at a time: `on|off` (default on)", config.ParsePipeline)
	f.compress.add(flags, "compress", "compress data on the way (MODE Z): `WHEN` is auto, where it pays, on or off (default auto)", config.ParseCompress)
	f.encoding.add(flags, "encoding", "the server's names are in `CHARSET`, as windows-1251 or gbk (default utf-8)", config.ParseEncoding)
	f.listFormat.add(flags, "list-format", "read the server's listings as `FORMAT`: auto, unix, dos, as400 or mlsd (default auto)", config.ParseListFormat)
	f.timeout.add(flags, "timeout", "give up after `DURATION` without a reply (default 30s)", config.ParseDuration)
	f.retries.add(flags, "retries", "retry a failed step `N` times (default 3)", parseRetries)
	f.ca.add(flags, "ca", "trust the certificates in `FILE`", parseString)
	f.fingerprint.add(flags, "fingerprint", "accept only the certificate whose fingerprint is `sha256:HEX`", config.ParseFingerprint)
	addBool(flags, &f.insecure, "insecure", "accept any certificate")
}

// passFlags are the options of a pass.
type passFlags struct {
	connectFlags
	patterns     []string // of --exclude and --include, as lines of an ignore file
	ignoreFile   value[string]
	conflict     value[app.ConflictRule]
	maxDelete    value[app.Limits]
	maxEntries   value[int]
	maxListing   value[int]
	allowDeletes bool
	acceptEmpty  bool
	exact        value[bool]
	adopt        value[bool]
	checksum     value[bool]
	verify       value[bool]
	blind        value[bool]
	bwlimit      value[rates]
	segments     value[int]
	trash        value[bool]
	followLinks  value[bool]
	links        value[config.Links]
	permissions  value[bool]
	wait         bool
	waitLimit    value[time.Duration]
	only         []string
	direction    pairDirection // of watch and status
	maxSize      value[int64]
	minAge       value[time.Duration]
}

func (f *passFlags) register(flags *pflag.FlagSet) {
	f.connectFlags.register(flags)
	f.registerPatterns(flags)
	f.registerFilters(flags)
	f.registerRails(flags)
	f.conflict.add(flags, "conflict", "where both sides changed a file, `RULE` is keep-both, newer, local, remote or skip (default keep-both)", parseText[app.ConflictRule])
	addBool(flags, &f.exact, "exact", "push, pull: make the target equal the source, extras included; on a first pass also needs --allow-deletes")
	addBool(flags, &f.adopt, "adopt", "sync, pull: on a first pass, take files of equal size as equal where the server tells no hash")
	addBool(flags, &f.checksum, "checksum", "compare the contents of both sides, not size and time")
	addBool(flags, &f.verify, "verify", "push, pull: list all of the target")
	addBool(flags, &f.blind, "blind", "push: send without looking at the server, a drop box that shows nothing and into which nobody else writes")
	f.bwlimit.add(flags, "bwlimit", "send and receive at most `RATE[:RATE]` bytes a second (up:down), as 2MiB:10MiB", parseRates)
	f.segments.add(flags, "segments", "read one large file over several connections: `auto|N|off` (default auto)", config.ParseSegments)
	f.trash.add(flags, "trash", "keep what is replaced or deleted: `on|off`", config.ParseSwitch)
	addBool(flags, &f.followLinks, "follow-links", "read local links that stay inside the root as what they point to")
	f.links.add(flags, "links", "`RULE` is skip, follow as --follow-links, or copy: as links, where the server makes them (default skip)", config.ParseLinks)
	f.permissions.add(flags, "permissions", "`keep` or ignore the permission bits of files, both ways (default ignore)", config.ParsePermissions)
}

// registerRails registers what stops a pass, and what lets it through.
func (f *passFlags) registerRails(flags *pflag.FlagSet) {
	f.maxDelete.add(flags, "max-delete", "stop above `N|P%` deletions on a side (default 50%, when that is more than 10 files)", config.ParseMaxDelete)
	f.maxEntries.add(flags, "max-entries", "stop where a side has more than `N` files and directories (default 5000000)", config.ParseCount)
	f.maxListing.add(flags, "max-listing", "do not read a directory of the server with more than `N` entries (default 1000000)", config.ParseCount)
	flags.BoolVar(&f.allowDeletes, "allow-deletes", false, "allow any number of deletions, this once")
	flags.BoolVar(&f.acceptEmpty, "accept-empty", false, "accept that a side, or a file system mounted below it, has lost everything, this once")
	flags.BoolVar(&f.wait, "wait", false, "wait for another run on this pair to end")
	f.waitLimit.add(flags, "wait-limit", "wait for another run, but not longer than `DURATION`", config.ParseDuration)
}

// registerDeploy registers those options of a pass that a deploy has, too.
func (f *passFlags) registerDeploy(flags *pflag.FlagSet) {
	f.connectFlags.register(flags)
	f.registerPatterns(flags)
	f.maxDelete.add(flags, "max-delete", "stop above `N|P%` deletions (default 50%, when that is more than 10 files)", config.ParseMaxDelete)
	flags.BoolVar(&f.allowDeletes, "allow-deletes", false, "allow any number of deletions, this once")
	flags.BoolVar(&f.acceptEmpty, "accept-empty", false, "accept that the local directory is empty, this once")
	f.bwlimit.add(flags, "bwlimit", "send and receive at most `RATE[:RATE]` bytes a second (up:down), as 2MiB:10MiB", parseRates)
	addBool(flags, &f.followLinks, "follow-links", "read local links that stay inside the root as what they point to")
}

func (f *passFlags) registerPatterns(flags *pflag.FlagSet) {
	flags.Var(patternValue{&f.patterns, ""}, "exclude", "leave out what matches `PATTERN` (.gitignore syntax, repeatable)")
	flags.Var(patternValue{&f.patterns, "!"}, "include", "do not leave out what matches `PATTERN` (repeatable)")
	f.ignoreFile.add(flags, "ignore-file", "read patterns from `FILE` (default .ferryignore at the local root)", parseString)
}

// registerFilters registers the limits on the files that a pass touches.
func (f *passFlags) registerFilters(flags *pflag.FlagSet) {
	f.maxSize.add(flags, "max-size", "leave files alone that are larger than `SIZE` on either side, as 10MB or 2GiB", config.ParseSize)
	f.minAge.add(flags, "min-age", "leave files alone that were changed less than `DURATION` ago, as 5m", config.ParseMinAge)
}

// registerOnly registers the option that restricts a pass to a part of the pair.
func (f *passFlags) registerOnly(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.only, "only", nil, "look at `PATH` only, a file or a directory below the root (repeatable); everything else stays as it is")
}

// over replaces settings of the profile by the options that were given.
func (f *connectFlags) over(p *config.Profile) {
	f.connections.over(&p.Connections)
	f.mode.over(&p.Mode)
	f.activePorts.over(&p.ActivePorts)
	f.activeAddress.over(&p.ActiveAddress)
	f.trustPASV.over(&p.TrustPASV)
	f.pipeline.over(&p.Pipeline)
	f.compress.over(&p.Compress)
	f.encoding.over(&p.Encoding)
	f.listFormat.over(&p.ListFormat)
	f.timeout.over(&p.Timeout)
	f.retries.over(&p.Retries)
	f.ca.over(&p.CA)
	f.fingerprint.over(&p.Fingerprint)
	f.insecure.over(&p.Insecure)
}

func (f *passFlags) over(p *config.Profile) {
	f.connectFlags.over(p)
	f.conflict.over(&p.Conflict)
	most := p.Limits.MaxEntries
	f.maxDelete.over(&p.Limits)
	p.Limits.MaxEntries = most
	f.maxEntries.over(&p.Limits.MaxEntries)
	f.maxListing.over(&p.MaxListing)
	f.exact.over(&p.Exact)
	f.adopt.over(&p.Adopt)
	f.checksum.over(&p.Checksum)
	f.verify.over(&p.Verify)
	f.blind.over(&p.Blind)
	f.maxSize.over(&p.MaxSize)
	f.minAge.over(&p.MinAge)
	f.trash.over(&p.Trash)
	p.TrashSet = p.TrashSet || f.trash.set
	if f.followLinks.set {
		p.SetFollowLinks(f.followLinks.v)
	}
	if f.links.set {
		p.SetLinks(f.links.v)
	}
	f.permissions.over(&p.Permissions)
	f.segments.over(&p.Segments)
	if f.bwlimit.set {
		p.BytesUp, p.BytesDown = f.bwlimit.v.up, f.bwlimit.v.down
	}
}

// check refuses options that contradict one another or the pair.
func (f *passFlags) check(p *app.Pair) error {
	if f.exact.set && f.exact.v && p.Direction == app.Both {
		return app.Usage(errors.New("--exact needs a direction, and this pair goes both ways"), "say \"ferry push --exact\" or \"ferry pull --exact\"")
	}
	if p.Adopt && p.Direction == app.Push {
		return app.Usage(errors.New("--adopt cannot be used for a push: an edit that kept the size of a file would never be sent"),
			"leave it out: the first push compares contents and sends only what differs")
	}
	if err := f.checkBlind(p); err != nil {
		return err
	}
	return f.connectFlags.check(p)
}

// checkBlind refuses to go blind but for a push that needs no look at the server.
func (f *passFlags) checkBlind(p *app.Pair) error {
	switch other := p.NeedsLook(); {
	case !p.Blind:
		return nil
	case p.Direction != app.Push:
		return onlyPushIsBlind()
	case other != "":
		return app.Usage(fmt.Errorf("a blind push does not look at the server, and --%s does", other), "leave one of them out")
	case f.trash.v:
		return app.Usage(errors.New("a blind push keeps nothing on the server, and --trash on asks for it"), "leave one of them out")
	}
	return nil
}

// onlyPushIsBlind is the error where another command is to be blind.
func onlyPushIsBlind() error {
	return app.Usage(errors.New("only a push can be blind: what is on the server is not known, and nothing comes back from there"),
		"say \"ferry push --blind\"; for this once \"--blind=false\" looks at the server")
}

// check refuses options about TLS for a server that is spoken to in clear: who gives
// one expects to be protected.
func (f *connectFlags) check(p *app.Pair) error {
	if p.Direct && !p.Encrypted() && (f.ca.set || f.fingerprint.set) {
		return app.Usage(errors.New("a certificate is asked for, but ftp:// has no TLS"), "write ftpes:// for TLS, or ftps:// for implicit TLS on port 990")
	}
	return nil
}

// options returns the options for one pass.
func (f *passFlags) options(dryRun bool) app.PassOptions {
	return app.PassOptions{DryRun: dryRun, AllowDeletes: f.allowDeletes, AcceptEmpty: f.acceptEmpty, Wait: f.wait || f.waitLimit.set, WaitLimit: f.waitLimit.v}
}

// A patternValue collects the patterns of several options in their order.
type patternValue struct {
	into   *[]string
	prefix string
}

// Set implements [pflag.Value].
func (v patternValue) Set(s string) error {
	if s == "" || strings.ContainsAny(s, "\r\n") {
		return errors.New("must be one pattern")
	}
	*v.into = append(*v.into, v.prefix+s)
	return nil
}

// String implements [pflag.Value].
func (v patternValue) String() string { return "" }

// Type implements [pflag.Value].
func (v patternValue) Type() string { return "string" }

func parseRates(s string) (rates, error) {
	up, down, err := config.ParseRate(s)
	return rates{up, down}, err
}

func parseAddress(s string) (string, error) {
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" {
		return "", errors.New("must be an IP address")
	}
	return addr.String(), nil
}

func parseString(s string) (string, error) {
	if s == "" {
		return "", errors.New("must not be empty")
	}
	return s, nil
}

func parseCount(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, errors.New("must be a positive number")
	}
	return n, nil
}

func parseRetries(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, errors.New("must be 0 or a positive number")
	}
	if n == 0 {
		return -1, nil // in a profile 0 is the default
	}
	return n, nil
}
