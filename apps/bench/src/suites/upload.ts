import { fileURLToPath } from "node:url";
import { type DataFile, flightsCsv, syntheticCsv } from "../data/files.ts";
import { type Contender, modulePath, type Program } from "../harness/contender.ts";
import { measureRounds } from "../harness/rounds.ts";
import type { UploadFileOptions } from "../ours/upload-files.ts";
import { peerOnce } from "../peers/peers.ts";
import { type BenchServer, startBareSink, startEmulator } from "../servers/bench-servers.ts";
import type { BenchContext, Suite } from "./suite.ts";

const command = fileURLToPath(new URL("./bin.js", import.meta.resolve("@maxcompute-tunnel/cli")));

/** Our command and our library, from the start of the process to the commit. */
function ourUploads(file: DataFile, table: string, env: BenchServer["env"]): readonly Contender[] {
  const amounts = { kind: "once", file: process.execPath, env, rows: file.rows, bytes: file.bytes } as const;
  const byCommand = (parallel: number): Program => ({
    ...amounts,
    args: [
      command,
      "upload",
      file.path,
      `${env.ODPS_PROJECT}.${table}`,
      "--overwrite",
      "--quiet",
      "--compress",
      "none",
      "--parallel",
      String(parallel),
    ],
  });
  const byLibrary = (workers: number): Program => {
    const options: UploadFileOptions = { path: file.path, table, files: { workers } };
    return { ...amounts, args: [modulePath("ours/upload-files.js"), JSON.stringify(options)] };
  };
  return [
    { id: "command-1", label: "mctunnel upload --parallel 1", program: byCommand(1) },
    { id: "command-2", label: "mctunnel upload --parallel 2", program: byCommand(2) },
    { id: "library-1", label: "uploadFiles, one thread", program: byLibrary(1) },
    { id: "library-2", label: "uploadFiles, two worker threads", program: byLibrary(2) },
  ];
}

interface PeerChoice {
  readonly timeColumn: string;
  /** Those who need ten times as long as the rest. */
  readonly slowOnes: boolean;
}

function peerUploads(
  { peers }: BenchContext,
  file: DataFile,
  table: string,
  env: BenchServer["env"],
  { timeColumn, slowOnes }: PeerChoice,
): readonly Contender[] {
  const python = (kind: string): Program =>
    peerOnce(peers.pyodps, ["upload.py", kind, file.path, table, timeColumn], env, file);
  const fast: readonly Contender[] = [
    { id: "pandas", label: "pandas.read_csv + PyODPS write_table (Arrow)", program: python("pandas") },
    { id: "pyarrow", label: "pyarrow.csv + PyODPS Arrow writer", program: python("pyarrow") },
    {
      id: "java",
      label: "FastCSV + Java SDK",
      program: peerOnce(peers.java, ["upload", file.path, table], env, file),
    },
  ];
  const slow: readonly Contender[] = [
    { id: "pyodps", label: "csv + PyODPS records", every: 3, program: python("records") },
    {
      id: "go",
      label: "encoding/csv + Go SDK (snappy)",
      every: 3,
      program: peerOnce(peers.go, ["upload", file.path, table], env, file),
    },
  ];
  return slowOnes ? [...fast, ...slow] : fast;
}

/** Flights into a server that drops what it gets: what is measured is the client. */
export const flightsUploadSuite: Suite = async (context) => {
  const { short, progress } = context;
  const file = await flightsCsv(short ? 2_000 : 3_000_000);
  await using sink = await startBareSink();
  const peers = { timeColumn: "date", slowOnes: true };
  return {
    id: "upload-flights",
    title: "Uploading flights (CSV, 105 MB)",
    text: `Whole processes, start-up included, into the same server, which drops the bytes. ${file.rows.toLocaleString("en-US")} rows; nobody compresses, but Go, which
sends every number as an HTTP chunk of its own when it does not.`,
    bytes: "of CSV",
    baseline: "pandas",
    lines: await measureRounds(
      [...ourUploads(file, "flights", sink.env), ...peerUploads(context, file, "flights", sink.env, peers)],
      { rounds: short ? 1 : 4, warmUps: short ? 0 : 1, patienceMs: short ? 0 : 500, server: sink, progress },
    ),
  };
};

/** The same into the emulator, which checks and stores. */
export const emulatorUploadSuite: Suite = async (context) => {
  const { short, progress } = context;
  const file = await flightsCsv(short ? 2_000 : 3_000_000);
  await using emulator = await startEmulator();
  const peers = { timeColumn: "date", slowOnes: false };
  return {
    id: "upload-emulator",
    title: "The same into the emulator",
    text: "The emulator checks every value and checksum and stores the blocks, on the same two cores.",
    bytes: "of CSV",
    baseline: "pandas",
    lines: await measureRounds(
      [
        ...ourUploads(file, "flights", emulator.env),
        ...peerUploads(context, file, "flights", emulator.env, peers),
      ],
      { rounds: short ? 1 : 3, warmUps: short ? 0 : 1, server: emulator, progress },
    ),
  };
};

/** A gigabyte of ten columns. */
export const gigabyteUploadSuite: Suite = async (context) => {
  const { short, progress } = context;
  const file = await syntheticCsv("plain", short ? 2_000 : 7_200_000);
  await using sink = await startBareSink();
  const peers = { timeColumn: "created", slowOnes: false };
  return {
    id: "upload-gigabyte",
    title: "Uploading a gigabyte (CSV)",
    text: `${file.rows.toLocaleString("en-US")} rows of ten columns, ${(file.bytes / 1e6).toFixed(0)} MB, as above.`,
    bytes: "of CSV",
    baseline: "pandas",
    lines: await measureRounds(
      [
        ...ourUploads(file, "synthetic", sink.env),
        ...peerUploads(context, file, "synthetic", sink.env, peers),
      ],
      { rounds: short ? 1 : 2, warmUps: 0, server: sink, progress },
    ),
  };
};
