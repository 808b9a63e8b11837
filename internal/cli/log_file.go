package cli

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"ferry/internal/app"
	"ferry/internal/ci"
	"ferry/internal/report"
	"ferry/internal/text"
)

// A logFile gets what is told at -v, each line with its time, whatever is shown elsewhere.
type logFile struct {
	file   *os.File
	screen *report.Screen
	stdout io.Writer // of the process, without this file
}

// openLogFile opens the file of --log-file, if there is one. What commands print for people
// goes there as well; passes, deploys and watches get a report of their own.
func (prog *program) openLogFile() error {
	if prog.common.logFile == "" || prog.logFile != nil {
		return nil
	}
	path := prog.workspace().Absolute(prog.common.logFile)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return app.Usage(fmt.Errorf("--log-file: %w", err), "name a file that can be written to, in a directory that is there")
	}
	l := &logFile{file: f, screen: report.NewScreen(f), stdout: prog.env.Stdout}
	l.screen.StampWith(report.TimeStamp(prog.env.Now, false))
	prog.logFile = l
	if !prog.common.json {
		prog.env.Stdout = io.MultiWriter(prog.env.Stdout, l.screen)
	}
	return nil
}

// close closes the file.
func (l *logFile) close() {
	if l != nil {
		_ = l.file.Close()
	}
}

// writer returns where lines go; nil: nowhere.
func (l *logFile) writer() io.Writer {
	if l == nil {
		return nil
	}
	return l.screen
}

// handler returns the log of a program at -v, for the file.
func (l *logFile) handler() slog.Handler {
	return newLog(report.Unstamped{Screen: l.screen}, 1, logFileTime, false).Handler()
}

// logFileTime is that of [report.TimeStamp].
const logFileTime = "2006-01-02 15:04:05"

// results returns standard output for what has a report of its own in the log file.
func (prog *program) results() io.Writer {
	if prog.logFile != nil && prog.logFile.stdout != nil {
		return prog.logFile.stdout
	}
	return prog.env.Stdout
}

// arranged says that standard output, which is going to be arranged anew, has nothing for the
// log file.
func (prog *program) arranged() {
	if prog.logFile != nil {
		prog.env.Stdout, prog.logFile.stdout = prog.results(), nil
	}
}

// reports says how passes are written into the file.
func (l *logFile) reports(prog *program) report.Options {
	return report.Options{Out: l.screen, Talk: report.Talker{W: l.screen}, Now: prog.env.Now, Verbose: true, Verdict: verdict}
}

// begin writes which command works on which pair, at the start of a pass or a deploy.
func (l *logFile) begin(prog *program, p *app.Pair) {
	command := prog.command
	if prog.common.dryRun {
		command += " --dry-run"
	}
	fmt.Fprintf(l.screen, "ferry %s: %s\n", text.Clean(command), text.Clean(sidesText(p)))
}

// sidesText names a pair with both sides, and the way that changes go.
func sidesText(p *app.Pair) string {
	return headOf(p, false, false).Line()
}

// newPass returns what shows a pass, in the log file as well.
func (prog *program) newPass(p *app.Pair, head report.Head) report.Pass {
	o := prog.reports()
	o.Verdict = verdictOf(p)
	show := report.NewPass(head, o)
	if prog.logFile == nil {
		return show
	}
	o = prog.logFile.reports(prog)
	o.Verdict = verdictOf(p)
	prog.logFile.begin(prog, p)
	return report.Passes{show, report.NewPass(head, o)}
}

// newDeploy is newPass for a deploy.
func (prog *program) newDeploy(p *app.Pair, head report.DeployHead, log *ci.Log) report.Deploy {
	show := report.NewDeploy(head, prog.reports(), log)
	if prog.logFile == nil {
		return show
	}
	prog.logFile.begin(prog, p)
	plain := &ci.Log{System: ci.None, Out: prog.logFile.screen, Now: prog.env.Now}
	return report.Deploys{show, report.NewDeploy(head, prog.logFile.reports(prog), plain)}
}
