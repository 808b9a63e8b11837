package app

import stdsync "sync"

// A Talker tells the user what happens. Its methods may be called from any goroutine.
type Talker interface {
	// Note says something that is good to know.
	Note(format string, args ...any)
	// Warn says that something is wrong, though the work goes on.
	Warn(format string, args ...any)
	// Say writes a message, which may have several lines, after the name of its kind,
	// as "after hook: ".
	Say(kind, message string)
}

// silence is the talker of those who want to hear nothing.
type silence struct{}

func (silence) Note(string, ...any) {}
func (silence) Warn(string, ...any) {}
func (silence) Say(string, string)  {}

// saidOnce remembers what was said in a run that goes on for long. A nil one
// remembers nothing, and everything is news. It may be used from any goroutine.
type saidOnce struct {
	mu   stdsync.Mutex
	said map[string]bool
}

// news reports whether text was not said yet, and takes note of it.
func (s *saidOnce) news(text string) bool {
	if s == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.said[text]
	if s.said == nil {
		s.said = make(map[string]bool)
	}
	s.said[text] = true
	return !again
}
