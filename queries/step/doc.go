// Package step makes answers that DQL alone cannot give: each Go step in a file of its own, all of them in one list.
package step
