package dashboard

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"ferry/internal/daemon"
	"ferry/internal/history"

	"golang.org/x/sync/errgroup"
)

const (
	// findEvery is how often new watches are looked for while a page is open.
	findEvery = time.Second
	// mostUnwatched is how many pairs are shown that nobody watches.
	mostUnwatched = 100
)

// askTimeout is how long a watch may take to say what it is doing.
var askTimeout = 2 * time.Second

// A hub follows the watches while somebody looks, and does nothing otherwise.
type hub struct {
	stateDir, sockets string
	now               func() time.Time
	log               *slog.Logger

	mu       sync.Mutex // guards what follows
	watching map[*subscriber]bool
	stop     context.CancelFunc // ends the following
	views    map[string]View    // of the pairs that are followed
}

// A subscriber is told which pairs have changed.
type subscriber struct {
	wake    chan struct{} // holds a token while changed is not empty
	changed map[string]bool
}

func newHub(o Options) *hub {
	return &hub{stateDir: o.StateDir, sockets: filepath.Join(o.StateDir, "watch"), now: o.Now, log: o.Log, watching: make(map[*subscriber]bool)}
}

// subscribe tells of changes until the subscriber leaves. All pairs count as changed first.
func (h *hub) subscribe() *subscriber {
	s := &subscriber{wake: make(chan struct{}, 1), changed: make(map[string]bool)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watching[s] = true
	if len(h.watching) == 1 {
		ctx, stop := context.WithCancel(context.Background())
		h.stop, h.views = stop, make(map[string]View)
		go h.follow(ctx)
	}
	for key := range h.views {
		s.changed[key] = true
	}
	s.wake <- struct{}{}
	return s
}

func (h *hub) leave(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watching, s)
	if len(h.watching) == 0 {
		h.stop()
		h.views = nil
	}
}

// take returns the views that have changed since the last call.
func (h *hub) take(s *subscriber) []View {
	h.mu.Lock()
	defer h.mu.Unlock()
	var views []View
	for _, key := range slices.Sorted(maps.Keys(s.changed)) {
		views = append(views, h.views[key])
	}
	clear(s.changed)
	return views
}

// set takes a new view of a pair, unless ctx has ended.
func (h *hub) set(ctx context.Context, v View) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	h.views[v.Key] = v
	for s := range h.watching {
		s.changed[v.Key] = true
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// follow follows all watches until ctx ends.
func (h *hub) follow(ctx context.Context) {
	var mu sync.Mutex
	followed := make(map[string]bool)
	tick := time.NewTicker(findEvery)
	defer tick.Stop()
	for {
		keys, _ := daemon.Keys(h.sockets)
		for _, key := range keys {
			mu.Lock()
			again := followed[key]
			followed[key] = true
			mu.Unlock()
			if again {
				continue
			}
			go func() {
				h.followOne(ctx, key)
				mu.Lock()
				defer mu.Unlock()
				delete(followed, key)
			}()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// followOne follows one watch until it ends. An earlier ferry cannot be followed: then it
// is asked now and again.
func (h *hub) followOne(ctx context.Context, key string) {
	peer, err := daemon.Find(ctx, h.sockets, key)
	if err != nil {
		return
	}
	defer peer.Close()
	var rate pace
	last := View{Key: key, Fields: make(map[string]string)}
	err = peer.Follow(ctx, func(r daemon.Report) {
		last = viewOf(key, r, rate.at(r.Progress, h.now()), h.now())
		h.set(ctx, last)
	})
	h.log.Debug("following ended", "pair", key, "because", err)
	if ctx.Err() == nil {
		v := h.one(ctx, key)
		if v.Key == "" { // it has done nothing yet
			v = last.gone()
		}
		h.set(ctx, v)
	}
}

// all returns the views of all pairs, those that are watched first.
func (h *hub) all(ctx context.Context) []View {
	keys, _ := daemon.Keys(h.sockets)
	known, _ := history.Keys(h.stateDir)
	for _, key := range known {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	views := make([]View, len(keys))
	var group errgroup.Group
	group.SetLimit(16)
	for i, key := range keys {
		group.Go(func() error {
			views[i] = h.one(ctx, key)
			return nil
		})
	}
	_ = group.Wait()
	slices.SortStableFunc(views, func(a, b View) int {
		if a.Watched != b.Watched {
			return map[bool]int{true: -1, false: 1}[a.Watched]
		}
		return strings.Compare(a.Fields["name"], b.Fields["name"])
	})
	unwatched := 0
	return slices.DeleteFunc(views, func(v View) bool {
		if !v.Watched {
			unwatched++
		}
		return v.Key == "" || unwatched > mostUnwatched
	})
}

// one returns the view of one pair; its key is "" where nothing is known of it.
func (h *hub) one(ctx context.Context, key string) View {
	hanging := 0 // the process that does not answer
	if peer, err := h.find(ctx, key); err == nil {
		defer peer.Close()
		ctx, cancel := context.WithTimeout(ctx, askTimeout)
		defer cancel()
		r, err := peer.Report(ctx)
		if err == nil {
			return viewOf(key, r, 0, h.now())
		}
		if errors.Is(err, context.DeadlineExceeded) {
			hanging = peer.PID()
		}
	}
	var v View
	for l := range history.Open(h.stateDir, key, 0).Lines(time.Time{}) {
		if l.Sides != nil {
			v = unwatched(key, l, h.now())
			break
		}
	}
	if hanging != 0 {
		return v.hangs(key, hanging)
	}
	return v
}

// find connects to the watch of a pair.
func (h *hub) find(ctx context.Context, key string) (*daemon.Peer, error) {
	if !known(key) {
		return nil, daemon.ErrNotWatched
	}
	return daemon.Find(ctx, h.sockets, key)
}

// known reports whether a key may name a pair.
func known(key string) bool {
	return key != "" && filepath.Base(key) == key && !strings.ContainsAny(key, `/\`) && !strings.HasPrefix(key, ".")
}
