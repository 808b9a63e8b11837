package cli

import (
	"context"
	"errors"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/prompt"
	"ferry/internal/setup"

	"github.com/spf13/cobra"
)

const initHelp = `Test the connection, and write a profile for a directory and a URL to a ferry.yaml.

On a terminal ferry asks for what is left out: the URL, the directory, the
direction, and where the password is kept. Each answer is tested as it comes.
Where an ftp:// server has TLS, ftpes:// is offered.

The file is in the working directory, or where --config says. A profile is added to
one that exists, and all else in it stays as it is. It never holds a password, but
says where the password comes from. --dry-run prints the file and writes nothing.

EXIT STATUS
  0 written
  1 no data connection could be made
  2 wrong usage, or the file has such a profile already
  4 could not connect or log in`

// initFlags are the options of init.
type initFlags struct {
	connectFlags
	name      value[string]
	direction value[app.Direction]
	force     bool
	offline   bool
}

func initCommand(prog *program) *cobra.Command {
	var flags initFlags
	cmd := &cobra.Command{
		Use:   "init [LOCAL] [URL]",
		Short: "Test the connection, and write a new pair to ferry.yaml",
		Long:  initHelp,
		Example: `  ferry init
  ferry init ./public ftpes://deploy@example.com/htdocs --direction push
  ferry init ~/Pictures ftp://nas.local/photos --name photos`,
		ValidArgsFunction: completePair,
	}
	f := cmd.Flags()
	flags.name.add(f, "name", "call the profile `NAME`", parseString)
	flags.direction.add(f, "direction", "which way changes go: `WAY` is both, push or pull (default both)", parseText[app.Direction])
	f.BoolVar(&flags.force, "force", false, "overwrite an existing file, with all its profiles")
	f.BoolVar(&flags.offline, "offline", false, "do not test the connection")
	flags.connectFlags.register(f)
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		return prog.init(cmd.Context(), args, &flags)
	})
	return cmd
}

func (prog *program) init(ctx context.Context, args []string, flags *initFlags) error {
	if err := config.CheckName(flags.name.v); flags.name.set && err != nil {
		return app.Usage(err, "give the profile another name with --name")
	}
	file, err := setup.OpenFile(prog.workspace(), flags.force)
	if err != nil {
		return err
	}
	local, url, missing := splitPair(args)
	var answer setup.Answer
	if missing && prog.asks(flags) && len(args) < 2 {
		answer, err = prog.askForPair(file, flags).Run(ctx, local, url, flags.name.set, flags.direction.set)
	} else {
		answer, err = prog.givenPair(ctx, args, file, flags)
	}
	if err != nil {
		return err
	}
	return prog.writeInit(file, answer, flags)
}

// asks reports whether init can ask somebody, and may.
func (prog *program) asks(flags *initFlags) bool {
	return prog.env.ReadLine != nil && prog.env.ReadPassword != nil && !flags.offline
}

// splitPair returns which of LOCAL and URL are there.
func splitPair(args []string) (local, url string, missing bool) {
	for _, arg := range args {
		if config.IsURL(arg) {
			url = arg
		} else {
			local = arg
		}
	}
	return local, url, local == "" || url == ""
}

// changePair puts the options over a pair.
func (prog *program) changePair(p *app.Pair, flags *initFlags) error {
	flags.over(p.Profile)
	flags.direction.over(&p.Direction)
	flags.name.over(&p.Name)
	prog.makeAbsolute(p)
	return flags.check(p)
}

// givenPair returns the pair that the arguments name, and tests the connection.
func (prog *program) givenPair(ctx context.Context, args []string, file *setup.File, flags *initFlags) (setup.Answer, error) {
	if len(args) != 2 {
		return setup.Answer{}, app.Usage(errors.New("init takes one local directory and one URL"), "as in: ferry init ./public ftpes://user@host/path; on a terminal \"ferry init\" asks for what is left out")
	}
	p, err := prog.workspace().DirectPair(args)
	if err == nil {
		err = prog.changePair(p, flags)
	}
	if err == nil {
		err = file.Free(p)
	}
	if err != nil || flags.offline {
		return setup.Answer{Pair: p}, err
	}
	if prog.asks(flags) {
		return prog.askForPair(file, flags).Given(ctx, p)
	}
	if !p.Encrypted() && prog.opener().Greet(ctx, p) == nil {
		prog.noteTLS(ctx, p)
	}
	found, err := prog.opener().TestConnection(ctx, p)
	if err == nil {
		prog.talk().Note("%s", setup.LoggedIn(p, found))
	}
	return setup.Answer{Pair: p}, err
}

// noteTLS says that a server which is spoken to in clear text has TLS.
func (prog *program) noteTLS(ctx context.Context, p *app.Pair) {
	err := prog.opener().Greet(ctx, p.WithTLS())
	switch {
	case err == nil:
		prog.talk().Note("the server has TLS: with ftpes:// the password and the files do not travel in clear text")
	case app.RefusedCertificate(err) != "":
		prog.talk().Note("the server has TLS, but its certificate is not accepted: %v", err)
		prog.talk().Note("if the right one has %s, write ftpes:// and --fingerprint %[1]s", app.RefusedCertificate(err))
	}
}

// askForPair returns the questions about a pair.
func (prog *program) askForPair(file *setup.File, flags *initFlags) *setup.Questions {
	return &setup.Questions{
		Ask:         prompt.Asker{ReadLine: prog.env.ReadLine, Wrong: prog.wrongAnswer},
		AskPassword: prog.env.ReadPassword,
		Opener:      prog.opener(),
		Workspace:   prog.workspace(),
		Keyring:     prog.env.Keyring,
		Change:      func(p *app.Pair) error { return prog.changePair(p, flags) },
		File:        file,
		DryRun:      prog.common.dryRun,
		Note:        prog.talk().Note,
		Fail:        prog.wrongAnswer,
	}
}

// wrongAnswer says why an answer will not do.
func (prog *program) wrongAnswer(err error) { prog.talk().Fail(err, app.Hint(err)) }

// settings returns the options that were given as keys of a profile. ca is the
// absolute path of the file of certificates.
func (f *connectFlags) settings(ca string) []config.Setting {
	var given []config.Setting
	for _, o := range []struct {
		key  string
		set  bool
		text string
	}{
		{"connections", f.connections.set, f.connections.text},
		{"mode", f.mode.set, f.mode.text},
		{"active-ports", f.activePorts.set, f.activePorts.text},
		{"active-address", f.activeAddress.set, f.activeAddress.text},
		{"trust-pasv", f.trustPASV.set, f.trustPASV.text},
		{"pipeline", f.pipeline.set, f.pipeline.text},
		{"compress", f.compress.set, f.compress.text},
		{"encoding", f.encoding.set, f.encoding.text},
		{"list-format", f.listFormat.set, f.listFormat.text},
		{"timeout", f.timeout.set, f.timeout.text},
		{"retries", f.retries.set, f.retries.text},
		{"ca", f.ca.set, ca},
		{"fingerprint", f.fingerprint.set, "sha256:" + f.fingerprint.v},
		{"insecure", f.insecure.set, f.insecure.text},
	} {
		if o.set {
			given = append(given, config.Setting{Key: o.key, Value: o.text})
		}
	}
	return given
}
