package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// readResults reads what -json has printed.
func readResults(path string) ([]result, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []result
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var r result
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s: line %d is no result of bench -json: %w", path, n, err)
		}
		if r.Skipped == "" && (r.Row == "" || r.Server == "" || r.Tool == "" || r.Link == "") {
			return nil, fmt.Errorf("%s: line %d names no row, server, tool or link: run the benchmark again with -json", path, n)
		}
		all = append(all, r)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: there are no results in it", path)
	}
	return all, nil
}

// selected returns the results of the rows and servers of the command line; without them all.
func (o options) selected(results []result) []result {
	return slices.DeleteFunc(slices.Clone(results), func(r result) bool {
		server, _, _ := strings.Cut(r.Server, " ") // that of "vsftpd to proftpd"
		return len(o.work) > 0 && !o.wants(r.Row, false) || o.serversGiven && !slices.Contains(o.servers, server)
	})
}
