import { syntheticArrow } from "../data/files.ts";
import { ownLoop } from "../harness/contender.ts";
import { measureRounds } from "../harness/rounds.ts";
import { peerLoop } from "../peers/peers.ts";
import { startBareSink } from "../servers/bench-servers.ts";
import { manyRounds, type Suite } from "./suite.ts";

/** Arrow record batches → record packs or frames, in memory and sent. */
export const columnsSuite: Suite = async (context) => {
  const { peers, short } = context;
  const { path, rows } = await syntheticArrow(short ? 2_000 : 500_000);
  await using sink = await startBareSink();
  const python = (way: "memory" | "send") =>
    peerLoop(peers.pyodps, ["write_arrow.py", way, path, "synthetic"], sink.env);
  return {
    id: "columns",
    title: "Arrow batches → Tunnel",
    text: `${rows.toLocaleString("en-US")} rows of ten columns as Arrow record batches that exist already. Our own become record packs, which hold every
value against its column; PyODPS casts and frames them. "Sent" is through the library, from a new session to the last
block, into a server that drops the bytes.`,
    bytes: "written",
    baseline: "pyodps-arrow",
    lines: await measureRounds(
      [
        { id: "pyodps-arrow", label: "PyODPS Arrow writer", program: python("memory") },
        {
          id: "pack",
          label: "ArrowPack",
          program: ownLoop("ours/pack-batches.js", { path, kernel: "auto" }),
        },
        {
          id: "pack-js",
          label: "ArrowPack without the kernel",
          every: 2,
          program: ownLoop("ours/pack-batches.js", { path, kernel: "js" }),
        },
        {
          id: "frame",
          label: "ArrowFrameWriter, bytes only framed",
          program: ownLoop("ours/frame-arrow.js", { path, kernel: "auto" }),
        },
        { id: "pyodps-arrow-sent", label: "PyODPS Arrow writer, sent", program: python("send") },
        {
          id: "pack-sent",
          label: "ArrowWriter, sent",
          program: {
            ...ownLoop("ours/send-batches.js", { path, table: "synthetic" }),
            env: sink.env,
          },
        },
      ],
      { ...manyRounds(context), server: sink },
    ),
  };
};
