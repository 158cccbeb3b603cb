import { CodecError } from "../errors.ts";
import { InvalidValue, showValue } from "../values/invalid-value.ts";
import { RecordTooLarge } from "../wire/chunked-writer.ts";

/**
 * Says where a value that cannot be encoded is. Errors of other kinds come back as they are.
 *
 * @param column undefined for a row that is wrong as a whole.
 */
export function rowError(
  error: unknown,
  row: number,
  column: string | undefined,
  maxRecordBytes: number,
): unknown {
  if (error instanceof RecordTooLarge) {
    const expected = `a record of at most ${maxRecordBytes} bytes`;
    return new CodecError("record-too-large", `row ${row}: Expected ${expected}`, { row, expected });
  }
  if (!(error instanceof InvalidValue)) return error;
  const path = column === undefined ? undefined : column + error.path;
  const value = showValue(error.value);
  const place = path === undefined ? `row ${row}` : `row ${row}, column ${path}`;
  return new CodecError(error.code, `${place}: Expected ${error.expected}, got ${value}`, {
    row,
    ...(column === undefined || path === undefined ? {} : { column, path }),
    value,
    expected: error.expected,
    cause: error.cause,
  });
}
