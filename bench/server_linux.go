package main

import (
	"context"
	"ferry/bench/wan"
	"fmt"
)

// server returns the server for a row, and starts it if it is not running.
func (b *bench) server(ctx context.Context, name string, r row) (serverInfo, error) {
	key := fmt.Sprintf("%s, loopback %t, TLS %t", name, r.loopback, r.tls)
	if s, there := b.servers[key]; there {
		return s, nil
	}
	where := r.loopback || b.link == nil
	ask := serverRequest{Name: name, TLS: r.tls}
	if !where {
		ask.Host = wan.ServerAddress
	}
	answer, err := b.hosts[where].ask(ctx, request{Serve: &ask})
	if err != nil {
		return serverInfo{}, err
	}
	b.servers[key] = answer.Server
	return answer.Server, nil
}
