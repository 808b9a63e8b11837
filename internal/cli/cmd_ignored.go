package cli

import (
	"errors"
	"slices"

	"ferry/internal/app"
	"ferry/internal/config"

	"github.com/spf13/cobra"
)

const ignoredHelp = `Say for each path whether it is left out on both sides, and which line of which file
decides, as "git check-ignore -v" does. Of several patterns that match, the last one
decides; one that leaves out a directory decides about everything below it.

A path is one below the root of the pair, as css/site.css, or that of a file of this
machine. One that ends with a slash, and one that is a directory, is asked for as a
directory. All profiles of ferry.yaml answer, unless some are named. A name that is
also that of a profile is written as ./NAME. A pair that is given directly goes
behind the paths.

EXIT STATUS
  0 answered
  2 not a path below the root`

func ignoredCommand(prog *program) *cobra.Command {
	var flags passFlags
	var profiles []string
	cmd := &cobra.Command{
		Use:   "ignored PATH... [PROFILE... | LOCAL URL]",
		Short: "Say which pattern decides about a path",
		Long:  ignoredHelp,
		Example: `  ferry ignored css/site.css.map
  ferry ignored node_modules/ notes.txt site
  ferry ignored notes.txt ./public ftpes://deploy@example.com/htdocs`,
	}
	flags.registerPatterns(cmd.Flags())
	cmd.Flags().StringArrayVar(&profiles, "profile", nil, "answer for profile `NAME` (repeatable)")
	_ = cmd.RegisterFlagCompletionFunc("profile", prog.completeProfiles)
	cmd.RunE = prog.run(func(_ *cobra.Command, args []string) error {
		paths, named := pathsBeforePair(args)
		if len(named) == 0 {
			var also []string
			paths, also = prog.profilesAmong(paths)
			profiles = append(profiles, also...)
		}
		if len(paths) == 0 {
			return app.Usage(errors.New("name at least one path"), "as in: ferry ignored css/site.css.map")
		}
		if len(named) > 0 && len(profiles) > 0 {
			return app.Usage(errors.New("--profile is for profiles of ferry.yaml, and a pair was given, too"), "leave one of them out")
		}
		pairs, err := prog.workspace().Pairs(append(profiles, named...))
		if err != nil {
			return err
		}
		for _, p := range pairs {
			if err := prog.readRules(p, &flags); err != nil {
				return err
			}
		}
		for _, path := range paths {
			if err := prog.explainPath(pairs, path, "ignored", "not ignored"); err != nil {
				return err
			}
		}
		return nil
	})
	return cmd
}

// profilesAmong splits off what is the name of a profile.
func (prog *program) profilesAmong(args []string) (paths, profiles []string) {
	known, _ := prog.workspace().ListedPairs(nil) // an error is met again where they are used
	for _, arg := range args {
		if slices.ContainsFunc(known, func(p *app.Pair) bool { return p.Name == arg }) {
			profiles = append(profiles, arg)
		} else {
			paths = append(paths, arg)
		}
	}
	return paths, profiles
}

// pathsBeforePair splits off LOCAL URL at the end of args.
func pathsBeforePair(args []string) (paths, pair []string) {
	url := slices.IndexFunc(args, config.IsURL)
	if url < 1 {
		return args, nil
	}
	return args[:url-1], args[url-1:]
}
