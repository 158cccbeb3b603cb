import { compileColumns, type TextConversion } from "@maxcompute-tunnel/codec/text";
import { constantsOf } from "../mapping/field-mapping.ts";
import type { Format } from "./format.ts";
import { JsonRows, type JsonRowsOptions } from "./json-rows.ts";
import { sampleText } from "./sample-text.ts";
import type { TextLayout } from "./text-layout.ts";
import { encodeText } from "./text-tasks.ts";

/** What a thread has to know to read JSON lines. */
interface JsonLinesSetup extends Omit<JsonRowsOptions, "onReject"> {
  readonly conversion: TextConversion;
}

/** JSON lines: one object a line, its members named like columns, in any case and order. Cut at any line. */
export const jsonLines: Format = {
  async survey({ input, head, isPlain, markBytes }, { columns, mapping, conversion, maxFieldBytes }) {
    const setup: JsonLinesSetup = {
      conversion,
      maxFieldBytes,
      map: mapping.map ?? {},
      partitionColumns: mapping.partitionColumns ?? [],
      unknownFields: mapping.unknownFields ?? "refuse",
      constants: [...constantsOf(columns, mapping, conversion)].map(([column, { constant }]) => [
        column,
        constant,
      ]),
    };
    const start = isPlain ? markBytes : 0;
    return {
      ...sampleText(head.subarray(start), layoutOf(setup, columns)),
      start,
      end: isPlain ? input.file?.size : undefined,
      cuts: isPlain ? "anywhere" : "nowhere",
      linesBefore: 0,
      hasHeader: undefined,
      setup,
    };
  },
  encode(task, context) {
    return encodeText(task, layoutOf(task.setup as JsonLinesSetup, task.columns), context);
  },
};

function layoutOf(setup: JsonLinesSetup, columns: Parameters<typeof compileColumns>[0]): TextLayout {
  const converters = compileColumns(columns, setup.conversion);
  return {
    recordEnd: lineFeed,
    lineEnd: lineFeed,
    nextRecord(bytes, start, limit, isLast) {
      const found = bytes.indexOf(lineFeed, start);
      if (found >= 0 && found < limit) return found + 1;
      return isLast && start < limit ? limit : -1;
    },
    looksLikeRecords: () => true,
    open: (onReject) => new JsonRows(columns, converters, { ...setup, onReject }),
  };
}

const lineFeed = 0x0a;
