import { writeFileSync } from "node:fs";
import { recordDirtyFile } from "../test/recordings/record-dirty-file.ts";
import { recordDoctor } from "../test/recordings/record-doctor.ts";
import { recordProgress } from "../test/recordings/record-progress.ts";

// Writes docs/command-recordings.md: what the command shows, recorded from the command.

const dirty = await recordDirtyFile();
if (dirty.faults.length > 0) throw new Error(dirty.faults.join("\n"));
const sections = [
  ["A file with every kind of fault", dirty.text],
  ["doctor", await recordDoctor()],
  ["The view in a terminal", await recordProgress()],
];
const text = sections
  .map(([title, recording]) => `## ${title}\n\n\`\`\`console\n${recording}\n\`\`\`\n`)
  .join("\n");
const about =
  "Made by `node packages/cli/scripts/write-recordings.ts` after a build: the real command and an emulator; the view is that of a real pseudo-terminal.";
writeFileSync(
  new URL("../../../docs/command-recordings.md", import.meta.url),
  `# What the command shows\n\n${about}\n\n${text}`,
);
