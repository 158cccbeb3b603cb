import { tmpdir } from "node:os";
import { secretWatch } from "@maxcompute-tunnel/testkit";
import type { CliIo, StopSignal } from "../src/cli-io.ts";

/** A world for `run` that a test can look into and play with. */
export interface RecordingIo extends CliIo {
  /** Everything written to stdout so far. */
  readonly out: () => string;
  /** Everything written to stderr so far. */
  readonly err: () => string;
  /** What was asked for, with `(secret)` behind what must not be shown. */
  readonly prompts: readonly string[];
  /** Exit codes that `leave` was called with. */
  readonly left: readonly number[];
  /** Sends a signal to whoever listens. */
  readonly send: (signal: StopSignal) => void;
  /** Lets every repeated action happen once, `ms` later. */
  readonly tick: (ms: number) => void;
}

/** Makes such a world, by default without terminal, settings and time passing. */
export function recordingIo(
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly homeDirectory?: string;
    readonly terminalColumns?: number;
    /** Milliseconds since 1970. @default a time that stands still but for `tick` */
    readonly now?: () => number;
    /** Lines that are typed, or read from standard input; what is asked is in `prompts`. */
    readonly typed?: readonly string[];
    /** Whether a person types them. */
    readonly isPerson?: boolean;
    /** Called after each write, so that a test can act at a certain point. */
    readonly onWrite?: (text: string, io: RecordingIo) => void;
  } = {},
): RecordingIo {
  const out: string[] = [];
  const err: string[] = [];
  const left: number[] = [];
  const prompts: string[] = [];
  const typed = [...(options.typed ?? [])];
  const listeners = new Set<(signal: StopSignal) => void>();
  const repeated = new Set<() => void>();
  let now = Date.UTC(2026, 0, 1);
  const into = (sink: string[], name: string) => ({
    write: (text: string) => {
      secretWatch().look(text, name);
      sink.push(text);
      options.onWrite?.(text, io);
    },
  });
  const io: RecordingIo = {
    stdout: into(out, "standard output"),
    stderr: {
      ...into(err, "standard error"),
      isTerminal: options.terminalColumns !== undefined,
      columns: () => options.terminalColumns ?? 80,
    },
    keyboard: {
      isTerminal: options.isPerson === true,
      readLine: async (prompt, { secret = false } = {}) => {
        secretWatch().look(prompt, "a prompt");
        prompts.push(`${prompt}${secret ? "(secret)" : ""}`);
        return typed.shift();
      },
    },
    env: options.env ?? {},
    cwd: options.cwd ?? tmpdir(),
    homeDirectory: options.homeDirectory ?? "/nonexistent",
    now: options.now ?? (() => now),
    repeat: (_intervalMs, action) => {
      repeated.add(action);
      return () => void repeated.delete(action);
    },
    onSignal: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    leave: (exitCode) => void left.push(exitCode),
    out: () => out.join(""),
    err: () => err.join(""),
    prompts,
    left,
    send: (signal) => {
      for (const listener of [...listeners]) listener(signal);
    },
    tick: (ms) => {
      now += ms;
      for (const action of [...repeated]) action();
    },
  };
  return io;
}
