import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A command in a terminal of its own. */
export interface TerminalRun {
  /** What it has shown so far. */
  readonly shown: () => string;
  /** Makes its window so many columns wide. */
  readonly resize: (columns: number) => void;
  readonly ended: Promise<number>;
}

/** Whether there is a Python that can open pseudo-terminals; without one, what is said of terminals cannot be tried. */
export function hasPty(): boolean {
  if (process.platform === "win32") return false;
  return spawnSync("python3", ["-c", "import pty, termios, fcntl"], { stdio: "ignore" }).status === 0;
}

/** Runs the built command in a pseudo-terminal of so many columns. */
export function runInTerminal(
  columns: number,
  argv: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): TerminalRun {
  const bin = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));
  const helper = fileURLToPath(new URL("./with-pty.py", import.meta.url));
  const child = spawn("python3", [helper, String(columns), process.execPath, bin, ...argv], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (piece: Buffer) => {
    text += piece.toString("utf8");
  });
  return {
    shown: () => text,
    resize: (width) => void child.stdin.write(`${width}\n`),
    ended: new Promise((resolve) =>
      child.on("close", (code) => {
        child.stdin.destroy();
        resolve(code ?? -1);
      }),
    ),
  };
}

/** The frames of a view that draws one line over and over, and what stood after it. */
export function framesOf(shown: string): { readonly frames: readonly string[]; readonly rest: string } {
  const parts = shown.split("\r").filter((part) => part.includes(eraseToEnd));
  const last = shown.lastIndexOf(eraseToEnd);
  return {
    frames: parts.map((part) => part.slice(0, part.indexOf(eraseToEnd))).filter((frame) => frame !== ""),
    rest: shown.slice(last + eraseToEnd.length),
  };
}

const eraseToEnd = "\u001b[K";
