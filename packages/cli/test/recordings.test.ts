import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { recordDirtyFile } from "./recordings/record-dirty-file.ts";
import { recordDoctor } from "./recordings/record-doctor.ts";
import { shapeOf } from "./recordings/recorder.ts";

const document = readFileSync(new URL("../../../docs/command-recordings.md", import.meta.url), "utf8");

function section(title: string): string {
  return new RegExp(`## ${title}\n\n\`\`\`console\n([^]*?)\n\`\`\`\n`).exec(document)?.[1] ?? "";
}

describe("docs/command-recordings.md (node scripts/write-recordings.ts writes it)", {
  timeout: 60_000,
}, () => {
  it("shows how a file with every kind of fault is loaded in the end", async () => {
    const { text, faults } = await recordDirtyFile();
    expect(faults).toEqual([]);
    expect(shapeOf(section("A file with every kind of fault"))).toBe(shapeOf(text));
  });

  it("shows doctor as it speaks today", async () => {
    expect(shapeOf(section("doctor"))).toBe(shapeOf(await recordDoctor()));
  });

  it("shows frames that fit into their windows, and nothing of a machine", () => {
    const frames = section("The view in a terminal")
      .split(/^# (?=\d+ columns)/m)
      .slice(1);
    expect(frames.map((part) => part.slice(0, 10))).toEqual(["80 columns", "40 columns", "80 columns"]);
    for (const [at, columns] of [80, 40, 80].entries()) {
      const drawn = frames[at]!.split("\n").filter((line) => /^ *\d+% /.test(line));
      expect(drawn.length).toBeGreaterThan(3);
      for (const frame of drawn) expect(frame.length).toBeLessThan(columns);
    }
    expect(frames[2]).toMatch(/^ *\d+% {2}.{40,}\n(?:.*\n)*?^ *\d+% {2}.{10,34}$/m);
    expect(document).not.toMatch(/\/tmp\/|\/work\/|\/root\//);
  });
});
