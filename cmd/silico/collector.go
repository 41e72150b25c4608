package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// paceCollector sets how much garbage may lie about before it is collected:
// half as much as what is in use, but at least leastGarbage. A study of some
// thousand answers is then built in one or two collections, where the default
// makes twenty; one of a million needs half the memory above its data. GOGC
// overrides it.
func paceCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(100 * leastGarbage / minimumHeap)
	afterCollection(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		debug.SetGCPercent(max(50, int(100*leastGarbage/max(1, live[0].Value.Uint64()))))
	})
}

const (
	leastGarbage = 32 << 20
	minimumHeap  = 4 << 20 // of the runtime, whatever is in use
)

// afterCollection calls f after every collection: the finalizer of an object
// that nothing refers to runs then, and makes the next one.
func afterCollection(f func()) {
	type sentinel struct{ _ [16]byte }
	runtime.SetFinalizer(&sentinel{}, func(*sentinel) {
		f()
		afterCollection(f)
	})
}
