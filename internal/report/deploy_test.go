package report

import (
	"io"
	"slices"
	"testing"

	"ferry/internal/ci"
	"ferry/internal/deploy"
	"ferry/manifest"
)

// A plan that is made again begins to count anew, and directories are no files.
func TestDeployPlannedAgain(t *testing.T) {
	plan := &deploy.Plan{Stage: []int{0}, Release: deploy.Release{Changes: []deploy.Change{
		{Kind: deploy.Put, Path: "page"},
		{Kind: deploy.Remove, Path: "page", Was: manifest.Entry{Kind: manifest.Dir}},
		{Kind: deploy.Remove, Path: "page/x", Was: manifest.Entry{Kind: manifest.File}},
	}}}
	r := &textDeploy{log: new(ci.Log)}
	r.o.Talk = Talker{W: io.Discard, Quiet: true}
	r.Event(deploy.Planned{Plan: plan})
	r.Event(deploy.Staged{Path: "page"})
	r.Event(deploy.Planned{Plan: plan})
	if r.staged != 0 {
		t.Errorf("%d are staged of the second plan", r.staged)
	}
	if n := countChanges(plan.Release.Changes); n != (changeCounts{added: 1, removed: 1}) {
		t.Errorf("%+v", n)
	}
}

// A release that this run has only finished is a change to later steps.
func TestDeployOutputs(t *testing.T) {
	for _, c := range []struct {
		result  deploy.Result
		changed string
	}{{deploy.Result{}, "false"}, {deploy.Result{Committed: true}, "true"}, {deploy.Result{Finished: 3}, "true"}} {
		outputs := DeployOutputs(DeployResult{Result: c.result}, "paths.txt")
		for _, want := range []ci.Output{{Name: "changed", Value: c.changed}, {Name: "paths-file", Value: "paths.txt"}} {
			if !slices.Contains(outputs, want) {
				t.Errorf("%+v: %v", c.result, outputs)
			}
		}
	}
}
