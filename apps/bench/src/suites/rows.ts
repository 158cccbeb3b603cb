import { type Contender, ownLoop } from "../harness/contender.ts";
import { measureRounds } from "../harness/rounds.ts";
import type { PackRowsOptions } from "../ours/pack-rows.ts";
import { peerLoop } from "../peers/peers.ts";
import { startBareSink } from "../servers/bench-servers.ts";
import { manyStarts, type Suite } from "./suite.ts";

/** Rows in memory → record packs in memory. */
export const rowsSuite: Suite = async (context) => {
  const { peers, short } = context;
  const rows = short ? 2_000 : 200_000;
  await using sink = await startBareSink();
  const ours = (
    id: string,
    how: string,
    options: Pick<PackRowsOptions, "shape"> & Partial<PackRowsOptions>,
  ): Contender => ({
    id,
    ...(id === "arrays" || id === "objects" ? {} : { every: 2 }),
    label: `RecordPack, ${how}`,
    program: ownLoop("ours/pack-rows.js", {
      rows,
      way: "together",
      form: "numbers",
      kernel: "auto",
      ...options,
    }),
  });
  const count = String(rows);
  const lines = await measureRounds(
    [
      {
        id: "java-set-write",
        label: "Java SDK, set and write",
        program: peerLoop(peers.java, ["write-records", count, "set"]),
      },
      {
        id: "java-prebuilt",
        every: 2,
        label: "Java SDK, records prebuilt",
        program: peerLoop(peers.java, ["write-records", count, "prebuilt"]),
      },
      ours("arrays", "arrays", { shape: "arrays" }),
      ours("objects", "objects", { shape: "objects" }),
      ours("arrays-alone", "arrays, appended one by one", { shape: "arrays", way: "alone" }),
      ours("objects-alone", "objects, appended one by one", { shape: "objects", way: "alone" }),
      ours("arrays-exact", "arrays with bigint and Date", { shape: "arrays", form: "bigints and Dates" }),
      ours("arrays-js", "arrays, without the kernel", { shape: "arrays", kernel: "js" }),
      ours("objects-js", "objects, without the kernel", { shape: "objects", kernel: "js" }),
      {
        id: "protobufjs",
        every: 2,
        label: "protobufjs, no checksums",
        program: ownLoop("peers/protobufjs-rows.js", { rows, way: "encode" }),
      },
      {
        id: "pyodps",
        label: "PyODPS, compiled record writer",
        program: peerLoop(peers.pyodps, ["write_records.py", count]),
      },
      {
        id: "go",
        every: 2,
        label: "Go SDK, sent to the sink with snappy",
        program: peerLoop(peers.go, ["write-records", count], sink.env),
      },
    ],
    manyStarts(context),
  );
  return {
    id: "rows",
    title: "Rows → record packs",
    text: `${rows.toLocaleString("en-US")} rows of ten columns, in memory before and after. Each client builds its records of values
that exist; only our own checks every value. Ours takes them as an array (\`appendRows\`), or one by one where that is said
(\`append\`), and gives back the memory of what has been written, as a writer does, and the
others keep nothing that is written. protobufjs computes no checksums. The Go SDK has no writer apart from a
session, so that it sends what it writes.`,
    bytes: "of packs",
    baseline: "java-set-write",
    lines,
  };
};
