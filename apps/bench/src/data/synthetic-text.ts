import { columns } from "./synthetic-rows.ts";

/** Shapes of the same ten columns as CSV. */
export type TextKind = "plain" | "quoted" | "cjk" | "nulls";

const cities = ["Hangzhou", "Beijing", "San Francisco", "München", "東京"];
const cjkCities = ["杭州市", "北京市", "旧金山市", "慕尼黑市", "東京都"];

/** The first record, which names the columns. */
export function header(kind: TextKind): string {
  return `${columns.map(({ name }) => name).join(",")}${kind === "quoted" ? "\r\n" : "\n"}`;
}

/** One record with its line end. `plain` has the values of the synthetic rows. */
export function textRecord(kind: TextKind, index: number): string {
  const time = new Date(1_700_000_000_000 + index * 1000).toISOString().slice(0, 19).replace("T", " ");
  const numbers = `${index * 7919},${index * 1.25}`;
  const rest = `${time},${index % 2 === 0},${index % 10_000}.50,${index % 500},${Math.sqrt(index)}`;
  switch (kind) {
    case "plain":
      return `${numbers},user_${index % 1000},${cities[index % 5]},note for row number ${index} with some more text,${rest}\n`;
    case "quoted": {
      // Every text in quotes, with a comma inside, and a quote in every tenth.
      const some = index % 10 === 0 ? '""s""' : "some";
      return `${numbers},"user_${index % 1000}","${cities[index % 5]}","note for row number ${index}, with ${some} more text",${rest}\r\n`;
    }
    case "cjk":
      return `${numbers},用户${index % 1000},${cjkCities[index % 5]},第${index}行的备注，还有一些其他的中文文字内容在这里,${rest}\n`;
    case "nulls":
      return ",,,,,,,,,\n";
  }
}
