/** A program that is measured, in a process of its own. */
export interface Contender {
  readonly id: string;
  readonly label: string;
  readonly program: Program;
  /** Takes part in every so-manieth round: what takes ten times as long need not run as often. @default 1 */
  readonly every?: number;
}

export type Program =
  /** Prepares, says `{"ready": …}`, and then does its work once for each line of its standard input. */
  | ({ readonly kind: "loop" } & Command)
  /** Is started for every run and measured from its start to its end. */
  | ({ readonly kind: "once"; readonly rows: number; readonly bytes: number } & Command)
  /** Cannot run here. */
  | { readonly kind: "absent"; readonly why: string };

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A JavaScript program of this app that serves runs; see `serve-contender.ts`. */
export function ownLoop(module: string, options: unknown): Extract<Program, { kind: "loop" }> {
  return { kind: "loop", file: process.execPath, args: [modulePath(module), JSON.stringify(options)] };
}

/** A file of this app as it was built, by its path below `src`. */
export function modulePath(module: string): string {
  return new URL(`../${module}`, import.meta.url).pathname;
}
