import { flightsCsv } from "../data/files.ts";
import { ownLoop } from "../harness/contender.ts";
import { measureRounds } from "../harness/rounds.ts";
import type { MachineLimitOptions } from "../limits/machine-limit.ts";
import { manyRounds, type Suite } from "./suite.ts";

const limits: Readonly<Record<MachineLimitOptions["limit"], string>> = {
  copy: "memory copy, 64 MiB",
  read: "reading a file in the page cache, 256 KiB at a time",
  "crc32c folded": "CRC-32C of Arrow frames, folded in the kernel",
  crc32c: "CRC-32C in JavaScript",
  crc32: "CRC-32 of node:zlib",
};

/** What this machine can do at most. */
export const limitsSuite: Suite = async (context) => {
  const { path } = await flightsCsv(context.short ? 2_000 : 3_000_000);
  return {
    id: "limits",
    title: "The machine's limits",
    text: "What no reader or writer of every byte can be quicker than, on one thread of the same machine in the same run.",
    bytes: "moved or read",
    lines: await measureRounds(
      Object.entries(limits).map(([limit, label]) => ({
        id: limit.replace(" ", "-"),
        label,
        program: ownLoop("limits/machine-limit.js", { limit, path }),
      })),
      { ...manyRounds(context), ...(context.short ? {} : { rounds: 3 }) },
    ),
  };
};
