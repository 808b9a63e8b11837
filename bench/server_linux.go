package main

import (
	"context"
	"fmt"

	"ferry/bench/wan"
)

// server returns the server for a row, and starts it if it is not running. A server that is used twice at once has two
// roles.
func (b *bench) server(ctx context.Context, name string, r row, role string) (serverInfo, error) {
	where := r.loopback || b.link == nil
	ask := serverRequest{Name: name, TLS: r.tls, Foreign: r.pass.direction == between && !r.pass.closed}
	if r.module != nil {
		ask.Extra = r.module.conf
	}
	if !where {
		ask.Host = wan.ServerAddress
	}
	key := fmt.Sprintf("%+v %s", ask, role)
	if s, there := b.servers[key]; there {
		return s, nil
	}
	answer, err := b.hosts[where].ask(ctx, request{Serve: &ask})
	if err != nil {
		return serverInfo{}, err
	}
	b.servers[key] = answer.Server
	return answer.Server, nil
}
