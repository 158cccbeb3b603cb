import type { InputSurvey, SurveyInput, SurveyRequest } from "../format.ts";
import { type ColumnMapping, checkTypes, mapColumns } from "./column-mapping.ts";
import type { RowInput } from "./row-input.ts";

/** How an input of rows is laid out that is read from its beginning to its end. Opens it and closes it again. */
export async function surveyStream(
  { input }: SurveyInput,
  { columns, mapping, conversion }: SurveyRequest,
  opened: RowInput,
): Promise<InputSurvey & { readonly setup: ColumnMapping }> {
  const { fields } = opened;
  await opened.close();
  const setup = mapColumns(input.name, fields, columns, mapping, conversion);
  checkTypes(input.name, fields, columns, setup);
  return {
    ...{ unit: "rows", start: 0, end: undefined, cuts: "nowhere", linesBefore: undefined },
    ...{ hasHeader: undefined, encodedPerUnit: 1, setup },
  };
}

/** Bytes that are there already as a stream of them. */
export async function* bytesAtHand(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(bytes);
}
