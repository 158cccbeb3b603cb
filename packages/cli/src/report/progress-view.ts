import type { CliIo } from "../cli-io.ts";
import { type LoadProgress, PaceMeter } from "./load-progress.ts";
import { formatProgressLine } from "./progress-line.ts";

/** Shows how a load goes, on stderr. */
export interface ProgressView {
  /** Takes the view off the screen, so that other text can follow. */
  close(): void;
}

/**
 * Starts showing progress: one line that is drawn again and again on a terminal, a plain line now and then elsewhere.
 *
 * Nothing but carriage return and "erase to the end of the line" is ever written, and only to a terminal.
 */
export function showProgress(io: CliIo, read: () => LoadProgress): ProgressView {
  return io.stderr.isTerminal ? liveLine(io, read) : plainLines(io, read);
}

/**
 * Writes progress as JSON, one object a line: what happens, when it happens, and every second how far the load is.
 */
export function progressEvents(
  write: (text: string) => void,
  io: Pick<CliIo, "now" | "repeat">,
  read: () => LoadProgress,
): ProgressView & { readonly tell: (event: string, facts?: object) => void } {
  const meter = new PaceMeter();
  meter.measure(io.now(), read());
  const tell = (event: string, facts: object = {}): void => {
    write(`${JSON.stringify({ event, at: new Date(io.now()).toISOString(), ...facts })}\n`);
  };
  const tellProgress = (): void => {
    const progress = read();
    const { bytesPerSecond, sentBytesPerSecond, rowsPerSecond, remainingMs } = meter.measure(
      io.now(),
      progress,
    );
    const { totalBytes, readBytes } = progress;
    const percent =
      totalBytes === undefined
        ? undefined
        : totalBytes === 0
          ? 100
          : Math.min(100, (readBytes / totalBytes) * 100);
    tell("progress", {
      ...progress,
      percent: percent === undefined ? undefined : Math.round(percent * 10) / 10,
      rowsPerSecond: Math.round(rowsPerSecond),
      readBytesPerSecond: Math.round(bytesPerSecond),
      sentBytesPerSecond: Math.round(sentBytesPerSecond),
      remainingMs: remainingMs === undefined ? undefined : Math.round(remainingMs),
    });
  };
  const stop = io.repeat(eventMs, tellProgress);
  return {
    tell,
    close: () => {
      stop();
      tellProgress();
    },
  };
}

/** No view at all, for `--quiet`. */
export const noProgress: ProgressView = { close: () => undefined };

function liveLine(io: CliIo, read: () => LoadProgress): ProgressView {
  const meter = new PaceMeter();
  meter.measure(io.now(), read());
  let shown = false;
  const draw = (): void => {
    const progress = read();
    // The last column stays free: writing there makes some terminals wrap.
    const line = formatProgressLine(
      progress,
      meter.measure(io.now(), progress),
      Math.max(20, io.stderr.columns()) - 1,
    );
    io.stderr.write(`\r${line}${eraseToEnd}`);
    shown = true;
  };
  const stop = io.repeat(redrawMs, draw);
  return {
    close: () => {
      stop();
      if (shown) io.stderr.write(`\r${eraseToEnd}`);
      shown = false;
    },
  };
}

function plainLines(io: CliIo, read: () => LoadProgress): ProgressView {
  const meter = new PaceMeter(30_000);
  meter.measure(io.now(), read());
  const stop = io.repeat(plainMs, () => {
    const progress = read();
    const line = formatProgressLine(progress, meter.measure(io.now(), progress), plainColumns);
    io.stderr.write(`${line.trim()}\n`);
  });
  return { close: stop };
}

const eraseToEnd = "\u001b[K";
const redrawMs = 100;
const eventMs = 1000;
const plainMs = 10_000;
const plainColumns = 78;
