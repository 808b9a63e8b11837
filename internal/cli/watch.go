package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"ferry/internal/daemon"
	"ferry/sync/watch"
)

// A watching is a run of "ferry watch": pairs that are kept in step, each by
// itself, until the run is told to stop.
type watching struct {
	app    *app
	args   []string
	flags  *watchFlags
	notify *daemon.Notifier
	live   *live // nil: no lines that change in place
	end    context.CancelCauseFunc

	mu     stdsync.Mutex // guards what follows
	pairs  []*keeping    // in the order in which they are shown
	status string        // as the service manager was told last
}

// watch keeps pairs in step until ctx ends.
func (a *app) watch(ctx context.Context, args []string, flags *watchFlags) error {
	pairs, err := a.watchPairs(args, flags)
	if err != nil {
		return err
	}
	if err := a.askPasswords(ctx, pairs); err != nil {
		return err
	}
	a.staying = true
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	w := &watching{app: a, args: args, flags: flags, notify: daemon.NewNotifier(a.env.Getenv), end: end}
	forgetManager()
	defer w.show()()
	for _, p := range pairs {
		w.start(ctx, p, len(pairs) == 1 && !flags.wait)
	}
	w.run(ctx, newSource(ctx, w.files(pairs)))
	w.tell(w.notify.Stopping())
	w.stop(w.all())
	return w.ended(ctx)
}

// forgetManager keeps what is run from here from talking with the service
// manager in our name.
func forgetManager() {
	for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} {
		_ = os.Unsetenv(name)
	}
}

// ended returns what the run ends with: an error that ended it, or the signal
// that did. A service that is told to stop and stops has done well.
func (w *watching) ended(ctx context.Context) error {
	cause := context.Cause(ctx)
	if !errors.Is(cause, errInterrupted) && !errors.Is(cause, context.Canceled) {
		return cause
	}
	w.app.talk().note("stopped: what was finished is recorded")
	if terminated(cause) {
		return nil
	}
	return exit(ExitInterrupted)
}

// watchPairs returns the pairs to keep in step.
func (a *app) watchPairs(args []string, flags *watchFlags) ([]*pair, error) {
	pairs, err := a.passPairs(args, &flags.passFlags, nil)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string)
	for _, p := range pairs {
		flags.poll.over(&p.Poll)
		key := p.StateKey()
		if other, twice := names[key]; twice {
			return nil, usage(fmt.Errorf("the profiles %s and %s are of the same two directories", other, p.Name), "watch one of them")
		}
		names[key] = p.Name
	}
	return pairs, nil
}

// askPasswords sees to it that everything is known for opening the pairs, and
// asks for passwords where somebody is there. What was typed is remembered:
// later nobody is asked any more.
func (a *app) askPasswords(ctx context.Context, pairs []*pair) error {
	a.said = &sayings{said: make(map[string]bool)}
	ask := a.env.ReadPassword
	typed := make(map[string]string)
	var mu stdsync.Mutex
	if ask != nil {
		a.env.ReadPassword = func(ctx context.Context, prompt string) (string, error) {
			mu.Lock()
			defer mu.Unlock()
			if password, ok := typed[prompt]; ok {
				return password, nil
			}
			if ask == nil {
				return "", errors.New("passwords are asked for at the start only")
			}
			password, err := ask(ctx, prompt)
			if err == nil {
				typed[prompt] = password
			}
			return password, err
		}
	}
	for _, p := range pairs {
		if _, err := a.remoteOptions(ctx, p); err != nil {
			return err
		}
	}
	mu.Lock()
	defer mu.Unlock()
	ask = nil
	return nil
}

// onceOnly reports whether text was not said yet, in a run that stays. In
// others everything is said.
func (a *app) onceOnly(text string) bool {
	return a.said == nil || a.said.news(text)
}

// sayings are what was said in a run that stays.
type sayings struct {
	mu   stdsync.Mutex
	said map[string]bool
}

// news reports whether text was not said yet, and takes note of it.
func (s *sayings) news(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.said[text]
	s.said[text] = true
	return !again
}

// start begins to keep a pair in step. Where it is alone, another run on it ends
// this one.
func (w *watching) start(ctx context.Context, p *pair, alone bool) {
	a := w.app
	titled := !p.direct
	head := p.head(false, titled)
	talk := a.talk()
	talk.name = head.profile
	k := &keeping{
		app: a, pair: p, head: head, talk: talk, hooks: a.hooked(p).named(talk.name), old: &retention{app: a, pair: p}, alone: alone,
		lost: func(err error) { w.end(err) },
		view: &pairView{app: a, head: head, talk: talk, redraw: w.redraw, tell: w.changed, away: true},
	}
	a.warnServed(p, passOptions{})
	if !a.common.json {
		a.sayHead(head)
	}
	w.mu.Lock()
	w.pairs = append(w.pairs, k)
	w.mu.Unlock()
	k.view.changed(watch.Status{State: watch.Starting, Since: a.env.Now()})
	k.start(ctx)
}

// stop ends the keeping of pairs, each in order, and returns when all have ended.
func (w *watching) stop(pairs []*keeping) {
	for _, k := range pairs {
		k.stop()
	}
	for _, k := range pairs {
		<-k.done
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pairs = slices.DeleteFunc(w.pairs, func(k *keeping) bool { return slices.Contains(pairs, k) })
}

func (w *watching) all() []*keeping {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.pairs)
}

func (w *watching) redraw() {
	if w.live != nil {
		w.live.redraw()
	}
}

// changed tells the service manager what all pairs are doing, where that is news.
func (w *watching) changed() {
	if w.notify == nil {
		return
	}
	status := w.summary()
	w.mu.Lock()
	again := status == w.status
	w.status = status
	w.mu.Unlock()
	if !again {
		w.tell(w.notify.Status(status))
	}
}

// summary says in a few words what all pairs are doing.
func (w *watching) summary() string {
	var words []string
	for _, k := range w.all() {
		words = append(words, k.name()+": "+k.view.short())
	}
	return strings.Join(words, "; ")
}

// short says in a few words what the pair is doing.
func (v *pairView) short() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch v.status.State {
	case watch.Idle:
		return "in step"
	case watch.Waiting, watch.Halted:
		return string(v.status.State) + ": " + clean(v.status.Reason)
	}
	return string(v.status.State)
}

// tell logs that the service manager could not be told.
func (w *watching) tell(err error) {
	if err != nil {
		w.app.log().Info("no notification", "because", err)
	}
}

// run waits for whatever happens to the run as a whole.
func (w *watching) run(ctx context.Context, source *source) {
	reload, stopSignals := reloadSignals()
	defer stopSignals()
	vital := newVital(w)
	defer vital.stop()
	ready := w.ready(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ready:
			ready = nil
			w.tell(w.notify.Ready())
		case <-vital.due():
			vital.check()
		case <-reload:
			if hungUp(w.app.env.StderrTerminal) {
				w.end(errTerminated)
				return
			}
			w.reload(ctx, source)
			w.poke()
		case <-source.changed:
			w.reload(ctx, source)
		}
	}
}

// poke has the pairs that wait for something look again now: somebody who asks
// for the configuration to be read again has most likely removed what was in the
// way.
func (w *watching) poke() {
	for _, k := range w.all() {
		if s := k.keeper.Status().State; s == watch.Waiting || s == watch.Halted {
			k.keeper.Poke()
		}
	}
}

// readyEvery is how often the service manager is asked for more time while
// directories are looked through for the first time.
const readyEvery = 20 * time.Second

// ready returns a channel that is closed when all pairs are kept in step, as far
// as their servers let them.
func (w *watching) ready(ctx context.Context) <-chan struct{} {
	all := make(chan struct{})
	pairs := w.all()
	go func() {
		defer close(all)
		tick := time.NewTicker(readyEvery)
		defer tick.Stop()
		for _, k := range pairs {
			for waiting := true; waiting; {
				select {
				case <-k.ready:
					waiting = false
				case <-ctx.Done():
					return
				case <-tick.C:
					w.tell(w.notify.Extend(3 * readyEvery))
				}
			}
		}
	}()
	return all
}
