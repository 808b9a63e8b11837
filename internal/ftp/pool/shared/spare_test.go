package shared

import (
	"context"
	"testing"

	"ferry/internal/ftpserver"
)

// A spare session belongs to the pair that has it, and none is lent while another pair waits.
func TestSpareAmongPairs(t *testing.T) {
	server := serve(t, ftpserver.Options{MaxConnections: 2})
	servers := New(false)
	a, b := open(t, servers, options(server.Port())), open(t, servers, options(server.Port()))
	first, err := a.Borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second := a.Spare(t.Context())
	if second == nil || second.LastUser != a {
		t.Fatalf("%v is lent", second)
	}
	ctx, cancel := context.WithCancel(t.Context())
	waited := make(chan error)
	go func() {
		_, err := b.Borrow(ctx)
		waited <- err
	}()
	for !a.HasWaiters() {
	}
	if s := a.Spare(t.Context()); s != nil {
		t.Error("a session is lent while another pair waits")
	}
	a.Return(second)
	if err := <-waited; err != nil {
		t.Errorf("the other pair gets no session: %v", err)
	}
	cancel()
	a.Return(first)
}
