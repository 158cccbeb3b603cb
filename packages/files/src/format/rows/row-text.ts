import type { ArrowBatchLike, ArrowDataLike, ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";

/** A row as one line of JSON, to be shown: times as numbers of their unit, bytes in base64. */
export function rowText(batch: ArrowBatchLike, row: number): string {
  const members = batch.schema.fields.map(({ name, type }, at) => {
    const data = batch.data.children[at];
    return `${JSON.stringify(name)}:${data === undefined ? "null" : textAt(data, type, row)}`;
  });
  return `{${members.join(",")}}`;
}

/** One value of a column, as JSON. */
export function textAt(data: ArrowDataLike, type: ArrowTypeLike, row: number): string {
  const { nullBitmap, offset, children } = data;
  const bit = offset + row;
  if (nullBitmap !== undefined && nullBitmap !== null && nullBitmap.length > 0) {
    if (((nullBitmap[bit >> 3]! >> (bit & 7)) & 1) === 0) return "null";
  }
  const values = data.values as ArrayLike<number | bigint> | undefined;
  switch (type.typeId) {
    case 1:
      return "null";
    case 4:
      return JSON.stringify(Buffer.from(bytesAt(data, row)).toString("base64"));
    case 5:
    case 20:
      return JSON.stringify(new TextDecoder().decode(bytesAt(data, row)));
    case 6:
      return String(((Number(values![bit >> 3]) >> (bit & 7)) & 1) === 1);
    case 7:
      return JSON.stringify(decimalAt(values as Uint32Array, type, row));
    case 12:
    case 21:
      return `[${elementsAt(data, row, (index) => textAt(children[0]!, type.children![0]!.type, index))}]`;
    case 17: {
      const [entries] = children;
      const [key, value] = type.children![0]!.type.children!;
      const entry = (index: number): string =>
        `[${textAt(entries!.children[0]!, key!.type, index)},${textAt(entries!.children[1]!, value!.type, index)}]`;
      return `[${elementsAt(data, row, entry)}]`;
    }
    case 13: {
      const fields = (type.children ?? []).map(
        (field, at) => `${JSON.stringify(field.name)}:${textAt(children[at]!, field.type, row)}`,
      );
      return `{${fields.join(",")}}`;
    }
    case -1: {
      let index = Number(values![row]);
      for (const part of data.dictionary?.data ?? []) {
        if (index < part.length) return textAt(part, type.dictionary!, index);
        index -= part.length;
      }
      return "null";
    }
    default:
      return JSON.stringify(String(values?.[row] ?? "?"));
  }
}

function bytesAt({ values, valueOffsets }: ArrowDataLike, row: number): Uint8Array {
  const offsets = valueOffsets as ArrayLike<number | bigint>;
  return (values as Uint8Array).subarray(Number(offsets[row]), Number(offsets[row + 1]));
}

function elementsAt(data: ArrowDataLike, row: number, textOf: (index: number) => string): string {
  const offsets = data.valueOffsets as ArrayLike<number | bigint>;
  const texts: string[] = [];
  for (let at = Number(offsets[row]); at < Number(offsets[row + 1]); at += 1) texts.push(textOf(at));
  return texts.join(",");
}

function decimalAt(words: Uint32Array, { bitWidth, scale }: ArrowTypeLike, row: number): string {
  const count = Number(bitWidth ?? 128) / 32;
  let unscaled = 0n;
  for (let at = count - 1; at >= 0; at -= 1) unscaled = (unscaled << 32n) | BigInt(words[row * count + at]!);
  const whole = BigInt.asIntN(count * 32, unscaled);
  const digits = String(whole < 0n ? -whole : whole).padStart(Number(scale) + 1, "0");
  const point = digits.length - Number(scale);
  const fraction = Number(scale) > 0 ? `.${digits.slice(point)}` : "";
  return `${whole < 0n ? "-" : ""}${digits.slice(0, point)}${fraction}`;
}
