package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"ferry/internal/app"
	"ferry/internal/cli/help"
	"ferry/internal/config"
	"ferry/internal/keyring"
	"ferry/internal/text"

	"github.com/spf13/cobra"
)

const loginHelp = `Ask for the password of a profile or of a URL with a user, log in with it, and if
that works put it into the keyring of this user: GNOME Keyring or KWallet, the
Keychain of macOS, or the Credential Manager of Windows.

A profile that names no password finds it there under USER@HOST; another name is
written as "password: {keyring: NAME}". All entries are of the service "ferry".

The server and its certificate are checked before the password is asked for.
--password-stdin reads it from standard input, for scripts.

--delete takes the password out of the keyring again.

EXIT STATUS
  0 the password is in the keyring, or was taken out
  1 there is no keyring, it is locked, or it has no such password
  2 the profile takes its password from elsewhere
  4 could not connect or log in: nothing was put into the keyring`

// loginFlags are the options of login.
type loginFlags struct {
	connectFlags
	remove bool
	stdin  bool
}

func loginCommand(prog *program) *cobra.Command {
	var flags loginFlags
	cmd := &cobra.Command{
		Use:               "login [PROFILE | URL]",
		Short:             "Put the password of a profile into the keyring",
		Long:              loginHelp,
		Example:           "  ferry login site\n  ferry login ftpes://ann@nas.example.com\n  ferry login site --delete",
		Args:              help.Count(cobra.MaximumNArgs(1)),
		ValidArgsFunction: prog.completeProfiles,
	}
	cmd.Flags().BoolVar(&flags.remove, "delete", false, "take the password out of the keyring")
	cmd.Flags().BoolVar(&flags.stdin, "password-stdin", false, "read the password from standard input")
	flags.connectFlags.register(cmd.Flags())
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error { return prog.login(cmd.Context(), args, &flags) })
	return cmd
}

func (prog *program) login(ctx context.Context, args []string, flags *loginFlags) error {
	p, user, name, err := prog.keyringEntry(args, flags)
	if err != nil {
		return err
	}
	ring := prog.env.Keyring
	if ring == nil {
		return keyringFailed(keyring.ErrNone)
	}
	if flags.remove {
		return prog.deletePassword(ctx, name)
	}
	if err := prog.findKeyring(ctx, name); err != nil {
		return err
	}
	password, err := prog.rightPassword(ctx, p, user, flags.stdin)
	if err != nil {
		return err
	}
	if prog.common.dryRun {
		prog.talk().Note("logged in to %s; would put the password into the keyring as %s", p.Remote.Host, text.Clean(name))
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, config.KeyringTime)
	defer cancel()
	if err := ring.Set(limited, name, password); err != nil {
		return keyringFailed(err)
	}
	prog.talk().Note("logged in to %s; the password is in the keyring as %s", p.Remote.Host, text.Clean(name))
	prog.warnFirst(ctx, p, user)
	return nil
}

// keyringEntry returns the pair that args name, the user who logs in, and the name of the password in the keyring.
func (prog *program) keyringEntry(args []string, flags *loginFlags) (p *app.Pair, user, name string, err error) {
	if len(args) == 1 && config.IsURL(args[0]) {
		args = []string{".", args[0]} // nothing local is looked at
	}
	pairs, err := prog.connectPairs(args, &flags.connectFlags)
	if err != nil {
		return nil, "", "", err
	}
	if len(pairs) > 1 {
		return nil, "", "", app.Usage(fmt.Errorf("there are %d profiles, and a password is for one of them", len(pairs)), "name it, as in: ferry login "+pairs[0].Name)
	}
	p = pairs[0]
	user, err = config.Finder{Home: prog.env.Home, Getenv: prog.env.Getenv}.User(p.Profile)
	if err != nil {
		return nil, "", "", app.Usage(err, config.Hint(err))
	}
	if user == "" || user == "anonymous" {
		return nil, "", "", app.Usage(errors.New("an anonymous login needs no password"), "name the user, as in: ferry login ftpes://ann@"+p.Remote.Host)
	}
	name, ok := p.KeyringName(user)
	if !ok {
		return nil, "", "", app.Usage(fmt.Errorf("%s gets its password from %s, and would not look in the keyring", p.Title(), p.Password.Place()),
			"write password: {keyring: "+p.Name+"} into the profile, or leave the password out of the URL")
	}
	return p, user, name, nil
}

// findKeyring returns an error if there is no keyring or it cannot be read, before anybody types a password in vain.
func (prog *program) findKeyring(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, config.KeyringTime)
	defer cancel()
	_, err := prog.env.Keyring.Get(ctx, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return keyringFailed(err)
}

func (prog *program) deletePassword(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, config.KeyringTime)
	defer cancel()
	if prog.common.dryRun {
		if _, err := prog.env.Keyring.Get(ctx, name); err != nil {
			return keyringFailed(err)
		}
		prog.talk().Note("would take the password %s out of the keyring", text.Clean(name))
		return nil
	}
	if err := prog.env.Keyring.Delete(ctx, name); err != nil {
		return keyringFailed(fmt.Errorf("%s: %w", name, err))
	}
	prog.talk().Note("the password %s is out of the keyring", text.Clean(name))
	return nil
}

// keyringFailed returns the error of a command that needs the keyring.
func keyringFailed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return failed(err, "\"ferry login\" puts a password there")
	case errors.Is(err, keyring.ErrNone):
		return failed(err, "set FERRY_PASSWORD, add the host to ~/.netrc, or write password: {file: PATH} (or env, command) into a profile")
	}
	return failed(err, "unlock the keyring, and try again")
}

// mostTries is how often a person may type a password.
const mostTries = 3

// rightPassword asks for the password of user, until one is right.
func (prog *program) rightPassword(ctx context.Context, p *app.Pair, user string, stdin bool) (string, error) {
	if !stdin && prog.env.ReadPassword == nil {
		return "", app.Usage(errors.New("there is no terminal to ask for the password"), "give it on standard input, with --password-stdin")
	}
	if err := prog.opener().Greet(ctx, p); err != nil {
		return "", err
	}
	for try := 1; ; try++ {
		password, err := prog.typedPassword(ctx, p.Remote.Account(user), stdin)
		if err == nil {
			_, err = prog.opener().TestConnection(ctx, p.WithPassword(password))
		}
		if err == nil {
			return password, nil
		}
		if stdin || try == mostTries || !app.PasswordRefused(err) || ctx.Err() != nil {
			return "", err
		}
		prog.talk().Fail(err, "try again")
	}
}

func (prog *program) typedPassword(ctx context.Context, account string, stdin bool) (password string, err error) {
	if stdin {
		password, err = bufio.NewReader(io.LimitReader(prog.env.Stdin, 64<<10)).ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		password = strings.TrimRight(password, "\r\n")
	} else {
		password, err = prog.env.ReadPassword(ctx, "Password for "+account+": ")
	}
	switch {
	case err != nil && ctx.Err() == nil:
		return "", app.Usage(fmt.Errorf("reading the password: %w", err), "")
	case err != nil:
		return "", err
	case password == "":
		return "", app.Usage(errors.New("the password is empty"), "")
	}
	if err := config.CheckPassword(password); err != nil {
		return "", app.Usage(err, "")
	}
	return password, nil
}

// warnFirst warns if a profile without a password of its own finds another one before it looks into the keyring.
func (prog *program) warnFirst(ctx context.Context, p *app.Pair, user string) {
	if !p.Password.IsZero() {
		return
	}
	_, from, err := config.Finder{Home: prog.env.Home, Getenv: prog.env.Getenv}.Password(ctx, p.Profile, user)
	if err == nil {
		prog.talk().Warn("%s has a password, too, and ferry takes that one before it looks in the keyring", from)
	}
}
