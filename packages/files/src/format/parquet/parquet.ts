import { FilesError } from "../../errors.ts";
import type { Format, SurveyInput } from "../format.ts";
import { type ColumnMapping, checkTypes, mapColumns } from "../rows/column-mapping.ts";
import { encodeRows } from "../rows/encode-rows.ts";
import { encodedPerRow } from "../rows/sample-rows.ts";
import { ParquetFile } from "./parquet-file.ts";

/** Parquet: columns by their names. Cut between row groups, which several threads read side by side. */
export const parquet: Format = {
  async fields(source) {
    const file = await openParquet(source);
    await file.close();
    return file.fields;
  },
  async survey(source, { columns, mapping, conversion }) {
    const { name } = source.input;
    const file = await openParquet(source);
    try {
      const setup = mapColumns(name, file.fields, columns, mapping, conversion);
      checkTypes(name, file.fields, columns, setup);
      return {
        ...{ unit: "rows", start: 0, end: file.rows, cuts: file.groupEnds.slice(0, -1) },
        ...{ linesBefore: undefined, hasHeader: undefined, setup },
        encodedPerUnit: await encodedPerRow(onlyMapped(file, setup), columns, setup),
      };
    } finally {
      await file.close();
    }
  },
  encode(task, context) {
    const mapping = task.setup as ColumnMapping;
    const open = async (): Promise<ParquetFile> => onlyMapped(await ParquetFile.open(task.input), mapping);
    return encodeRows(task, mapping, open, context);
  },
};

function onlyMapped(file: ParquetFile, { fed }: ColumnMapping): ParquetFile {
  return file.only(fed.map(({ field }) => field));
}

async function openParquet({ input, isPlain }: SurveyInput): Promise<ParquetFile> {
  if (isPlain) return ParquetFile.open(input);
  const { name } = input;
  const message = `${name}: Parquet is read from its end, so it has to be a file, and not packed again.`;
  throw new FilesError("malformed", message, { position: { file: name } });
}
