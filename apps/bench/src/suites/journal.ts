import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flightsCsv } from "../data/files.ts";
import { type Contender, modulePath } from "../harness/contender.ts";
import { measureRounds } from "../harness/rounds.ts";
import type { UploadFileOptions } from "../ours/upload-files.ts";
import { startBareSink } from "../servers/bench-servers.ts";
import type { Suite } from "./suite.ts";

/** What a journal costs. */
export const journalSuite: Suite = async ({ short, progress }) => {
  const file = await flightsCsv(short ? 2_000 : 3_000_000);
  const directory = await mkdtemp(join(tmpdir(), "bench-journal-"));
  await using sink = await startBareSink();
  const upload = (journal?: string): Contender["program"] => {
    const options: UploadFileOptions = {
      path: file.path,
      table: "flights",
      files: { workers: 1 },
      ...(journal === undefined ? {} : { journal }),
    };
    const args = [modulePath("ours/upload-files.js"), JSON.stringify(options)];
    return { kind: "once", file: process.execPath, args, env: sink.env, rows: file.rows, bytes: file.bytes };
  };
  try {
    return {
      id: "journal",
      title: "What a journal costs",
      text: "Uploading flights with a journal on disk, and with one in memory only; one thread, whole processes.",
      bytes: "of CSV",
      baseline: "without",
      lines: await measureRounds(
        [
          { id: "without", label: "journal in memory", program: upload() },
          { id: "with", label: "journal on disk", program: upload(directory) },
        ],
        { rounds: short ? 1 : 7, server: sink, progress },
      ),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
