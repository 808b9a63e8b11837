package cli

import (
	"context"
	"io"
	"log/slog"

	"ferry/internal/app"
	"ferry/internal/report"
)

// A program is one run of ferry: the world around it, and the options that all
// commands have.
type program struct {
	env    Env
	common commonFlags
	stderr *report.Screen // all but the bars goes to standard error through it
	stdout io.Writer      // standard output itself: a program may need the terminal, and the journal is known by the file
	made   *app.Opener    // by opener

	ctx context.Context // of the command, for questions; nil: there is none yet

	// open stands for the parts that open pairs; a test puts its own in place.
	open func(context.Context, *app.Pair, app.PassOptions) (*app.OpenPair, error)
	// dialing shows that a server is connected to; nil: beginWait does.
	dialing func()
	wait    *waiting
	// listFiles shows a line for each file even without --verbose.
	listFiles bool
	// noWebServer is that of [app.Options].
	noWebServer bool
	// staying says that the command runs until it is told to stop. logTo is where the
	// log goes then.
	staying bool
	logTo   io.Writer
	// command is the command that runs, without "ferry".
	command string
	logFile *logFile // nil: there is none
	// began says that a command began, so that an error is not about its arguments.
	began bool
}

func newProgram(env Env) *program {
	env = env.withDefaults()
	prog := &program{env: env, stderr: report.NewScreen(env.Stderr), stdout: env.Stdout, wait: new(waiting)}
	prog.endWaitBefore(&prog.env)
	return prog
}

// workspace returns where names and paths are looked up.
func (prog *program) workspace() app.Workspace {
	w := app.Workspace{
		Dir: prog.env.Dir, Home: prog.env.Home, Getenv: prog.env.Getenv,
		StateOption: prog.common.stateDir, Confirm: prog.confirmer(), Talk: prog.talk(),
	}
	if prog.common.config != "" {
		w.ConfigFile = w.Absolute(prog.common.config)
	}
	if prog.common.logFile != "" {
		w.LogFile = w.Absolute(prog.common.logFile)
	}
	return w
}

// opener returns what opens pairs, with the options of the command line.
func (prog *program) opener() *app.Opener {
	if prog.made == nil {
		prog.made = app.NewOpener(app.Options{
			StateDir: prog.workspace().StateDir(),
			Home:     prog.env.Home,
			Getenv:   prog.env.Getenv,
			Now:      prog.env.Now,
			Log:      prog.log(),
			Talk:     prog.talk(),
			Command:  prog.command,
			Verbose:  prog.common.verbose > 0,
			Quiet:    prog.common.quiet,

			NoWebServer: prog.noWebServer,
			Keyring:     prog.env.Keyring,
			AskPassword: prog.env.ReadPassword,
			Dialing: func() {
				if prog.dialing == nil {
					prog.beginWait()
				} else {
					prog.dialing()
				}
			},
			Stderr:       prog.stderr,
			KeepSessions: true,
			Open:         prog.open,
		})
	}
	return prog.made
}

// close ends the sessions that were kept for the next pair.
func (prog *program) close() {
	if prog.made != nil {
		_ = prog.made.Close()
	}
}

func (prog *program) talk() report.Talker {
	return report.Talker{W: prog.stderr, Quiet: prog.common.quiet, Color: prog.colors(prog.env.StderrTerminal), Log: prog.logFile.writer()}
}

func (prog *program) log() *slog.Logger {
	to := prog.logTo
	if to == nil {
		to = prog.stderr
	}
	log := newLog(to, prog.common.verbose, "15:04:05.000", bool(prog.colors(prog.env.StderrTerminal)))
	if prog.logFile == nil {
		return log
	}
	return slog.New(slog.NewMultiHandler(log.Handler(), prog.logFile.handler()))
}

// reports says how passes are shown.
func (prog *program) reports() report.Options {
	o := report.Options{
		Out:     prog.results(),
		Talk:    report.Talker{W: prog.stderr, Quiet: prog.common.quiet}, // the log file has a report of its own
		Now:     prog.env.Now,
		JSON:    prog.common.json,
		Verbose: prog.common.verbose > 0 || prog.listFiles,
		Verdict: verdict,
		Color:   prog.colors(prog.env.StdoutTerminal),
		Drawing: prog.endWait,
	}
	if prog.env.StderrTerminal && !prog.common.noProgress && !prog.common.quiet && !prog.common.json {
		o.Terminal, o.Screen, o.Width = prog.env.Stderr, prog.stderr, prog.env.Width
	}
	o.Lines = prog.common.progress && o.Terminal == nil && !prog.common.noProgress && !prog.common.quiet && !prog.common.json
	return o
}

// verdict says what errors mean to those who run the program.
var verdict = report.Verdict{Exit: passCode, Hint: app.Hint, Cause: app.Cause, After: app.AfterPass}

// verdictOf is verdict for one pair, which the commands in hints name.
func verdictOf(p *app.Pair) report.Verdict {
	v := verdict
	v.Hint = func(err error) string { return app.HintFor(err, p) }
	return v
}

func passCode(s app.Summary, err error) int {
	if said(err) {
		return exitCode(err)
	}
	return app.PassCode(s, err)
}

// headOf says which pass a report is about.
func headOf(p *app.Pair, dryRun, titled bool) report.Head {
	if p.Target != nil {
		return report.Head{Name: p.Name, Local: p.Remote.String(), Remote: p.Target.Remote.String(), Direction: app.Push, DryRun: dryRun, Copy: true}
	}
	return report.Head{
		Name: p.Name, Profile: p.ProfileName(), Local: p.Local, Remote: p.Remote.String(),
		Direction: p.Direction, DryRun: dryRun, Titled: titled, Conflicts: p.Command("conflicts"),
	}
}
