package server

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/ftp/check"
)

func TestBetween(t *testing.T) {
	const client, first, second = check.Client, check.First, check.Second
	b := &check.Between{
		Servers: [2]check.Server{
			{Address: "192.0.2.1:21", Security: "ftp", User: "ann", Root: "/site", RootThere: true},
			{Address: "192.0.2.2:21", Security: "ftp", User: "ben", Root: "/new", Notes: []string{"mind the gap"}},
		},
		Ways: []*check.Way{
			{Sender: first, Listener: second, Works: true, Steps: []check.Step{
				{From: client, To: second, Text: "PASV"},
				{From: second, To: client, Text: "227 (192,0,2,2,200,10)"},
				{From: client, To: first, Text: "PORT 192,0,2,2,200,10"},
				{From: first, To: client, Text: "200 ok"},
				{From: client, To: first, Text: "RETR FILE"},
				{From: first, To: second, Text: "connect to port 51210", Data: true},
				{From: first, To: client, Text: "150 here"},
				{From: client, To: second, Text: "STOR FILE"},
				{From: second, To: client, Text: "150 ok"},
			}},
			{Sender: second, Listener: second, Why: "the first server answers PORT with 500 no", Cause: "the first server is shy", Steps: []check.Step{
				{From: client, To: second, Text: "PASV"},
				{From: second, To: client, Text: "227 " + strings.Repeat("x", 70)},
				{From: client, To: first, Text: "PORT 192,0,2,2,200,10"},
				{From: first, To: client, Text: "500 no", Failed: true},
			}},
			{Sender: second, Listener: first, Why: "no PASV", Steps: []check.Step{}},
		},
	}
	want := `first server     192.0.2.1:21 (clear text), user ann, directory /site
second server    192.0.2.2:21 (clear text), user ben, directory /new (does not exist)
first to second  works where the second listens
second to first  does not work, so a copy goes through this machine: the first server answers PORT with 500 no; no PASV
note: the second server: mind the gap

first to second, and the second server listens; works
  this machine                     first server                   second server
        |---- "PASV" ------------------- | ---------------------------->|
        |<--- "227 (192,0,2,2,200,10)" - | -----------------------------|
        |---- "PORT 192,0,2,2,200,10" -->|                              |
        |<--- "200 ok" ------------------|                              |
        |---- "RETR FILE" -------------->|                              |
        |                                |==== connect to port 51210 ==>|
        |<--- "150 here" ----------------|                              |
        |---- "STOR FILE" -------------- | ---------------------------->|
        |<--- "150 ok" ----------------- | -----------------------------|

second to first, and the second server listens; does not work
  this machine                     first server                 second server
        |---- "PASV" ------------------- | -------------------------->|
        |<--- "227 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… ---|
        |---- "PORT 192,0,2,2,200,10" -->|                            |
        |<--- "500 no" ------------------|                            |   <- fails here
  the first server answers PORT with 500 no
  likely cause: the first server is shy
`
	if diff := cmp.Diff(want, Between(b)); diff != "" {
		t.Error(diff)
	}
}
