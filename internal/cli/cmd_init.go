package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ferry/internal/app"
	"ferry/internal/config"

	"github.com/spf13/cobra"
)

const initHelp = `Test the connection, and write a ferry.yaml for a directory and a URL.

The file goes to the working directory, or to where --config says. It never holds
a password, but says where the password comes from. --dry-run prints the file and
writes nothing.

EXIT STATUS
  0 written
  1 no data connection could be made
  2 wrong usage, or there is such a file already
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
		Use:   "init LOCAL URL",
		Short: "Test the connection, and write a ferry.yaml for a new pair",
		Long:  initHelp,
		Example: `  ferry init ./public ftpes://deploy@example.com/htdocs --direction push
  ferry init ~/Pictures ftp://nas.local/photos --name photos`,
		ValidArgsFunction: completePair,
	}
	f := cmd.Flags()
	flags.name.add(f, "name", "call the profile `NAME`", parseString)
	flags.direction.add(f, "direction", "which way changes go: `WAY` is both, push or pull (default both)", parseText[app.Direction])
	f.BoolVar(&flags.force, "force", false, "overwrite an existing file")
	f.BoolVar(&flags.offline, "offline", false, "do not test the connection")
	flags.connectFlags.register(f)
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		return prog.init(cmd.Context(), args, &flags)
	})
	return cmd
}

func (prog *program) init(ctx context.Context, args []string, flags *initFlags) error {
	p, err := prog.workspace().DirectPair(args)
	if err != nil {
		return err
	}
	flags.over(p.Profile)
	flags.direction.over(&p.Direction)
	flags.name.over(&p.Name)
	prog.makeAbsolute(p)
	if err := flags.check(p); err != nil {
		return err
	}
	path := prog.workspace().ConfigFile
	if path == "" {
		path = prog.workspace().Absolute(config.FileName)
	}
	text, err := profileText(p, &flags.connectFlags, filepath.Dir(path))
	if err != nil {
		return err
	}
	if _, err := config.Parse(path, []byte(text), path, prog.env.Home); err != nil {
		return app.Usage(fmt.Errorf("this pair does not make a valid configuration: %w", err), "")
	}
	if _, err := os.Lstat(path); err == nil && !flags.force && !prog.common.dryRun {
		return app.Usage(fmt.Errorf("%s exists already", path), "add the profile to it by hand, or overwrite it with --force")
	}
	if !flags.offline {
		if err := prog.testConnection(ctx, p); err != nil {
			return err
		}
	}
	if prog.common.dryRun {
		_, err := fmt.Fprint(prog.env.Stdout, text)
		return err
	}
	if err := app.WritePrivate(path, []byte(text)); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	if err := prog.workspace().TrustText(path, text); err != nil {
		return err
	}
	prog.talk().Note("wrote %s", path)
	prog.talk().Note("\"ferry status\" shows what a first pass would do, \"ferry sync\" makes it")
	return nil
}

// testConnection logs in, and says whether the directory is there.
func (prog *program) testConnection(ctx context.Context, p *app.Pair) error {
	found, err := prog.opener().TestConnection(ctx, p)
	if err != nil {
		return err
	}
	state := "exists"
	if !found {
		state = "does not exist yet, the first pass makes it"
	}
	prog.talk().Note("logged in to %s; the directory %s", p.Remote.Host, state)
	return nil
}

// profileText returns the text of a ferry.yaml in the directory dir with one
// profile and the options about the server that were given.
func profileText(p *app.Pair, flags *connectFlags, dir string) (string, error) {
	local := p.Local
	if rel, err := filepath.Rel(dir, local); err == nil && filepath.IsLocal(rel) {
		local = "./" + filepath.ToSlash(rel)
	}
	text, err := config.Example{Name: p.Name, Local: local, Remote: p.Remote, Direction: p.Direction}.Text()
	if err != nil {
		return "", app.Usage(err, "give the profile another name with --name")
	}
	const before = "    conflict: "
	return strings.Replace(text, before, flags.yaml(p.CA)+before, 1), nil
}

// yaml returns the options that were given as keys of a profile. ca is the
// absolute path of the file of certificates.
func (f *connectFlags) yaml(ca string) string {
	var b strings.Builder
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
		{"encoding", f.encoding.set, f.encoding.text},
		{"list-format", f.listFormat.set, f.listFormat.text},
		{"timeout", f.timeout.set, f.timeout.text},
		{"retries", f.retries.set, f.retries.text},
		{"ca", f.ca.set, ca},
		{"fingerprint", f.fingerprint.set, "sha256:" + f.fingerprint.v},
		{"insecure", f.insecure.set, f.insecure.text},
	} {
		if o.set {
			quoted, _ := json.Marshal(o.text) // a JSON string is one of YAML too
			fmt.Fprintf(&b, "    %s: %s\n", o.key, quoted)
		}
	}
	return b.String()
}
