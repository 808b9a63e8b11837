package watch

// String names the task in messages of tests.
func (t task) String() string {
	return [...]string{"wait", "open", "close", "read", "full", "part", "poll", "rest"}[t]
}
