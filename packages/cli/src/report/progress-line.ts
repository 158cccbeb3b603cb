import { formatClock, formatCount, formatCounted } from "./figures.ts";
import type { LoadPace, LoadProgress } from "./load-progress.ts";

/**
 * One line that says how a load goes, no longer than `columns`.
 *
 * What matters most comes first and stays longest when a window is narrow: percent, rows, speed, time to go, then
 * blocks, retries, rejected records, rows a second and what is sent; a bar takes what room is left.
 */
export function formatProgressLine(progress: LoadProgress, pace: LoadPace, columns: number): string {
  const share = shareRead(progress);
  const parts = share === undefined ? [] : [`${String(Math.floor(share * 100)).padStart(3)}%`];
  for (const part of details(progress, pace)) {
    if ([...parts, part].join("  ").length > columns) break;
    parts.push(part);
  }
  const line = parts.join("  ");
  const room = Math.min(widestBar, columns - line.length - 2);
  if (share === undefined || room < narrowestBar) return line.slice(0, columns);
  const [percent = "", ...rest] = parts;
  return [percent, bar(share, room), ...rest].join("  ");
}

function details(progress: LoadProgress, pace: LoadPace): string[] {
  const { phase, rows, blocks, blocksInFlight, retries, rejected, settlesInMs } = progress;
  const parts = [`${formatCount(rows)} rows`];
  if (phase === "starting") {
    parts.push("starting");
  } else if (phase === "loading") {
    parts.push(`${(pace.bytesPerSecond / 1_000_000).toFixed(1)} MB/s`);
    if (pace.remainingMs !== undefined) parts.push(`ETA ${formatClock(pace.remainingMs)}`);
  } else if (phase === "finishing") {
    parts.push(`sending the last ${formatCounted(blocksInFlight, "block")}`);
  } else if (settlesInMs !== undefined) {
    parts.push(`a commit got no answer: sent again in ${Math.ceil(settlesInMs / 1000)} s unless it arrives`);
  } else {
    parts.push(phase);
  }
  parts.push(formatCounted(blocks, "block"));
  if (retries > 0) parts.push(retries === 1 ? "1 retry" : `${formatCount(retries)} retries`);
  if (rejected > 0) parts.push(`${formatCount(rejected)} rejected`);
  if (phase === "loading") {
    parts.push(`${formatCount(pace.rowsPerSecond)} rows/s`);
    parts.push(`${(pace.sentBytesPerSecond / 1_000_000).toFixed(1)} MB/s sent`);
  }
  return parts;
}

/** The share of the input that was read, from 0 to 1. */
function shareRead({ readBytes, totalBytes }: LoadProgress): number | undefined {
  if (totalBytes === undefined) return undefined;
  return totalBytes === 0 ? 1 : Math.min(1, readBytes / totalBytes);
}

function bar(share: number, width: number): string {
  const inner = width - 2;
  const filled = Math.round(share * inner);
  return `[${"=".repeat(filled)}${" ".repeat(inner - filled)}]`;
}

const widestBar = 32;
const narrowestBar = 8;
