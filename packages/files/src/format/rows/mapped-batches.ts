import { type ColumnSpec, RecordPack } from "@maxcompute-tunnel/codec";
import {
  type ArrowBatchLike,
  type ArrowDataLike,
  type ArrowFieldLike,
  type ColumnData,
  decodeColumns,
} from "@maxcompute-tunnel/codec/arrow";
import type { ColumnMapping } from "./column-mapping.ts";

/** Gives an input's batches the table's names, leaves out what is not wanted, and adds what is the same in all rows. */
export class MappedBatches {
  readonly #mapping: ColumnMapping;
  readonly #constants: readonly Constant[];
  #zeros: Int8Array = new Int8Array(0);
  #from: ArrowBatchLike["schema"] | undefined;
  #schema: { readonly fields: readonly ArrowFieldLike[] } = { fields: [] };

  constructor(mapping: ColumnMapping) {
    this.#mapping = mapping;
    this.#constants = mapping.constants.flatMap(({ column, value }) =>
      value === null || value === undefined ? [] : [constantOf(column, value)],
    );
  }

  map(batch: ArrowBatchLike): ArrowBatchLike {
    const { fed } = this.#mapping;
    if (this.#from !== batch.schema) {
      this.#from = batch.schema;
      const own = fed.map(({ field, column }) => ({ name: column, type: batch.schema.fields[field]!.type }));
      this.#schema = { fields: [...own, ...this.#constants.map(({ field }) => field)] };
    }
    const { numRows } = batch;
    const children = fed.map(({ field }) => batch.data.children[field]!);
    for (const constant of this.#constants) children.push(this.#repeat(constant, numRows));
    return { numRows, schema: this.#schema, data: { children } };
  }

  #repeat({ field, data }: Constant, numRows: number): ArrowDataLike {
    if (this.#zeros.length < numRows) this.#zeros = new Int8Array(numRows);
    const { type } = field;
    return {
      ...{ type, length: numRows, offset: 0, nullCount: 0, children: [] },
      values: this.#zeros.subarray(0, numRows),
      dictionary: { data: [data] },
    };
  }
}

interface Constant {
  readonly field: ArrowFieldLike;
  readonly data: ColumnData;
}

/** A dictionary of one value, which every row points at. */
function constantOf(column: ColumnSpec, value: unknown): Constant {
  const one: ColumnSpec = { ...column, nullable: true };
  const pack = new RecordPack([one], { kernel: "js" });
  pack.append({ [column.name]: value });
  const { chunks } = pack.seal();
  const [batch] = decodeColumns([one], Buffer.concat(chunks), { kernel: "js", instants: "fields" });
  const data = batch!.data.children[0]!;
  const indices = { typeId: 2, bitWidth: 8, isSigned: true };
  return { field: { name: column.name, type: { typeId: -1, indices, dictionary: data.type } }, data };
}
