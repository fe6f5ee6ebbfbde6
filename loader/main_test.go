package loader

import (
	"os"
	"testing"

	"orbat/deploy/deploytest"
)

func TestMain(m *testing.M) { os.Exit(deploytest.Main(m)) }
