package help

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// A Pointer leads from the words of other programs to what ferry has for them.
type Pointer struct {
	Words   []string // what is typed
	Command string   // what the hint is about; a hint about a command that does not exist is not given
	Hint    string
}

// OtherCommands are the words that others use for commands.
var OtherCommands = []Pointer{
	{[]string{"ls", "list", "dir"}, "status", `"ferry status" lists what differs between the two sides`},
	{[]string{"profile", "jobs", "pairs"}, "profiles", `"ferry profiles" lists the profiles`},
	{[]string{"compare", "cmp", "diff"}, "verify", `"ferry status" lists what a pass would do, "ferry verify" compares the contents of both sides, and "ferry conflicts --diff" shows how texts differ`},
	{[]string{"compare", "cmp", "diff"}, "status", `"ferry status" lists what a pass would do, and "ferry conflicts --diff" shows how texts differ`},
	{[]string{"plan", "preview", "dry-run", "dryrun", "st"}, "status", `"ferry status" prints what a pass would do`},
	{[]string{"restore", "undelete", "recover", "unrm"}, "trash restore", `"ferry trash restore PATH" brings back what was replaced or deleted`},
	{[]string{"prune", "purge", "forget", "gc", "cleanup", "clean"}, "trash empty", `"ferry trash empty --older-than 30d" removes old versions for good`},
	{[]string{"mirror"}, "push", `"ferry push --exact" makes the server equal the directory, "ferry pull --exact" the directory equal the server`},
	{[]string{"upload", "put", "mput", "send", "up", "reverse-mirror"}, "push", `"ferry push" sends changes to the server`},
	{[]string{"download", "get", "mget", "fetch", "down", "clone", "receive"}, "pull", `"ferry pull" fetches changes from the server`},
	{[]string{"backup"}, "push", `"ferry push" backs the directory up to the server, "ferry pull" the server to the directory`},
	{[]string{"bisync", "run", "both", "once", "now"}, "sync", `"ferry sync" makes a pass both ways`},
	{[]string{"monitor", "daemon", "serve", "live", "auto", "start", "follow"}, "watch", `"ferry watch" stays and keeps the two sides in sync`},
	{[]string{"install", "enable", "systemd", "launchd"}, "service install", `"ferry service install" has the system keep "ferry watch" running`},
	{[]string{"publish", "release", "golive"}, "deploy", `"ferry deploy" makes a site go live at once`},
	{[]string{"undo", "revert", "back"}, "rollback", `"ferry rollback" goes back to the release before; "ferry trash restore PATH" brings back a file`},
	{[]string{"setup", "new", "add", "create", "configure"}, "init", `"ferry init LOCAL URL" writes a profile`},
	{[]string{"config"}, "init", `the configuration is ferry.yaml: "ferry init LOCAL URL" writes one`},
	{[]string{"test", "ping", "doctor", "probe", "connect", "open"}, "check", `"ferry check" connects and reports what the server can do`},
	{[]string{"resolve", "merge", "mergetool"}, "conflicts", `"ferry conflicts" lists conflicts, and "ferry conflicts --keep local PATH" settles one`},
	{[]string{"password", "auth", "keyring"}, "login", `"ferry login" puts a password into the keyring`},
	{[]string{"history", "journal", "events"}, "log", `"ferry log" says what was done to which file, and when`},
	{[]string{"ignore", "check-ignore", "exclude"}, "ignored", `patterns belong into .ferryignore, and "ferry ignored PATH" says which one decides about a path`},
	{[]string{"ignore", "check-ignore", "exclude"}, "sync", `patterns belong into the file .ferryignore, or into ignore: of a profile`},
	{[]string{"rm", "delete", "del", "remove", "unlink"}, "sync", `delete the file in the directory: "ferry sync" then deletes it on the server, and "ferry push" does as well`},
	{[]string{"move", "mv", "rename", "mkdir"}, "sync", `do it in the directory: "ferry sync" then does the same on the server`},
	{[]string{"allow", "approve"}, "trust", `"ferry trust" lets a ferry.yaml run commands and read secrets`},
	{[]string{"stop", "quit", "kill"}, "service uninstall", `Ctrl-C ends a watch on a terminal, and "ferry service uninstall" the one of the system`},
	{[]string{"update", "upgrade", "self-update"}, "version", `ferry does not update itself; "ferry version" says which one this is`},
}

// OtherOptions are the words that others use for options. What a command has under one
// of these names is that option, and not looked up here.
var OtherOptions = []Pointer{
	{[]string{"delete", "delete-before", "delete-during", "delete-extraneous", "mirror", "purge"}, "push", `what was deleted here is deleted there without an option; --exact of "ferry push" and "ferry pull" also deletes what only the target has`},
	{[]string{"delete-after"}, "deploy", `--exact of "ferry push" and "ferry pull" deletes what only the target has; --delete-after belongs to "ferry deploy"`},
	{[]string{"no-delete", "keep"}, "sync", `--max-delete 0 stops a pass that would delete anything`},
	{[]string{"force", "yes", "no-confirm", "f", "y"}, "sync", `each rail has its own option: --allow-deletes for many deletions, --accept-empty for a side that has become empty`},
	{[]string{"recursive", "archive", "r", "a", "times", "update", "parents"}, "sync", `leave it out: a pass always goes through all directories, keeps times, and carries over only what has changed`},
	{[]string{"resume", "continue", "partial", "inplace"}, "sync", `leave it out: a transfer that broke off is always taken up where it stopped, if the server can`},
	{[]string{"port", "host", "hostname", "server"}, "sync", `host and port are a part of the URL, as in ftpes://user@example.com:2121/htdocs`},
	{[]string{"user", "username", "login"}, "sync", `the user is a part of the URL, as in ftpes://user@example.com/htdocs`},
	{[]string{"password", "pass", "password-file"}, "sync", `set FERRY_PASSWORD, or write password: {env: NAME} into the profile: what is in an option can be seen by everybody on this machine`},
	{[]string{"ssl", "tls", "ftps", "ftpes", "secure", "ssl-reqd", "explicit-tls"}, "sync", `write ftpes:// for TLS, or ftps:// for implicit TLS on port 990`},
	{[]string{"no-check-certificate", "ignore-cert", "no-verify", "no-verify-ssl", "skip-verify"}, "sync", `--fingerprint sha256:HEX accepts one certificate only, --insecure accepts any`},
	{[]string{"passive", "pasv", "active", "port-mode"}, "sync", `--mode passive or --mode active chooses how data connections are made`},
	{[]string{"jobs", "parallel", "transfers", "threads", "concurrency", "workers"}, "sync", `--connections N says how many connections are used at most`},
	{[]string{"limit-rate", "bandwidth", "bandwidth-limit", "rate", "limit", "limit-upload", "limit-download"}, "sync", `--bwlimit RATE[:RATE] limits the speed, up and down`},
	{[]string{"filter", "glob", "include-from", "exclude-from"}, "sync", `--exclude PATTERN and --include PATTERN take one pattern each, --ignore-file FILE a file of them`},
	{[]string{"hash", "content", "md5", "size-only", "compare"}, "sync", `--checksum compares contents; otherwise sizes and times are compared`},
	{[]string{"backup", "backup-dir", "suffix", "versions"}, "sync", `--trash on keeps what is replaced or deleted, and "ferry trash" lists it`},
	{[]string{"itemize-changes", "stats", "debug", "trace"}, "sync", `-v writes a line for each file, -vv the FTP dialogue`},
	{[]string{"silent", "no-output"}, "sync", `--quiet says nothing unless something is wrong`},
	{[]string{"no-color", "no-colour", "monochrome"}, "sync", `--color never leaves colour out`},
	{[]string{"watch", "daemon", "interval", "loop"}, "watch", `"ferry watch" stays and keeps the two sides in sync`},
	{[]string{"profile", "config-file", "file"}, "sync", `a profile is named without an option, as in: ferry sync site; --config FILE names another ferry.yaml`},
	{[]string{"remote", "local", "source", "destination", "target"}, "sync", `the two sides are named without options, as in: ferry sync ./public ftpes://user@host/path`},
	{[]string{"dryrun", "simulate", "just-print", "test"}, "sync", `did you mean --dry-run?`},
	{[]string{"version"}, "version", `"ferry --version" prints the version`},
}

// pointTo returns the hint for a word that is not one of ferry's, "" where there is none.
func pointTo(root *cobra.Command, table []Pointer, word string) string {
	word = strings.ToLower(strings.ReplaceAll(word, "_", "-"))
	for _, p := range table {
		if slices.Contains(p.Words, word) && Exists(root, p.Command) {
			return p.Hint
		}
	}
	return ""
}

// Exists reports whether there is a command of that name, as "trash restore".
func Exists(root *cobra.Command, name string) bool {
	cmd, rest, err := root.Find(strings.Fields(name))
	return err == nil && cmd != root && len(rest) == 0
}
