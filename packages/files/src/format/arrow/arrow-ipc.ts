import { openTextStream } from "../../input/text-stream.ts";
import type { Format } from "../format.ts";
import type { ColumnMapping } from "../rows/column-mapping.ts";
import { encodeRows } from "../rows/encode-rows.ts";
import { bytesAtHand, surveyStream } from "../rows/stream-survey.ts";
import { ArrowStream } from "./arrow-stream.ts";

/** Arrow's files and streams: columns by their names. Read in one go, a record batch at a time. */
export const arrowIpc: Format = {
  async fields({ input, head }) {
    const opened = await ArrowStream.open(input.name, bytesAtHand(head));
    await opened.close();
    return opened.fields;
  },
  async survey(source, request) {
    const opened = await ArrowStream.open(source.input.name, bytesAtHand(source.head));
    return surveyStream(source, request, opened);
  },
  encode(task, context) {
    const open = (): Promise<ArrowStream> => {
      const count = { bytes: 0 };
      const bytes = openTextStream(task.stream!, (read) => {
        count.bytes += read;
      });
      return ArrowStream.open(task.input.name, bytes, count);
    };
    return encodeRows(task, task.setup as ColumnMapping, open, context);
  },
};
