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

// ofCopy reports whether args name a copy.
func ofCopy(args []string) bool {
	return len(args) == 2 && config.IsURL(args[0]) && config.IsURL(args[1])
}

// copyFlags are the options of a copy.
type copyFlags struct {
	passFlags
	between           value[app.Between]
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
	addBetween(flags, &f.between)
	f.sourceCA.add(flags, "source-ca", "trust the certificates in `FILE` for the source", parseString)
	f.sourceEncoding.add(flags, "source-encoding", "the names at the source are in `CHARSET`", config.ParseEncoding)
	f.sourceFingerprint.add(flags, "source-fingerprint", "accept only the certificate with this `sha256:HEX` from the source", config.ParseFingerprint)
}

func addBetween(flags *pflag.FlagSet, v *value[app.Between]) {
	v.add(flags, "direct", "send large files from server to server: `WHEN` is auto, where neither has TLS, on, over TLS as well, or off (default auto)", parseText[app.Between])
}

// pair returns the pair that args name, with the options over it.
func (f *copyFlags) pair(prog *program, args []string) (*app.Pair, error) {
	p, err := copying.Pair(prog.workspace(), args[0], args[1])
	if err != nil {
		return nil, err
	}
	f.over(p.Profile)
	f.between.over(&p.Between)
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
		Long:  help.Copy + passExits,
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
