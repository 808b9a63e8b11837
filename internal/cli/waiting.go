package cli

import (
	"context"
	"io"
	stdsync "sync"

	"ferry/internal/report"
)

// waitTexts are what the commands wait for that make no passes, from when a server is
// connected to until they have something to show.
var waitTexts = map[string]string{
	"check":         "looking at what the server can do",
	"verify":        "listing both sides",
	"deploy":        "looking at the site",
	"rollback":      "looking at the site",
	"releases":      "reading the releases",
	"conflicts":     "looking for conflicts",
	"trash":         "reading the trash",
	"trash restore": "reading the trash",
	"trash empty":   "reading the trash",
	"init":          "trying the connection",
	"login":         "trying the password",
}

// A waiting shows what a command waits for. Its methods may be called from any goroutine.
type waiting struct {
	mu    stdsync.Mutex
	shown *report.Wait
}

// beginWait begins to show what the command waits for.
func (prog *program) beginWait() {
	what := waitTexts[prog.command]
	if what == "" {
		return
	}
	prog.wait.mu.Lock()
	defer prog.wait.mu.Unlock()
	prog.wait.shown.Close()
	prog.wait.shown = report.NewWait(prog.reports(), what)
}

// endWait ends that: there is something to show, or to ask.
func (prog *program) endWait() {
	prog.wait.mu.Lock()
	defer prog.wait.mu.Unlock()
	prog.wait.shown.Close()
	prog.wait.shown = nil
}

// endWaitBefore has the output and the questions of env end what is waited for.
func (prog *program) endWaitBefore(env *Env) {
	env.Stdout = &endsWait{prog, env.Stdout}
	for _, ask := range []*func(context.Context, string) (string, error){&env.ReadPassword, &env.ReadLine} {
		if asks := *ask; asks != nil {
			*ask = func(ctx context.Context, prompt string) (string, error) {
				prog.endWait()
				return asks(ctx, prompt)
			}
		}
	}
}

// An endsWait is an output that ends what is waited for.
type endsWait struct {
	prog *program
	w    io.Writer
}

func (e *endsWait) Write(p []byte) (int, error) {
	e.prog.endWait()
	return e.w.Write(p)
}
