// Package dashboard opens the pages of the dashboard in Chromium, as a user sees them. The
// rules of who may open them are tested in internal/dashboard.
//
// Chromium is looked for in the PATH, or where FERRY_CHROMIUM says. Without it the tests are
// skipped and say so, or fail if FERRY_REQUIRE_SERVERS=1 is set.
package dashboard
