package report

// A Wait shows what is waited for outside of passes: on a terminal, or every few seconds in
// a line where that is asked for. A nil one shows nothing.
type Wait struct {
	phase   phase
	spinner *spinner
	lines   *progressLines
}

// NewWait begins to show what is waited for. It returns nil where nobody wants to see it.
func NewWait(o Options, what string) *Wait {
	if o.Terminal == nil && !o.Lines {
		return nil
	}
	w := &Wait{}
	w.phase.set(what, o.Now)
	if o.Terminal != nil {
		w.spinner = newSpinner(o.Screen, o.Terminal, o.Width, w.phase.text)
	} else {
		w.lines = newProgressLines(o.Talk, w.phase.text)
	}
	return w
}

// drawing says that something is about to be drawn.
func (o Options) drawing() {
	if o.Drawing != nil {
		o.Drawing()
	}
}

// Close removes it from the terminal. It may be called more than once.
func (w *Wait) Close() {
	if w != nil {
		w.spinner.close()
		w.lines.close()
	}
}
