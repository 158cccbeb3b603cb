import { isCodecError } from "@maxcompute-tunnel/codec";
import type { ColumnConverter } from "@maxcompute-tunnel/codec/text";
import { CliError } from "../errors.ts";
import { formatPosition } from "./file-position.ts";
import type { InputFile } from "./input-file.ts";
import type { RowReader } from "./row-reader.ts";
import { TextGate } from "./text-gate.ts";

/** What takes the rows; a buffered writer does. */
export interface RowTaker {
  /** The row's array and the bytes in it are used again as soon as this returns. */
  write(row: readonly unknown[]): Promise<void> | undefined;
}

/** How a file is loaded. */
export interface LoadFileOptions {
  readonly columns: readonly ColumnConverter[];
  readonly signal: AbortSignal;
  /** Told about every piece read. */
  readonly onRead: (bytes: number) => void;
}

/**
 * Reads a whole file through a reader into a writer, waiting whenever the writer asks to.
 *
 * @throws CliError with the place, for whatever is wrong with the file; the writer's own errors pass unchanged.
 */
export async function loadFile(
  file: InputFile,
  reader: RowReader,
  writer: RowTaker,
  options: LoadFileOptions,
): Promise<void> {
  const gate = new TextGate(file.name, () => reader.lines);
  let begun = false;
  const take = async (text: Uint8Array): Promise<void> => {
    if (text.byteLength === 0) return;
    if (!begun) reader.skip(gate.skippedBytes);
    begun = true;
    reader.push(text);
    await drain(reader, writer, options.columns);
  };
  for await (const chunk of file.chunks(options.signal)) {
    options.signal.throwIfAborted();
    await take(gate.push(chunk));
    options.onRead(chunk.byteLength);
  }
  await take(gate.end());
  reader.end();
  await drain(reader, writer, options.columns);
}

async function drain(
  reader: RowReader,
  writer: RowTaker,
  columns: readonly ColumnConverter[],
): Promise<void> {
  while (reader.next()) {
    let wait: Promise<void> | undefined;
    try {
      wait = writer.write(reader.row);
    } catch (error) {
      throw locate(error, reader, columns);
    }
    if (wait !== undefined) await wait;
  }
}

/** Adds the place in the file to the encoder's refusal of the current row. */
function locate(error: unknown, reader: RowReader, columns: readonly ColumnConverter[]): unknown {
  if (!isCodecError(error)) return error;
  const column = columns.find(({ name }) => name === error.column);
  const position = reader.place(column?.name);
  const where = formatPosition(position);
  if (column === undefined)
    return new CliError("bad-value", `${where}: ${error.message}.`, { position, cause: error });
  const shown = reader.shown(column.name);
  const inside = error.path === undefined || error.path === column.name ? "" : `, at ${error.path}`;
  const expected = error.expected ?? error.message;
  const got = shown === undefined ? "" : `, got ${shown}`;
  return new CliError(
    "bad-value",
    `${where}: column ${column.name} (${column.type})${inside}: expected ${expected}${got}.`,
    {
      position,
      field: column.name,
      cause: error,
    },
  );
}
