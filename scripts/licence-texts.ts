import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The licences of the packages that files come from, as they have to go along with copies of them. */
export function licenceTexts(files: readonly string[]): string {
  const folders = new Set(files.filter((file) => file.includes("/node_modules/")).map(packageFolder));
  const texts = [...folders].map(licenceText).sort();
  return `Files of this folder contain parts of the packages below.\n\n${texts.join("\n")}`;
}

function licenceText(folder: string): string {
  const { name, version, license, author } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Manifest;
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  const by = typeof author === "string" ? author : author?.name;
  if (texts.length === 0 && license === undefined) throw new Error(`Expected ${name} to name its licence`);
  const said = `Licence: ${license ?? "see below"}${by === undefined ? "" : `\nAuthor: ${by}`}`;
  return `${"=".repeat(80)}\n${name} ${version}\n${said}\n\n${texts.join("\n\n")}\n`;
}

/** Where the package lies: folders within one may have manifests too, but without a name. */
function packageFolder(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest) && "name" in (JSON.parse(readFileSync(manifest, "utf8")) as object))
      return folder;
  }
  throw new Error(`Expected ${file} to belong to a package`);
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name?: string };
}
