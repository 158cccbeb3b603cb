/** Where text goes. Writing never fails for the caller: a closed pipe is the process's affair. */
export interface TextSink {
  write(text: string): void;
}

/** A sink that may be a terminal. */
export interface TerminalSink extends TextSink {
  readonly isTerminal: boolean;
  /** Width in columns, asked anew for every line because windows are resized. */
  columns(): number;
}

/** The person at the keyboard, if there is one. */
export interface Prompter {
  /** Whether somebody can be asked: both what is typed and what is shown go through a terminal. */
  readonly isTerminal: boolean;
  /**
   * Reads one line: after showing `prompt` on a terminal, or else the next line of standard input. A secret is not
   * shown while it is typed.
   *
   * @returns nothing at the end of the input.
   */
  readLine(prompt: string, options?: { readonly secret?: boolean }): Promise<string | undefined>;
}

/** The two signals a command answers to. */
export type StopSignal = "SIGINT" | "SIGTERM";

/**
 * Everything that `run` takes from the process around it; a test hands in its own.
 *
 * Files and sockets are not here: those are real in tests too.
 */
export interface CliIo {
  readonly stdout: TextSink;
  readonly stderr: TerminalSink;
  readonly keyboard: Prompter;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative file names start here. */
  readonly cwd: string;
  /** Where `.mctunnel/config.toml` is looked for. */
  readonly homeDirectory: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls `action` every `intervalMs` until the returned function is called. */
  readonly repeat: (intervalMs: number, action: () => void) => () => void;
  /** Calls `listener` on SIGINT and SIGTERM until the returned function is called. */
  readonly onSignal: (listener: (signal: StopSignal) => void) => () => void;
  /** Ends the process at once, with nothing cleaned up: what a second Ctrl-C asks for. */
  readonly leave: (exitCode: number) => void;
}
