import { framesOf, runInTerminal } from "./pty.ts";
import { openRecorder } from "./recorder.ts";

/** Frames of the view in a real terminal of 80 columns, then of 40, and in one whose window changes. */
export async function recordProgress(): Promise<string> {
  await using recorder = await openRecorder(["create table numbers (id bigint, text string)"]);
  const { place, say } = recorder;
  const lines = Array.from({ length: 60_000 }, (_, id) => `${id},row ${id} of a file that takes its time\n`);
  place.write("numbers.csv", lines.join(""));
  place.emulator.faults.add({ match: { action: "put block" }, effect: { kind: "delay", delayMs: 350 } });
  const argv = [
    "upload",
    "numbers.csv",
    "proj.numbers",
    "--block-size",
    "200KiB",
    "--parallel",
    "1",
    "--overwrite",
  ];
  const show = async (columns: number, later?: number): Promise<void> => {
    const change = later === undefined ? "" : `, and ${later} from the middle on`;
    say(`# ${columns} columns${change}; every frame is drawn over the one before`);
    say(`$ mctunnel ${argv.join(" ")}`);
    const run = runInTerminal(columns, argv, { cwd: place.folder, env: place.env });
    const isHalf = (): boolean => framesOf(run.shown()).frames.some((frame) => /^ *[4-9]\d%/.test(frame));
    while (later !== undefined && !isHalf()) await new Promise((resolve) => setTimeout(resolve, 10));
    if (later !== undefined) run.resize(later);
    const exitCode = await run.ended;
    const { frames, rest } = framesOf(run.shown());
    let last = "";
    for (const frame of frames) {
      // Of the frames between two percents the first one will do.
      const [percent = ""] = frame.trim().split(" ");
      const what = `${percent} ${frame.length > 39} ${frame.includes("committing")}`;
      if (what !== last) say(frame);
      last = what;
    }
    say(`${rest.replaceAll("\r\n", "\n").trim()}\n# exit code ${exitCode}\n`);
  };
  await show(80);
  await show(40);
  await show(80, 40);
  return recorder.text().trimEnd();
}
