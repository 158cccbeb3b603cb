import { fileURLToPath } from "node:url";
import type { Contender } from "../harness/contender.ts";
import { measureRounds } from "../harness/rounds.ts";
import type { Suite } from "./suite.ts";

/** How long the command takes to do nothing. */
export const startUpSuite: Suite = async ({ short, progress }) => {
  const bin = fileURLToPath(new URL("./bin.js", import.meta.resolve("@maxcompute-tunnel/cli")));
  const node = (id: string, label: string, args: readonly string[]): Contender => ({
    id,
    label,
    program: { kind: "once", file: process.execPath, args, rows: 1, bytes: 0 },
  });
  return {
    id: "start-up",
    title: "Start-up",
    text: "Whole processes: what is not Node itself is reading and compiling the command's modules.",
    baseline: "node",
    lines: await measureRounds(
      [
        node("node", "node, an empty program", ["--eval", ""]),
        node("version", "mctunnel --version", [bin, "--version"]),
        node("help", "mctunnel upload --help", [bin, "upload", "--help"]),
      ],
      { rounds: short ? 1 : 9, warmUps: short ? 0 : 2, progress },
    ),
  };
};
