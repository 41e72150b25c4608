// Command asking measures silico run and its replay against a server that
// misbehaves on purpose, each in processes of their own:
//
//	go run ./bench/asking                     # 100,000 questions, a bad day, then an instant server
//	go run ./bench/asking -replay 1000000     # a million kept answers into a frame
//	go run ./bench/asking -store 1000000      # the commands that look after them
//	go run ./bench/asking -serve :8081 -latency 20ms
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"silico/internal/collect"
	"silico/internal/llm"
	"silico/internal/llm/llmtest"
	"silico/internal/study"
)

var (
	questions = flag.Int("questions", 100_000, "questions to ask")
	replayed  = flag.Int("replay", 0, "kept answers to replay, in the place of asking")
	stored    = flag.Int("store", 0, "kept answers to look after with silico store, in the place of asking")
	kept      = flag.String("keep", "", "study to keep a made-up answer to every question of, in the place of measuring")
	serve     = flag.String("serve", "", "address to serve models on, in the place of measuring")
	latency   = flag.Duration("latency", 0, "of the server")
	bad       = flag.Bool("bad", false, "whether the server misbehaves")
	workers   = flag.Int("workers", 64, "of silico run")
)

func main() {
	flag.Parse()
	var err error
	switch {
	case *serve != "":
		err = server(*serve)
	case *kept != "":
		err = keep(*kept)
	case *replayed > 0:
		err = replay(*replayed)
	case *stored > 0:
		err = store(*stored)
	default:
		for _, misbehaves := range []bool{true, false} {
			if err = ask(*questions, misbehaves); err != nil {
				break
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// server serves models until it is interrupted.
func server(addr string) error {
	c := llmtest.Config{Latency: *latency}
	if *bad { // 5 % 429, 1 % 500, 0.5 % hung, 0.2 % cut, 0.1 % malformed, 0.1 % refusals
		c.Faults = llmtest.Faults{Seed: 1, RateLimited: 0.03, RateLimitedFor: 0.02, RetryAfter: time.Second,
			ServerError: 0.01, Hang: 0.005, Cut: 0.002, Malformed: 0.001, Refusal: 0.001}
	}
	s, err := llmtest.Listen(addr, c)
	if err != nil {
		return err
	}
	fmt.Println(s.OpenAI())
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
	s.Close()
	fmt.Fprintln(os.Stderr, "calls:", s.Calls(), "answers:", s.Answers())
	return nil
}

// ask measures one run.
func ask(n int, misbehaves bool) error {
	b, err := newBench(n, misbehaves)
	if err != nil {
		return err
	}
	defer b.close()
	fmt.Printf("%d questions, %d at a time, the server misbehaves: %v\n", n, *workers, misbehaves)
	u, err := measured(b.silico("run", b.study(), "--workers", fmt.Sprint(*workers), "--timeout", "2s"))
	if err != nil {
		return err
	}
	again, err := measured(b.silico("plan", b.study()))
	if err != nil {
		return err
	}
	store, err := llm.OpenStore(filepath.Join(b.study(), collect.Responses))
	if err != nil {
		return err
	}
	fmt.Printf("  %d answers kept, %d findings, %.0f a second, %s\n", store.Len(), len(store.Findings()), float64(n)/u.wall.Seconds(), u)
	fmt.Printf("  replay by plan: %s\n", again)
	return nil
}

// bench is a folder with a study and a built silico, and a server in a process
// of its own.
type bench struct {
	program string
	dir     string
	server  *exec.Cmd
}

func newBench(n int, misbehaves bool) (*bench, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "asking")
	if err != nil {
		return nil, err
	}
	b := &bench{program: self, dir: dir}
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "silico"), "silico/cmd/silico")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, err
	}
	b.server = b.self("-serve", "127.0.0.1:0", "-latency", latency.String(), fmt.Sprintf("-bad=%v", misbehaves))
	b.server.Stderr = os.Stderr
	out, err := b.server.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.server.Start(); err != nil {
		return nil, err
	}
	var endpoint string
	if _, err := fmt.Fscanln(out, &endpoint); err != nil { // it listens when it has said where
		return nil, err
	}
	if err := os.Mkdir(b.study(), 0o777); err != nil {
		return nil, err
	}
	return b, os.WriteFile(filepath.Join(b.study(), study.SpecFile), []byte(llmtest.Study(n, llmtest.Local(endpoint))), 0o666)
}

func (b *bench) study() string { return filepath.Join(b.dir, "study") }

func (b *bench) close() {
	b.server.Process.Signal(os.Interrupt)
	b.server.Wait()
	os.RemoveAll(b.dir)
}

// use is what a process has used.
type use struct {
	wall, processor time.Duration
	memory          int64 // bytes, at most at a time
}

func (u use) String() string {
	return fmt.Sprintf("%.2f s, %.2f s of processor, %d MB", u.wall.Seconds(), u.processor.Seconds(), u.memory>>20)
}

func (b *bench) silico(args ...string) *exec.Cmd {
	return exec.Command(filepath.Join(b.dir, "silico"), args...)
}

// self is this program again.
func (b *bench) self(args ...string) *exec.Cmd { return exec.Command(b.program, args...) }

// measured runs a command to its end.
func measured(cmd *exec.Cmd) (use, error) {
	cmd.Stderr = os.Stderr
	start := time.Now()
	err := cmd.Run()
	u := use{wall: time.Since(start)}
	if s := cmd.ProcessState; s != nil {
		u.processor = s.UserTime() + s.SystemTime()
		u.memory = s.SysUsage().(*syscall.Rusage).Maxrss << 10
	}
	return u, err
}
