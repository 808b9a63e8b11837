package dashboard

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// aliveEvery is how often a stream says that it is there, and looks whether its session is.
var aliveEvery = 15 * time.Second

// mostStreams is how many pages may be open at the same time.
const mostStreams = 64

// events sends the view of every pair, then their keys, and again a view whenever one changes,
// as server-sent events.
func (s *Server) events(w http.ResponseWriter, r *http.Request, _ *session) {
	if s.streams.Add(1) > mostStreams {
		s.streams.Add(-1)
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	defer s.streams.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	sub := s.hub.subscribe()
	defer s.hub.leave(sub)
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	send := func(event string, v any) {
		if text, err := json.Marshal(v); err == nil {
			_, _ = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, text)
		}
	}
	_, _ = fmt.Fprint(w, ": hello\n\n")
	if out.Flush() != nil {
		return
	}
	// The page may be older than this stream, and show watches that have ended since.
	keys := []string{}
	for _, v := range s.hub.all(r.Context()) {
		send("pair", v)
		keys = append(keys, v.Key)
	}
	send("known", keys)
	for out.Flush() == nil {
		writing(w)
		select {
		case <-r.Context().Done():
			return
		case <-alive.C:
			if s.sessions.of(r) == nil { // asking also keeps the session of an open page
				return
			}
			_, _ = fmt.Fprint(w, ": still here\n\n")
		case <-sub.wake:
			for _, v := range s.hub.take(sub) {
				send("pair", v)
			}
		}
	}
}
