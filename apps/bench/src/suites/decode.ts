import { ownLoop } from "../harness/contender.ts";
import { measureRounds } from "../harness/rounds.ts";
import { manyStarts, type Suite } from "./suite.ts";

/** Record packs → rows or columns. */
export const decodeSuite: Suite = async (context) => {
  const rows = context.short ? 2_000 : 200_000;
  const loop = (module: string, options: object) => ownLoop(module, { rows, ...options });
  return {
    id: "decode",
    title: "Record packs → rows and columns",
    text: `The pack of ${rows.toLocaleString("en-US")} rows of ten columns, in pieces of 64 KiB. Checksums and values are checked, but by protobufjs, which
has none. The validator keeps nothing: it is what the emulator does with a block.`,
    bytes: "of packs",
    baseline: "protobufjs",
    lines: await measureRounds(
      [
        {
          id: "protobufjs",
          label: "protobufjs, no checksums",
          program: loop("peers/protobufjs-rows.js", { way: "decode" }),
        },
        {
          id: "rows-arrays",
          label: "RecordStreamDecoder, arrays",
          program: loop("ours/unpack-rows.js", { rowShape: "array", kernel: "auto" }),
        },
        {
          id: "rows-objects",
          label: "RecordStreamDecoder, objects",
          program: loop("ours/unpack-rows.js", { rowShape: "object", kernel: "auto" }),
        },
        {
          id: "rows-js",
          label: "RecordStreamDecoder without the kernel, arrays",
          program: loop("ours/unpack-rows.js", { rowShape: "array", kernel: "js" }),
        },
        {
          id: "columns",
          label: "RecordColumnsDecoder, Arrow's layout",
          program: loop("ours/unpack-columns.js", { kernel: "auto" }),
        },
        {
          id: "check",
          label: "RecordStreamValidator",
          program: loop("ours/check-pack.js", { kernel: "auto" }),
        },
        {
          id: "check-js",
          label: "RecordStreamValidator without the kernel",
          program: loop("ours/check-pack.js", { kernel: "js" }),
        },
      ],
      manyStarts(context),
    ),
  };
};
