import { fileURLToPath } from "node:url";
import { type DataFile, flightsCsv, syntheticCsv } from "../data/files.ts";
import { type Contender, modulePath, type Program } from "../harness/contender.ts";
import { measureRounds, type Rounds } from "../harness/rounds.ts";
import type { Line } from "../harness/sample.ts";
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

/** The other clients that read a file and upload it, in the order of their speed. */
function peerUploads(
  { peers }: BenchContext,
  { file, table, timeColumn }: Upload,
  env: BenchServer["env"],
): readonly Contender[] {
  const python = (kind: string): Program =>
    peerOnce(peers.pyodps, ["upload.py", kind, file.path, table, timeColumn], env, file);
  return [
    { id: "pandas", label: "pandas.read_csv + PyODPS write_table (Arrow)", program: python("pandas") },
    { id: "pyarrow", label: "pyarrow.csv + PyODPS Arrow writer", program: python("pyarrow") },
    {
      id: "java",
      label: "FastCSV + Java SDK",
      program: peerOnce(peers.java, ["upload", file.path, table], env, file),
    },
  ];
}

/** Those that need ten times as long as the rest, or more; they get a tenth of the file. */
function slowPeerUploads(
  { peers }: BenchContext,
  { table, timeColumn }: Upload,
  tenth: DataFile,
  env: BenchServer["env"],
): readonly Contender[] {
  return [
    {
      id: "pyodps",
      label: "csv + PyODPS records, a tenth of the file",
      program: peerOnce(peers.pyodps, ["upload.py", "records", tenth.path, table, timeColumn], env, tenth),
    },
    {
      id: "go",
      label: "encoding/csv + Go SDK (snappy), a tenth of the file",
      program: peerOnce(peers.go, ["upload", tenth.path, table], env, tenth),
    },
  ];
}

interface Upload {
  readonly file: DataFile;
  readonly table: string;
  readonly timeColumn: string;
}

/** @param peers beside our own */
async function measureUploads(
  context: BenchContext,
  upload: Upload,
  server: BenchServer,
  peers: readonly Contender[],
  rounds: Rounds,
): Promise<readonly Line[]> {
  const all = [...ourUploads(upload.file, upload.table, server.env), ...peers];
  const { progress } = context;
  return await measureRounds(all, { ...(context.short ? { rounds: 1 } : rounds), server, progress });
}

async function flights({ short }: BenchContext): Promise<Upload> {
  return { file: await flightsCsv(short ? 2_000 : 3_000_000), table: "flights", timeColumn: "date" };
}

/** Flights into a server that drops what it gets: what is measured is the client. */
export const flightsUploadSuite: Suite = async (context) => {
  const upload = await flights(context);
  const tenth = await flightsCsv(context.short ? 2_000 : 300_000);
  await using sink = await startBareSink();
  const peers = peerUploads(context, upload, sink.env);
  const slow = seldom(3, slowPeerUploads(context, upload, tenth, sink.env));
  return {
    id: "upload-flights",
    title: "Uploading flights (CSV, 105 MB)",
    text: `Whole processes, start-up included, into the same server, which drops the bytes. ${upload.file.rows.toLocaleString("en-US")} rows; nobody compresses, but Go, which
sends every number as an HTTP chunk of its own when it does not. The slowest two run once.`,
    bytes: "of CSV",
    baseline: "pandas",
    lines: await measureUploads(context, upload, sink, [...peers, ...slow], { rounds: 3, patienceMs: 200 }),
  };
};

/** The same into the emulator, which checks and stores. */
export const emulatorUploadSuite: Suite = async (context) => {
  const upload = await flights(context);
  await using emulator = await startEmulator();
  const peers = seldom(2, peerUploads(context, upload, emulator.env)).filter(({ id }) => id === "pandas");
  return {
    id: "upload-emulator",
    title: "The same into the emulator",
    text: "The emulator checks every value and checksum and stores the blocks, on the same two cores. pandas runs once.",
    bytes: "of CSV",
    baseline: "pandas",
    lines: await measureUploads(context, upload, emulator, peers, { rounds: 2 }),
  };
};

/** A gigabyte of ten columns. */
export const gigabyteUploadSuite: Suite = async (context) => {
  const file = await syntheticCsv("plain", context.short ? 2_000 : 7_200_000);
  await using sink = await startBareSink();
  const upload = { file, table: "synthetic", timeColumn: "created" };
  const peers = seldom(2, peerUploads(context, upload, sink.env)).filter(({ id }) => id !== "java");
  return {
    id: "upload-gigabyte",
    title: "Uploading a gigabyte (CSV)",
    text: `${file.rows.toLocaleString("en-US")} rows of ten columns, ${(file.bytes / 1e6).toFixed(0)} MB, as above; the peers, which need up to 40 seconds,
run once.`,
    bytes: "of CSV",
    baseline: "pandas",
    lines: await measureUploads(context, upload, sink, peers, { rounds: 2 }),
  };
};

function seldom(every: number, contenders: readonly Contender[]): readonly Contender[] {
  return contenders.map((contender) => ({ ...contender, every }));
}
