package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/aliyun/aliyun-odps-go-sdk/odps/tunnel"
)

// serve runs the work once for each line of standard input, after it has said that it is ready.
func serve(rows int, work func(sink io.WriteCloser) error) error {
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(map[string]any{"ready": version()}); err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		sink := &counter{check: lines.Text() == "check"}
		cpu, started := cpuSeconds(), time.Now()
		if err := work(sink); err != nil {
			return err
		}
		seconds, used := time.Since(started).Seconds(), cpuSeconds()-cpu
		answer := map[string]any{"seconds": seconds, "cpuSeconds": used, "rows": rows, "bytes": sink.bytes}
		if sink.check {
			answer["checksum"] = fmt.Sprintf("%08x", sink.crc)
		}
		if err := out.Encode(answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

// counter counts what is written and keeps nothing, but a CRC-32 when that is asked for.
type counter struct {
	bytes int
	crc   uint32
	check bool
}

func (c *counter) Write(data []byte) (int, error) {
	if c.check {
		c.crc = crc32.Update(c.crc, crc32.IEEETable, data)
	}
	c.bytes += len(data)
	return len(data), nil
}

func (c *counter) Close() error { return nil }

func cpuSeconds() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if dependency.Path == "github.com/aliyun/aliyun-odps-go-sdk" {
				return dependency.Version
			}
		}
	}
	return "unknown"
}

// buffered is the quickest way that the SDK has. Without compression it sends every number and every tag as an HTTP chunk
// of its own, and is a hundred times as slow.
var buffered = tunnel.SessionCfg.WithSnappyFramedCompressor()
