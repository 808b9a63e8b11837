package report

import (
	"reflect"
	"strings"
	"testing"

	"ferry/sync"
)

// TestSummaryCountsOnce holds that no count is shown twice, and that each file, directory,
// mode and link that was done is shown.
func TestSummaryCountsOnce(t *testing.T) {
	var s sync.Summary
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		if v.Field(i).CanInt() {
			v.Field(i).SetInt(int64(1000 + i))
		}
	}
	seen := make(map[string]bool)
	for _, part := range counts(s) {
		if seen[part] {
			t.Errorf("%q is there twice", part)
		}
		seen[part] = true
	}
	if text := summaryText(s); !strings.Contains(text, "modes set") || !strings.Contains(text, "links made") {
		t.Error(text)
	}
}
