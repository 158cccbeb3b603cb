import { startWorkplace, type Workplace } from "../workplace.ts";

/** Runs commands, and keeps what they show as it would stand in a terminal. */
export interface Recorder {
  readonly place: Workplace;
  /** Writes a line of the recording's own. */
  say(text: string): void;
  /** Runs a command in this process and keeps its line, its output and its exit code. */
  run(argv: readonly string[], world?: Parameters<Workplace["mctunnelIn"]>[0]): Promise<number>;
  /** What was kept, without anything of this machine in it. */
  text(): string;
}

/** Opens a recorder with an emulator that has these tables. */
export async function openRecorder(tables: readonly string[]): Promise<Recorder & AsyncDisposable> {
  const place = await startWorkplace(tables);
  const lines: string[] = [];
  const say = (text: string): void => void lines.push(...text.split("\n"));
  return {
    place,
    say,
    async run(argv, world = {}) {
      say(`$ mctunnel ${argv.map((word) => (/[\s'*%]/.test(word) ? `'${word}'` : word)).join(" ")}`);
      const { exitCode, out, err } = await place.mctunnelIn(
        { homeDirectory: place.folder, now: Date.now, ...world },
        ...argv,
      );
      const shown = `${err}${out}`.trimEnd();
      if (shown !== "") say(shown);
      say(`# exit code ${exitCode}`);
      return exitCode;
    },
    text: () =>
      lines
        .join("\n")
        .replaceAll(place.folder, "/home/ada")
        .replaceAll(new URL(place.emulator.endpoint).host, "127.0.0.1:8080"),
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

/** What stays the same from one recording to the next: the words, without numbers, ids and times. */
export function shapeOf(text: string): string {
  return text
    .replace(/\b(?:upload-\d+t\d+z-\w+|\d{14,}\w*)\b/g, "ID")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT/g, "DATE")
    .replace(/\b\d+(?:\.\d)? s\b|\b\d+ ms\b/g, "TIME")
    .replace(/[\d,]+ rows\/s|\d[\d.,]* [kMG]?B\/s/g, "SPEED");
}
