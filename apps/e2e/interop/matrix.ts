import type { Feature } from "./feature.ts";
import type { ClientName } from "./toolchains.ts";

export const clientNames: readonly ClientName[] = ["pyodps", "java", "go"];

const titles: Readonly<Record<ClientName, string>> = {
  pyodps: "PyODPS",
  java: "Java SDK",
  go: "Go SDK",
};

/**
 * The matrix as Markdown. What a cell says follows from the feature list, and the tests hold each cell to it: "yes"
 * is a passing test, "defect" one whose failure is the client's own, "–" what the client does not offer.
 */
export function renderMatrix(
  features: readonly Feature[],
  versions: Readonly<Record<ClientName, string>>,
): string {
  const notes: string[] = [];
  const lines = [
    "# Official clients against the emulator",
    "",
    "Unmodified clients from their own registries, each driven by a small program of ours, against the emulator. The",
    "tests in `apps/e2e/interop` run every cell and write this page; a page that is out of date fails them.",
    "",
    `| | ${clientNames.map((name) => `${titles[name]} ${versions[name]}`).join(" | ")} |`,
    `|---|${clientNames.map(() => "---|").join("")}`,
  ];
  let group = "";
  for (const feature of features) {
    if (feature.group !== group) {
      group = feature.group;
      lines.push(`| **${group}** |${clientNames.map(() => " |").join("")}`);
    }
    const cells = clientNames.map((name) => cell(feature, name, notes));
    lines.push(`| ${feature.name} | ${cells.join(" | ")} |`);
  }
  lines.push("", "yes: works. –: the client does not offer it.", "");
  notes.forEach((note, index) => {
    lines.push(`${index + 1}. ${note}`);
  });
  return `${lines.join("\n").trimEnd()}\n`;
}

function cell(feature: Feature, name: ClientName, notes: string[]): string {
  const absent = feature.absent?.[name];
  if (absent !== undefined) return `– ${noteFor(`${titles[name]}: ${absent}.`, notes)}`;
  const defect = feature.defects?.[name];
  if (defect !== undefined) return `defect ${noteFor(`${titles[name]}: ${defect.why}.`, notes)}`;
  return "yes";
}

function noteFor(text: string, notes: string[]): string {
  const found = notes.indexOf(text);
  const index = found >= 0 ? found : notes.push(text) - 1;
  return `[${index + 1}]`;
}
