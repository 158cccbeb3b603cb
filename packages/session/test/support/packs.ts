/** Record packs of a table (id bigint, name string), as the official clients write them. */
const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** (1, "a"), (2, NULL), (NULL, "c") */
export const threeRows: readonly Uint8Array[] = [
  hex("080212016180c0ff7fea91d2b205"),
  hex("080480c0ff7fa3b6a6c308"),
  hex("12016380c0ff7ffb939bbe04f0ffff7f06f8ffff7fddebefdf08"),
];

/** (1, "a") */
export const oneRow: readonly Uint8Array[] = [
  hex("080212016180c0ff7fea91d2b205f0ffff7f02f8ffff7f97d6b6ae06"),
];
