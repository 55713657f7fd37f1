package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// process is the one command that runs beside the screen. It is this program,
// started with words that a user could have typed; no shell is between.
type process struct {
	words  string
	screen *work
	said   chan string // closed when it says no more

	mu     sync.Mutex
	cancel context.CancelFunc
	halted bool
}

// Messages of a process.
type (
	saidMsg struct {
		from  *process
		lines []string
		more  bool
	}
	endedMsg struct{ words string }
)

// mostLine bounds one line that a command says.
const mostLine = 64 << 10

// start runs the command to its end.
func (p *process) start(ctx context.Context, argv []string, to int) tea.Cmd {
	return func() tea.Msg { return screenMsg{to, endedMsg{p.run(ctx, argv)}} }
}

func (p *process) run(ctx context.Context, argv []string) string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.mu.Lock()
	p.cancel = cancel
	if p.halted {
		cancel()
	}
	p.mu.Unlock()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	var reading sync.WaitGroup
	reading.Go(func() { p.read(r) })
	err := cmd.Run()
	_ = w.Close() // a pipe's writer has nothing to say
	reading.Wait()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "done, exit code 0"
	case ctx.Err() != nil:
		return "stopped"
	case errors.As(err, &exit):
		return fmt.Sprintf("ended with exit code %d: docs/exit-codes.md says what it means", exit.ExitCode())
	default:
		return "not run: " + shown(err.Error())
	}
}

func (p *process) read(r io.Reader) {
	defer close(p.said)
	in := bufio.NewScanner(r)
	in.Buffer(nil, mostLine)
	for in.Scan() {
		p.said <- in.Text()
	}
	if in.Err() != nil {
		p.said <- "a line was too long to show: what follows is not shown"
	}
	_, _ = io.Copy(io.Discard, r) // so that the command is not held up
}

// listen waits for what the command says next, and takes what is there.
func (p *process) listen(to int) tea.Cmd {
	return func() tea.Msg {
		msg := saidMsg{from: p}
		for {
			select {
			case s, more := <-p.said:
				if !more {
					return screenMsg{to, msg}
				}
				msg.lines = append(msg.lines, s)
				if len(msg.lines) < 200 {
					continue
				}
			default:
				if len(msg.lines) == 0 {
					s, more := <-p.said
					if !more {
						return screenMsg{to, msg}
					}
					msg.lines = append(msg.lines, s)
					continue
				}
			}
			msg.more = true
			return screenMsg{to, msg}
		}
	}
}

// stop asks the command to end, as ctrl+c on a terminal would.
func (p *process) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.halted = true
	if p.cancel != nil {
		p.cancel()
	}
}
