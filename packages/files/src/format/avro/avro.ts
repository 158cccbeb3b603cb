import { openTextStream } from "../../input/text-stream.ts";
import type { Format } from "../format.ts";
import type { ColumnMapping } from "../rows/column-mapping.ts";
import { encodeRows } from "../rows/encode-rows.ts";
import { bytesAtHand, surveyStream } from "../rows/stream-survey.ts";
import { AvroFile } from "./avro-file.ts";

/** Avro's container files: columns by names. Read in one go, a block at a time. */
export const avro: Format = {
  async fields({ input, head }) {
    const opened = await AvroFile.open(input.name, bytesAtHand(head));
    await opened.close();
    return opened.fields;
  },
  async survey(source, request) {
    return surveyStream(source, request, await AvroFile.open(source.input.name, bytesAtHand(source.head)));
  },
  encode(task, context) {
    const open = (): Promise<AvroFile> => {
      const count = { bytes: 0 };
      const bytes = openTextStream(task.stream!, (read) => {
        count.bytes += read;
      });
      return AvroFile.open(task.input.name, bytes, count);
    };
    return encodeRows(task, task.setup as ColumnMapping, open, context);
  },
};
