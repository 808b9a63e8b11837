package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ferry/internal/app"
	"ferry/internal/cli/show"
	"ferry/internal/config"
	"ferry/internal/merge"
	"ferry/internal/prompt"
	"ferry/internal/report"
	"ferry/internal/text"
)

// A settler goes through the conflicts of a pair, and settles each as a person says or with
// a merge tool.
type settler struct {
	prog *program
	pair *app.Pair
	head report.Head
	tool merge.Tool
	ask  *prompt.Asker // nil: each is merged
	path string        // "": all conflicts

	passed  map[string]bool // conflicts that stay as they are
	settled int
	left    int // of the last snapshot
	failed  int
}

// newSettler returns what goes through the conflicts of p, and an error if that needs what
// is not there.
func (prog *program) newSettler(p *app.Pair, head report.Head, path string, flags *conflictFlags) (*settler, error) {
	s := &settler{prog: prog, pair: p, head: head, path: path, passed: make(map[string]bool)}
	var err error
	if s.tool, err = prog.opener().MergeTool(p, flags.tool); err != nil {
		return nil, err
	}
	if s.tool.Dir == "" {
		s.tool.Dir = prog.env.Dir
	}
	s.tool.Stdin, s.tool.Stdout, s.tool.Stderr = prog.env.Stdin, prog.stdout, prog.stderr
	if flags.interactive {
		s.ask = &prompt.Asker{ReadLine: prog.env.ReadLine, Wrong: prog.wrongAnswer}
		s.tool.Stderr = prog.env.Stderr // a program that has the terminal
	}
	if s.ask == nil && s.tool.Command == "" {
		return nil, app.Usage(errors.New("no merge tool is named"), "name one with --tool, as in: ferry conflicts --tool meld; or with merge-tool: in the profile, or below defaults: in your own ferry.yaml")
	}
	return s, nil
}

// checkSettling returns an error about options that do not go together.
func (prog *program) checkSettling(flags *conflictFlags) error {
	switch {
	case flags.keep.set:
		return app.Usage(errors.New("--keep settles one conflict by itself"), "leave out --interactive, --tool and --merge")
	case prog.common.json || prog.common.quiet:
		return app.Usage(errors.New("conflicts cannot be settled with --json or --quiet"), "\"ferry conflicts --keep VERSION PATH\" settles one without questions")
	case prog.common.dryRun:
		return app.Usage(errors.New("--dry-run does not ask and runs no tool"), "\"ferry conflicts --diff\" shows how the versions differ")
	case flags.copies:
		return app.Usage(errors.New("--copies only lists"), "leave it out")
	case flags.interactive && (prog.env.ReadLine == nil || !prog.env.StdoutTerminal):
		return app.Usage(errors.New("there is no terminal to ask on"), "\"ferry conflicts --keep VERSION PATH\" settles one without questions")
	}
	return nil
}

// bareTool returns the args of "ferry conflicts" with --merge in the place of a --tool that no
// command follows.
func bareTool(args []string) []string {
	args = slices.Clone(args)
	for i, arg := range args {
		switch {
		case arg == "--":
			return args
		case arg == "--tool" && (i+1 == len(args) || strings.HasPrefix(args[i+1], "-")):
			args[i] = "--merge"
		}
	}
	return args
}

// settling reports whether conflicts are to be settled one after another.
func (f *conflictFlags) settling() bool { return f.interactive || f.tool != "" || f.merge }

// settlePath takes the path from the arguments, if they begin with one: neither the name of
// a profile nor a pair.
func (prog *program) settlePath(args []string) (path string, rest []string) {
	args = pathBeforePair(args)
	if len(args) == 0 || len(args) == 2 && config.IsURL(args[1]) {
		return "", args
	}
	if names, err := prog.workspace().ProfileNames(); err == nil && slices.Contains(names, args[0]) {
		return "", args
	}
	return args[0], args[1:]
}

// run goes through all conflicts. A conflict whose name another one of this snapshot had is
// looked at again in the next: the first has changed what is there.
func (s *settler) run(ctx context.Context) error {
	for again, first := true, true; again; first = false {
		snapshot, err := s.prog.snapshot(ctx, s.pair, false)
		if err != nil {
			return err
		}
		again, err = s.round(ctx, snapshot, first)
		if err := errors.Join(err, snapshot.Close()); err != nil {
			return err
		}
	}
	return s.end()
}

// errQuit ends the questions.
var errQuit = errors.New("quit")

func (s *settler) round(ctx context.Context, snapshot *app.Snapshot, first bool) (again bool, err error) {
	conflicts := snapshot.Conflicts
	if s.path != "" {
		c, err := snapshot.Find(s.prog.workspace(), s.pair, s.path)
		if err != nil && first {
			return false, err
		}
		conflicts = nil
		if err == nil {
			conflicts = []*app.Conflict{c}
		}
	}
	changed := make(map[string]bool)
	s.left = len(conflicts)
	for i, c := range conflicts {
		key := string(c.Path) + "\x00" + string(c.Copy)
		if s.passed[key] {
			continue
		}
		if changed[string(c.Path)] {
			again = true
			continue
		}
		settled, err := s.one(ctx, snapshot, c, fmt.Sprintf("%d of %d", i+1, len(conflicts)))
		switch {
		case errors.Is(err, errQuit):
			return false, nil
		case err != nil:
			return false, err
		case settled:
			s.settled++
			s.left--
			changed[string(c.Path)] = true
		default:
			s.passed[key] = true
		}
	}
	return again, nil
}

// one settles one conflict, or leaves it as it is.
func (s *settler) one(ctx context.Context, snapshot *app.Snapshot, c *app.Conflict, count string) (settled bool, err error) {
	fmt.Fprint(s.prog.env.Stdout, show.ConflictLines(c))
	if s.ask == nil {
		return s.told(ctx, s.merge(ctx, snapshot, c))
	}
	words := []string{"diff", "local", "remote", "both", "merge", "later", "quit"}
	if s.tool.Command == "" {
		words = slices.DeleteFunc(words, func(word string) bool { return word == "merge" })
	}
	for {
		answer, err := s.ask.Choose(ctx, count+", keep which version of "+text.Clean(string(c.Path)), "later", words...)
		switch {
		case errors.Is(err, prompt.ErrEnded):
			return false, errQuit
		case err == nil && answer == "quit":
			return false, errQuit
		case err != nil:
			return false, err
		}
		switch answer {
		case "later":
			return false, nil
		case "diff":
			diff, err := show.ConflictDiff(ctx, snapshot, c)
			if err != nil {
				return false, err
			}
			fmt.Fprint(s.prog.env.Stdout, text.CleanContent(diff))
			continue
		case "merge":
			err = s.merge(ctx, snapshot, c)
			if errors.Is(err, merge.ErrUnchanged) {
				s.prog.wrongAnswer(unsettled(err))
				continue
			}
		default:
			var done []string
			done, err = s.prog.opener().Resolve(ctx, s.pair, snapshot, c, app.Keep(answer), false)
			s.prog.tellResolved(done, false)
		}
		return s.told(ctx, err)
	}
}

// told tells an error about one conflict, which the others do not care about.
func (s *settler) told(ctx context.Context, err error) (settled bool, fatal error) {
	switch {
	case err == nil:
		return true, nil
	case ctx.Err() != nil:
		return false, err
	}
	s.failed++
	s.prog.wrongAnswer(unsettled(err))
	return false, nil
}

// unsettled adds the way out to the error of a tool that changed nothing.
func unsettled(err error) error {
	if errors.Is(err, merge.ErrUnchanged) {
		return failed(err, "nothing is settled; if it is right as it is: --keep local")
	}
	return err
}

// merge has the tool merge the versions, and gives the outcome the name.
func (s *settler) merge(ctx context.Context, snapshot *app.Snapshot, c *app.Conflict) error {
	files, err := merge.NewFiles(c.Path.Base())
	if err != nil {
		return err
	}
	defer files.Remove()
	if err := snapshot.Save(ctx, c, files.Local, files.Remote); err != nil {
		return err
	}
	s.prog.endWait() // the tool has the terminal
	if err := s.tool.Run(ctx, files); err != nil {
		return err
	}
	done, err := s.prog.opener().ResolveMerged(ctx, s.pair, snapshot, c, files.Merged)
	s.prog.tellResolved(done, false)
	return err
}

// end says what was done, and what is left.
func (s *settler) end() error {
	out := s.prog.env.Stdout
	switch {
	case s.settled == 0 && s.left == 0:
		fmt.Fprintln(out, "no conflicts")
		return nil
	case s.left == 0:
		fmt.Fprintf(out, "settled %d; the next pass carries it to the other side\n", s.settled)
		return nil
	}
	fmt.Fprintf(out, "settled %d, left as they are %d\n", s.settled, s.left)
	if s.failed > 0 {
		return failed(fmt.Errorf("%s could not be settled", text.Count(s.failed, "conflict")), "they are as they were; \"ferry conflicts\" lists them")
	}
	return nil
}
