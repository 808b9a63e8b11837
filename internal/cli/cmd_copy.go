package cli

import (
	"errors"

	"ferry/internal/app"
	"ferry/internal/app/copying"
	"ferry/internal/cli/help"
	"ferry/internal/config"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const copyHelp = `Make one pass from a directory on one server to a directory on another. The first copy
only adds: what the target has under the same name is compared, and where it differs it is
kept as a conflict copy. What was copied is recorded, so that the next copy carries over
what was made, changed, renamed or deleted at the source since then. Files that only the
target has are left alone, except with --exact. Nothing is changed at the source.

Large files go directly from server to server where both allow it and neither is reached
over TLS, and are compared there. Everything else goes through this machine, and not onto its
disk.

FERRY_PASSWORD is the password of the target, and of the source if both have the same host.
FERRY_SOURCE_PASSWORD is that of the source alone. Options about the server are for both;
--source-ca, --source-encoding and --source-fingerprint are for the source.`

// ofCopy reports whether args name a copy.
func ofCopy(args []string) bool {
	return len(args) == 2 && config.IsURL(args[0]) && config.IsURL(args[1])
}

// copyFlags are the options of a copy.
type copyFlags struct {
	passFlags
	sourceCA          value[string]
	sourceEncoding    value[string]
	sourceFingerprint value[string]
}

func (f *copyFlags) register(flags *pflag.FlagSet) {
	f.connectFlags.register(flags)
	flags.Var(patternValue{&f.patterns, ""}, "exclude", "leave out what matches `PATTERN` (.gitignore syntax, repeatable)")
	flags.Var(patternValue{&f.patterns, "!"}, "include", "do not leave out what matches `PATTERN` (repeatable)")
	f.ignoreFile.add(flags, "ignore-file", "read patterns from `FILE` on this machine", parseString)
	f.registerFilters(flags)
	f.registerRails(flags)
	addBool(flags, &f.exact, "exact", "make the target equal the source, extras included; on a first copy also needs --allow-deletes")
	addBool(flags, &f.checksum, "checksum", "compare the contents of both sides, not size and time")
	addBool(flags, &f.verify, "verify", "list all of the target")
	f.permissions.add(flags, "permissions", "`keep` or ignore the permission bits of files (default ignore)", config.ParsePermissions)
	f.trash.add(flags, "trash", "keep what is replaced or deleted at the target, below .ferry there: `on|off` (default off)", config.ParseSwitch)
	f.bwlimit.add(flags, "bwlimit", "send and receive at most `RATE[:RATE]` bytes a second (up:down), as 2MiB:10MiB", parseRates)
	f.sourceCA.add(flags, "source-ca", "trust the certificates in `FILE` for the source", parseString)
	f.sourceEncoding.add(flags, "source-encoding", "the names at the source are in `CHARSET`", config.ParseEncoding)
	f.sourceFingerprint.add(flags, "source-fingerprint", "accept only the certificate with this `sha256:HEX` from the source", config.ParseFingerprint)
}

// pair returns the pair that args name, with the options over it.
func (f *copyFlags) pair(prog *program, args []string) (*app.Pair, error) {
	p, err := copying.Pair(prog.workspace(), args[0], args[1])
	if err != nil {
		return nil, err
	}
	f.over(p.Profile)
	f.sourceCA.over(&p.CA)
	f.sourceEncoding.over(&p.Encoding)
	f.sourceFingerprint.over(&p.Fingerprint)
	f.over(p.Target.Profile)
	prog.makeAbsolute(p)
	prog.makeAbsolute(p.Target)
	if !p.Encrypted() && (f.sourceCA.set || f.sourceFingerprint.set) || !p.Encrypted() && !p.Target.Encrypted() && (f.ca.set || f.fingerprint.set) {
		return nil, app.Usage(errors.New("a certificate is asked for, but ftp:// has no TLS"), "write ftpes:// for TLS, or ftps:// for implicit TLS on port 990")
	}
	file := ""
	if f.ignoreFile.set {
		file = prog.workspace().Absolute(f.ignoreFile.v)
	}
	return p, copying.ReadRules(p, file, f.patterns)
}

func copyCommand(prog *program) *cobra.Command {
	var flags copyFlags
	cmd := &cobra.Command{
		Use:   "copy SOURCE-URL TARGET-URL",
		Short: "One pass from one server to another",
		Long:  copyHelp + passExits,
		Example: `  ferry copy ftp://ann@old.example/site ftpes://ann@new.example/htdocs --dry-run
  ferry copy ftp://ann@old.example/site ftpes://ann@new.example/htdocs`,
		Args: help.Count(cobra.ExactArgs(2)),
		ValidArgsFunction: func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			return completeURL(begun)
		},
	}
	flags.register(cmd.Flags())
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		p, err := flags.pair(prog, args)
		if err != nil {
			return err
		}
		return exit(prog.pass(cmd.Context(), p, flags.options(prog.common.dryRun), false, false))
	})
	return cmd
}
