/** A record as it was read: text by the field's name for delimited text, whatever JSON says for JSON lines. */
export type TransformInput = Readonly<Record<string, unknown>>;

/**
 * A row for the table, by column name. Text is read as a field of a file would be; other values are what the record
 * codec takes for the column. A column that is left out is NULL.
 */
export type TransformOutput = Readonly<Record<string, unknown>>;

/**
 * What a module for `--transform` exports as its default: makes of each record one row, several, or none.
 *
 * It is called in order, one record at a time. It must make the same of the same record each time: a load that is resumed
 * makes again what was sent before, and compares.
 */
export type RowTransform = (
  record: TransformInput,
) =>
  | TransformOutput
  | readonly TransformOutput[]
  | null
  | undefined
  | Promise<TransformOutput | readonly TransformOutput[] | null | undefined>;
