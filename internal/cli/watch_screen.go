package cli

// show arranges the outputs for a run that stays: lines with the time or, for
// the journal, their importance, and on a terminal one line a pair that changes
// in place. done takes the latter away.
func (w *watching) show() (done func()) {
	a := w.app
	stream := a.env.Getenv("JOURNAL_STREAM")
	if journal := toJournal(a.env.Stderr, stream); journal {
		a.stderr.stampWith(journalStamp)
		a.logTo = a.stderr
	} else {
		a.stderr.stampWith(timeStamp(a.env.Now, a.env.StderrTerminal))
		a.logTo = unstamped{a.stderr}
	}
	w.showResults(toJournal(a.env.Stdout, stream))
	if !a.env.StderrTerminal || a.common.json || a.common.quiet || a.common.noProgress {
		return func() {}
	}
	w.live = &live{w: a.env.Stderr, width: terminalWidth(a.env.Stderr, a.env.Width), lines: w.lines}
	a.stderr.drawAbove(w.live)
	return func() {
		w.live.close()
		a.stderr.drawAbove(nil)
	}
}

// showResults arranges standard output. Where it is the terminal that the lines
// of pairs are drawn on, all goes one way.
func (w *watching) showResults(journal bool) {
	a := w.app
	if a.env.StdoutTerminal && a.env.StderrTerminal && !a.common.json {
		a.env.Stdout = a.stderr
		return
	}
	out := newScreen(a.env.Stdout)
	switch {
	case a.common.json:
	case journal:
		out.stampWith(journalStamp)
	default:
		out.stampWith(timeStamp(a.env.Now, a.env.StdoutTerminal))
	}
	a.env.Stdout = out
}

// lines are the lines of all pairs, with their names where there are several.
func (w *watching) lines(width int) []string {
	pairs := w.all()
	wide := 0
	for _, k := range pairs {
		wide = max(wide, len([]rune(k.shown())))
	}
	var lines []string
	for _, k := range pairs {
		lines = append(lines, pad(k.shown(), wide)+"  "+k.view.line(width))
	}
	return lines
}

// shown is the name of the pair as it stands in its line.
func (k *keeping) shown() string { return elide(clean(k.pair.Name), 20) }
