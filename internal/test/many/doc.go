// Package many tests a watch of many profiles in one process.
package many
